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
import type { Facts } from './facts.ts';
import { Input, wholeNumber, wordsOf, type Line } from './input.ts';
import { LinkList, type LinkDraft } from './link-list.ts';
import { hasLostBreaks, restoreBreaks } from './lost-breaks.ts';

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
  const list = new LinkList();
  const { links } = list;
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
        link = readHeader(list, header, line, input);
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
    else readLine(link, wordsOf(shortened(text)), line, input);
  }
  return { links: list.finish() };
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

function readHeader(list: LinkList, [, index, name, peer, flags, rest]: RegExpExecArray, line: Line, input: Input): LinkDraft {
  const link: LinkDraft = { ifindex: Number(index), name: name! };
  link.flags = flags === '' ? [] : flags!.split(',');
  if (peer !== undefined) list.peerOf(link, peer);
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
    else if (word === 'master') list.masterOf(link, value);
    else if (word === 'group') link.group = value;
    else if (!/^(?:mode|protodown|protodown_reason|vrf|event|dynamic)$/.test(word)) input.problem(line, `unknown here: ${word} ${value}`);
  }
  return link;
}

/** Without the limits of queues and offloads that end most lines with details. */
function shortened(text: string): string {
  const at = text.indexOf(' numtxqueues ');
  return at === -1 ? text : text.slice(0, at);
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
      if (netnsid !== undefined) (link.link ??= {}).netnsid = netnsid;
    } else if (word === 'link-netns' && value !== undefined) (link.link ??= {}).netns = value;
    // Only -d prints it: now no kind means none.
    else if (word === 'promiscuity') link.kind = '';
    else if (word === 'peer' && value !== undefined && type !== 'link/ether')
      link.tunnel = { ...(address === undefined ? {} : { local: address }), remote: value, ttl: 0 };
  }
}

type Counter = keyof NonNullable<LinkDraft['statistics']>;
const COUNTERS: Readonly<Record<string, readonly [rx: Counter, tx: Counter]>> = {
  packets: ['rxPackets', 'txPackets'],
  bytes: ['rxBytes', 'txBytes'],
  dropped: ['rxDropped', 'txDropped'],
};

function readStatistics(
  link: LinkDraft,
  { direction, names }: { readonly direction: 'rx' | 'tx'; readonly names: readonly string[] },
  line: Line,
  input: Input,
): void {
  const values = wordsOf(line.text);
  if (names.length > values.length) input.problem(line, 'fewer counters than names');
  for (let i = 0; i < names.length; i++) {
    const counter = Object.hasOwn(COUNTERS, names[i]!) ? COUNTERS[names[i]!]![direction === 'rx' ? 0 : 1] : undefined;
    const value = wholeNumber(values[i]);
    if (counter && value !== undefined) (link.statistics ??= {})[counter] = value;
  }
}
