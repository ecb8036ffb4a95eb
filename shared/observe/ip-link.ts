/**
 * `ip link` and `ip addr` as text: iproute2 4.x to 6.x, with -d, -s, -o and without.
 *
 *     3: veth1@if2: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP group default qlen 1000
 *         link/ether c2:ea:21:17:fe:6e brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 1 …      details from here on with -d
 *         veth
 *         inet 10.9.0.1 peer 10.9.0.2/32 scope global va
 *
 * Authority: iproute2's ip/ipaddress.c.
 */
import { readAddress } from './ip-address.ts';
import { isKind, readKind } from './ip-link-details.ts';
import type { Draft, Facts, LinkFacts } from './facts.ts';
import { Input, wholeNumber, wordsOf, type Line } from './input.ts';
import { hasLostBreaks, restoreBreaks } from './lost-breaks.ts';

export interface LinkDraft extends Draft<LinkFacts> {
  addresses?: NonNullable<LinkFacts['addresses']>[number][];
}

const HEADER = /^(\d+): ([^\s@]+?)(?:@(\S+?))?: <([^>]*)>(.*)$/;
/** `ip -o addr`: an address a line, the interface before it. */
const ONE_LINE = /^(\d+): (\S+?)(?:@(\S+))?\s+((?:inet6?|link\/\w+) .*)$/;

export function parseIpLink(input: Input): Facts {
  if (hasLostBreaks(input.text)) {
    // Line numbers are those of the text as it was: all there is, is one line.
    const restored = new Input(restoreBreaks(input.text), input.command);
    const facts = parseIpLink(restored);
    for (const problem of restored.finish()) input.problem({ number: 1, text: problem.text }, problem.message);
    return facts;
  }
  const links: LinkDraft[] = [];
  const hasAddresses = !input.command.words.some((word) => 'link'.startsWith(word));
  let link: LinkDraft | undefined;
  let columns: { readonly direction: 'rx' | 'tx'; readonly names: readonly string[] } | undefined;
  const lines = input.text.includes('\\') ? input.lines().flatMap(unfold) : input.lines();
  for (const line of lines) {
    const { text } = line;
    const c = text.charCodeAt(0);
    if (c >= 48 && c <= 57) {
      columns = undefined;
      const header = HEADER.exec(text);
      if (header) {
        link = readHeader(header, line, input);
        if (hasAddresses) link.addresses = [];
        links.push(link);
        continue;
      }
      const one = ONE_LINE.exec(text);
      link = one ? linkNamed(links, Number(one[1]), one[2]!, hasAddresses) : undefined;
      if (link) readLine(link, wordsOf(one![4]!), line, input);
      else input.problem(line, 'not an interface');
      continue;
    }
    if (text.startsWith('       valid_lft')) continue;
    if (!link) {
      input.problem(line, 'belongs to no interface');
      continue;
    }
    if (columns) {
      readStatistics(link, columns, line, input);
      columns = undefined;
      continue;
    }
    const [, direction, errors, names] = /^\s+([RT]X)(?: (errors))?: *(.*)$/.exec(text) ?? [];
    if (direction !== undefined) columns = { direction: direction === 'RX' ? 'rx' : 'tx', names: errors === undefined ? wordsOf(names!) : [] };
    else readLine(link, wordsOf(text), line, input);
  }
  return { links: resolveNames(links) };
}

/** Lines that -o joined. */
function unfold(line: Line): readonly Line[] {
  if (!line.text.includes('\\')) return [line];
  const parts = line.text.split(/\\(?=\s{2,}|$)/).filter((part) => part.trim() !== '');
  return parts.length === 1 ? [{ number: line.number, text: parts[0]! }] : parts.map((text) => ({ number: line.number, text }));
}

function linkNamed(links: LinkDraft[], ifindex: number, name: string, hasAddresses: boolean): LinkDraft {
  const last = links.at(-1);
  if (last?.ifindex === ifindex && last.name === name) return last;
  const link: LinkDraft = { ifindex, name, ...(hasAddresses && { addresses: [] }) };
  links.push(link);
  return link;
}

function readHeader([, index, name, peer, flags, rest]: RegExpExecArray, line: Line, input: Input): LinkDraft {
  const link: LinkDraft = { ifindex: Number(index), name: name! };
  link.flags = flags === '' ? [] : flags!.split(',');
  readPeer(link, peer);
  const words = wordsOf(rest!);
  for (let i = 0; i < words.length; i += 2) {
    const [word, value] = [words[i]!, words[i + 1]];
    if (value === undefined) {
      input.problem(line, `ends after ${JSON.stringify(word)}`);
      break;
    }
    if (word === 'mtu' || word === 'qlen') {
      const number = wholeNumber(value);
      if (number === undefined) input.problem(line, `${word} is no number: ${JSON.stringify(value)}`);
      else link[word === 'mtu' ? 'mtu' : 'queueLength'] = number;
    } else if (word === 'qdisc') link.qdisc = value;
    else if (word === 'state') link.operstate = value;
    else if (word === 'master') link.masterName = value;
    else if (word === 'group') link.group = value;
    else if (!/^(?:mode|protodown|protodown_reason|vrf|event|dynamic)$/.test(word)) input.problem(line, `unknown here: ${word} ${value}`);
  }
  return link;
}

/** `if3`, `vb`, `NONE`. */
function readPeer(link: LinkDraft, peer: string | undefined): void {
  if (peer === undefined || peer === 'NONE') return;
  link.link = /^if\d+$/.test(peer) ? { ifindex: Number(peer.slice(2)) } : { name: peer };
}

function readLine(link: LinkDraft, words: readonly string[], line: Line, input: Input): void {
  const [first = ''] = words;
  if (first === 'inet' || first === 'inet6') {
    const address = readAddress(first, words, line, input);
    if (address) (link.addresses ??= []).push(address);
  } else if (first.startsWith('link/')) readHardware(link, words);
  else if (first === 'altname') link.altnames = [...(link.altnames ?? []), words[1] ?? ''];
  else if (first === 'alias') link.alias = line.text.trim().slice('alias '.length);
  else if (isKind(first, link.kind !== undefined)) readKind(link, words);
  else if (!/^(?:valid_lft|vf|prog\/xdp|prog|parentbus|promiscuity|addrgenmode|numtxqueues)$/.test(first)) input.problem(line, 'unknown here');
}

function readHardware(link: LinkDraft, words: readonly string[]): void {
  const [type, address] = words;
  if (address !== undefined && /^[\da-fA-F:.]+$/.test(address)) link.mac = address;
  for (let i = 1; i < words.length; i++) {
    const [word, value] = [words[i], words[i + 1]];
    if (word === 'link-netnsid') {
      const netnsid = wholeNumber(value);
      if (netnsid !== undefined) link.link = { ...link.link, netnsid };
    } else if (word === 'link-netns' && value !== undefined) link.link = { ...link.link, netns: value };
    // Only -d prints it: now no kind means none.
    else if (word === 'promiscuity') link.kind = '';
    else if (word === 'peer' && value !== undefined && type !== 'link/ether')
      link.tunnel = { ...(address === undefined ? {} : { local: address }), remote: value, ttl: 0 };
  }
}

const COUNTERS: Readonly<Record<string, 'Packets' | 'Bytes' | 'Dropped'>> = { packets: 'Packets', bytes: 'Bytes', dropped: 'Dropped' };

function readStatistics(
  link: LinkDraft,
  { direction, names }: { readonly direction: 'rx' | 'tx'; readonly names: readonly string[] },
  line: Line,
  input: Input,
): void {
  const values = wordsOf(line.text);
  if (names.length > values.length) input.problem(line, 'fewer counters than names');
  const read: Partial<Record<string, number>> = {};
  names.forEach((name, i) => {
    const counter = COUNTERS[name];
    const value = wholeNumber(values[i]);
    if (counter && value !== undefined) read[`${direction}${counter}`] = value;
  });
  if (Object.keys(read).length > 0) link.statistics = { ...link.statistics, ...read };
}

/** Names of interfaces become their indexes where those are known; what stays a name says so. */
export function resolveNames(links: readonly LinkDraft[]): readonly LinkFacts[] {
  const indexes = new Map<string, number>();
  for (const { name, ifindex } of links) if (ifindex !== undefined) indexes.set(name, ifindex);
  for (const link of links) {
    const master = link.masterName === undefined ? undefined : indexes.get(link.masterName);
    if (master !== undefined) {
      link.master = master;
      delete link.masterName;
    }
    if (link.link?.name !== undefined) {
      const { name, ...rest } = link.link;
      const ifindex = indexes.get(name);
      if (link.vlan) link.vlan = { ...link.vlan, device: name };
      if (ifindex !== undefined) link.link = { ifindex, ...rest };
    }
  }
  return links;
}
