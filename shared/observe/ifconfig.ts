/**
 * `ifconfig` of net-tools 2 (`eth0: flags=4163<UP,…>  mtu 1500`), of net-tools 1 and of busybox (`eth0      Link encap:Ethernet  HWaddr …`).
 * LOWER_UP and RUNNING are not the same word for the same thing: flags stand as printed.
 */
import type { AddressFact } from '../snapshot/index.ts';
import { ipv4MaskLength, parseIpv4 } from '../wire/index.ts';
import type { Draft, Facts, LinkFacts } from './facts.ts';
import { wholeNumber, wordsOf, type Input, type Line } from './input.ts';
import { isAddress } from './ip-address.ts';

type LinkDraft = Draft<LinkFacts> & { addresses: AddressFact[] };
const SCOPES: Readonly<Record<string, string>> = {
  '0x0': 'global',
  '0x10': 'host',
  '0x20': 'link',
  '0x40': 'site',
  Global: 'global',
  Host: 'host',
  Link: 'link',
  Site: 'site',
};

export function parseIfconfig(input: Input): Facts {
  const links: LinkDraft[] = [];
  for (const line of input.lines()) {
    if (!/^\s/.test(line.text)) {
      const [, name, rest] = /^(\S+?):? +(flags=.*|Link encap:.*)$/.exec(line.text) ?? [];
      if (name === undefined) {
        input.problem(line, 'no interface');
        continue;
      }
      const link: LinkDraft = { name, addresses: [] };
      readFirst(link, rest!);
      links.push(link);
      continue;
    }
    const link = links.at(-1);
    if (link) readLine(link, line, input);
    else input.problem(line, 'belongs to no interface');
  }
  return { links };
}

function readFirst(link: LinkDraft, text: string): void {
  const [, flags, mtu] = /<([^>]*)>\s+mtu (\d+)/.exec(text) ?? [];
  if (flags !== undefined) {
    link.flags = flags === '' ? [] : flags.split(',');
    link.mtu = Number(mtu);
  }
  const [, mac] = /HWaddr ([\dA-Fa-f:]+)/.exec(text) ?? [];
  if (mac !== undefined) link.mac = mac.toLowerCase();
}

function readLine(link: LinkDraft, line: Line, input: Input): void {
  const words = wordsOf(line.text.replace(/:\s/g, ' '));
  const [first = ''] = words;
  if (first === 'inet' || first === 'inet6') return readAddress(link, first, line, input);
  if (/^(?:ether|loop|unspec|tunnel|infiniband|sit|ppp)$/.test(first)) {
    if (/^[\da-f]{2}(?::[\da-f]{2}){5}$/.test(words[1] ?? '')) link.mac = words[1]!;
    const length = wholeNumber(words[words.indexOf('txqueuelen') + 1]);
    if (words.includes('txqueuelen') && length !== undefined) link.queueLength = length;
    return;
  }
  if (/\bMTU:\d/.test(line.text)) {
    link.flags = words.filter((word) => /^[A-Z_]{2,}$/.test(word));
    link.mtu = Number(/MTU:(\d+)/.exec(line.text)![1]);
  } else if (/\bbytes:/.test(line.text)) {
    for (const direction of ['rx', 'tx'] as const)
      readCounters(link, direction, new RegExp(`${direction.toUpperCase()} bytes:\\d+`).exec(line.text)?.[0] ?? '');
  } else if (first === 'RX' || first === 'TX') readCounters(link, first === 'RX' ? 'rx' : 'tx', line.text);
  else if (!/^(?:collisions|Interrupt|device|inet6?|Memory|Base|Media|UP)/.test(first)) input.problem(line, 'unknown here');
}

function readCounters(link: LinkDraft, direction: 'rx' | 'tx', text: string): void {
  const count = (word: string): number | undefined => wholeNumber(new RegExp(`\\b${word}[: ](\\d+)`).exec(text)?.[1]);
  const read = { Packets: count('packets'), Bytes: count('bytes'), Dropped: count('dropped') };
  const known = Object.entries(read).flatMap(([name, value]) => (value === undefined ? [] : [[`${direction}${name}`, value] as const]));
  link.statistics = { ...link.statistics, ...Object.fromEntries(known) };
}

function readAddress(link: LinkDraft, family: AddressFact['family'], line: Line, input: Input): void {
  const text = line.text.replace(/addr: /, 'addr:');
  const value = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const shown = value(/inet6? (?:addr:)?([\da-fA-F:.]+)/) ?? '';
  const prefix = value(/prefixlen (\d+)/) ?? value(/inet6 addr:[^/\s]+\/(\d+)/);
  const mask = parseIpv4(value(/(?:netmask |Mask:)([\d.]+)/) ?? '');
  const length = family === 'inet6' ? wholeNumber(prefix) : mask === undefined ? undefined : ipv4MaskLength(mask);
  if (!isAddress(shown) || length === undefined) {
    input.problem(line, 'no address');
    return;
  }
  const [peer, broadcast] = [value(/(?:destination |P-t-P:)([\d.]+)/), value(/(?:broadcast |Bcast:)([\d.]+)/)];
  const scope = SCOPES[value(/scopeid (0x[\da-f]+)/) ?? value(/Scope:(\w+)/) ?? ''];
  link.addresses.push({
    family,
    local: shown,
    prefixLength: length,
    ...(peer !== undefined && peer !== shown && { peer }),
    ...(broadcast !== undefined && broadcast !== '0.0.0.0' && { broadcast }),
    scope: scope ?? (shown.startsWith('127.') ? 'host' : 'global'),
    flags: [],
  });
}
