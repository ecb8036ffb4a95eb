/**
 * `ip route` as text: every table, both families, with -d, -o, -N and without; also `ip route get`. A route with several next hops goes on in lines
 * that begin with a tab.
 *
 *     10.60.0.0/16 proto static
 *     	nexthop via 10.9.1.8 dev vb weight 1
 *
 * Authority: iproute2's ip/iproute.c (print_route).
 */
import type { RouteEntry } from '../snapshot/index.ts';
import { valueAfter, type CommandLine } from './command-line.ts';
import type { Draft, Facts, RouteFacts } from './facts.ts';
import { wholeNumber, wordsOf, type Input, type Line } from './input.ts';
import { splitPrefix } from './ip-address.ts';

type Nexthop = NonNullable<RouteEntry['nexthops']>[number];
export type RouteDraft = Draft<RouteFacts> & { flags: string[]; nexthops?: Nexthop[] };

export const ROUTE_TYPES = new Set('unicast local broadcast anycast multicast blackhole unreachable prohibit throw nat xresolve none'.split(' '));
/** With -N, and where a host's /etc/iproute2 is empty, names are the kernel's numbers. */
const NUMBERED = {
  type: ['none', 'unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole', 'unreachable', 'prohibit', 'throw', 'nat', 'xresolve'],
  protocol: { 0: 'unspec', 1: 'redirect', 2: 'kernel', 3: 'boot', 4: 'static', 9: 'ra', 12: 'bird', 16: 'dhcp', 186: 'bgp', 188: 'ospf' },
  scope: { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' },
} as const;
const nameOf = (names: Readonly<Record<string, string>>, value: string): string => (Object.hasOwn(names, value) ? names[value]! : value);
const FLAGS = new Set('onlink linkdown dead pervasive offload offload_failed rt_offload rt_trap trap unresolved cache notify'.split(' '));
/** Words with a value that a snapshot does not keep. */
const WITH_VALUE = new Set(
  (
    'tos dsfield pref realm realms expires error uid from iif oif mark nhid ssthresh cwnd window rtt rttvar advmss reordering hoplimit initcwnd features ' +
    'rto_min initrwnd quickack congctl fastopen_no_cookie used age ttl-propagate'
  ).split(' '),
);

/** The table that the command line asked for: then no line names it. */
export function askedTable(command: CommandLine): string {
  const table = valueAfter(command, 'table', 't', 'tab');
  return table === undefined || table === 'all' || table === 'cache' ? 'main' : nameOf(TABLE_NUMBERS, table);
}
const TABLE_NUMBERS: Readonly<Record<string, string>> = { 253: 'default', 254: 'main', 255: 'local', 0: 'unspec' };

export function parseIpRoute(input: Input): Facts {
  const routes: RouteDraft[] = [];
  const table = askedTable(input.command);
  const isIpv6 = input.command.options.includes('-6');
  let route: RouteDraft | undefined;
  for (const line of input.lines()) {
    for (const part of line.text.split(/\\(?=\s)/)) {
      const words = wordsOf(part);
      if (words.length === 0) continue;
      if (words[0] === 'nexthop') {
        if (route) readNexthop(route, words, line, input);
        else input.problem(line, 'a next hop of no route');
        continue;
      }
      if (/^\s/.test(part) && /^(?:cache|mtu|expires|users|used|age)\b/.test(words[0]!)) continue; // what `ip route get` adds
      route = readRoute(words, line, input, { table, isIpv6 });
      if (route) routes.push(route);
    }
  }
  return { routes: routes.map(finished) };
}

function finished(route: RouteDraft): RouteFacts {
  if (route.nexthops) route.text += ` ${route.nexthops.map(nexthopText).join(' ')}`;
  return route;
}
export const nexthopText = ({ via, device, weight, flags }: Nexthop): string =>
  ['nexthop', ...(via === undefined ? [] : ['via', via]), ...(device === '' ? [] : ['dev', device]), 'weight', weight, ...flags].join(' ');

function readRoute(words: string[], line: Line, input: Input, given: { readonly table: string; readonly isIpv6: boolean }): RouteDraft | undefined {
  let at = 0;
  let type = 'unicast';
  if (ROUTE_TYPES.has(words[0]!)) type = words[at++]!;
  else if (/^\d\d?$/.test(words[0]!) && splitPrefix(words[1] ?? '')) type = nameOf(Object.fromEntries(NUMBERED.type.entries()), words[at++]!);
  const destination = words[at++] ?? '';
  const prefix = destination === 'default' ? undefined : splitPrefix(longForm(destination));
  if (destination !== 'default' && !prefix) {
    input.problem(line, `no destination of a route: ${JSON.stringify(destination)}`);
    return undefined;
  }
  const route: RouteDraft = {
    family: prefix ? (prefix.address.includes(':') ? 'inet6' : 'inet') : given.isIpv6 ? 'inet6' : 'inet',
    table: given.table,
    type,
    destination,
    protocol: 'boot',
    scope: 'global',
    flags: [],
    text: words.join(' '),
  };
  readWords(route, words, at, line, input);
  return route;
}

/** Of old: `10.244/16`. */
const longForm = (destination: string): string => {
  const [address = '', length] = destination.split('/');
  if (!/^\d+(\.\d+){0,2}$/.test(address)) return destination;
  return `${address}${'.0'.repeat(4 - address.split('.').length)}${length === undefined ? '' : `/${length}`}`;
};

function readWords(route: RouteDraft, words: readonly string[], from: number, line: Line, input: Input): void {
  for (let i = from; i < words.length; i++) {
    const word = words[i]!;
    if (FLAGS.has(word)) {
      if (word !== 'cache') route.flags.push(word);
      continue;
    }
    if (word === 'encap') {
      const end = words.findIndex((one, k) => k > i && (one === 'via' || one === 'dev'));
      route.encapsulation = words.slice(i + 1, end === -1 ? undefined : end).join(' ');
      i = (end === -1 ? words.length : end) - 1;
      continue;
    }
    const value = words[++i];
    if (value === undefined) {
      input.problem(line, `ends after ${JSON.stringify(word)}`);
      return;
    }
    if (word === 'via') {
      route.via = value === 'inet' || value === 'inet6' ? (words[++i] ?? '') : value;
      if (route.destination === 'default' && value.includes(':')) route.family = 'inet6';
    } else if (word === 'dev') route.device = value;
    else if (word === 'table') route.table = nameOf(TABLE_NUMBERS, value);
    else if (word === 'proto') route.protocol = nameOf(NUMBERED.protocol, value);
    else if (word === 'scope') route.scope = nameOf(NUMBERED.scope, value);
    else if (word === 'src') route.source = value;
    else if (word === 'metric' || word === 'mtu') {
      const number = wholeNumber(value === 'lock' ? words[++i] : value);
      if (number === undefined) input.problem(line, `${word} is no number`);
      else route[word] = number;
    } else if (!WITH_VALUE.has(word)) {
      i--; // alone, so that what follows is still read
      input.problem(line, `unknown here: ${word}`);
    } else if (word === 'pref' && route.destination === 'default') route.family = 'inet6';
    else if (value === 'lock') i++;
  }
}

function readNexthop(route: RouteDraft, words: readonly string[], line: Line, input: Input): void {
  const { via: _via, device: _device, ...shared } = route;
  const read: RouteDraft = { ...shared, flags: [] };
  const weight = words.indexOf('weight');
  const count = weight === -1 ? 1 : wholeNumber(words[weight + 1]);
  if (count === undefined) input.problem(line, 'weight is no number');
  readWords(read, weight === -1 ? words : [...words.slice(0, weight), ...words.slice(weight + 2)], 1, line, input);
  if (route.destination === 'default') route.family = read.family;
  (route.nexthops ??= []).push({
    ...(read.via !== undefined && { via: read.via }),
    device: read.device ?? '',
    weight: count ?? 1,
    flags: read.flags,
  });
}
