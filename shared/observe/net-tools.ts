/**
 * `route -n`, `netstat -rn` (both families), `arp -n`, `arp -an`.
 *
 *     Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
 *     10.244.2.0      10.9.1.8        255.255.255.0   UG    0      0        0 vb
 *     fd00:2::/64                    fd00:1::2                  UG   1024 1      0 d0
 *     ? (10.9.1.8) at 02:00:00:00:00:08 [ether] PERM on vb
 */
import type { NeighbourEntry } from '../snapshot/index.ts';
import { ipv4MaskLength, parseIpv4 } from '../wire/index.ts';
import type { Draft, Facts, RouteFacts } from './facts.ts';
import { wholeNumber, wordsOf, type Input, type Line } from './input.ts';
import { isAddress, splitPrefix } from './ip-address.ts';

export function parseRouteTable(input: Input): Facts {
  const routes: RouteFacts[] = [];
  let hasMetric = true;
  for (const line of input.lines()) {
    if (/^Kernel IP/.test(line.text)) continue;
    if (/^Destination\s/.test(line.text)) {
      hasMetric = /\bMet(?:ric)?\b/.test(line.text);
      continue;
    }
    const words = wordsOf(line.text);
    const route = words[0]!.includes(':') ? ipv6Route(words) : ipv4Route(words, hasMetric);
    if (route) routes.push(route);
    else input.problem(line, `no route${words.length >= 8 ? ': -n prints addresses' : ''}`);
  }
  return { routes };
}

function ipv4Route(words: readonly string[], hasMetric: boolean): RouteFacts | undefined {
  const [target = '', gateway = '', mask = '', flags = '', metric] = words;
  const [address, bits] = [parseIpv4(target === 'default' ? '0.0.0.0' : target), parseIpv4(mask)];
  const length = bits === undefined ? undefined : ipv4MaskLength(bits);
  if (address === undefined || length === undefined || words.length < 8) return undefined;
  const destination = address === 0 && length === 0 ? 'default' : length === 32 ? target : `${target}/${length}`;
  return routeOf('inet', destination, gateway, flags, hasMetric ? metric : undefined, words.at(-1)!);
}

function ipv6Route(words: readonly string[]): RouteFacts | undefined {
  const [target = '', gateway = '', flags = '', metric] = words;
  const prefix = splitPrefix(target.replace(/^\[(.*)\]/, '$1'));
  if (!prefix || words.length < 6 || !isAddress(gateway.replace(/^\[(.*)\]$/, '$1'))) return undefined;
  const destination = prefix.length === 0 ? 'default' : prefix.length === 128 ? prefix.address : target;
  return routeOf('inet6', destination, gateway, flags, metric, words.at(-1)!);
}

function routeOf(family: RouteFacts['family'], destination: string, gateway: string, flags: string, metric: string | undefined, device: string): RouteFacts {
  const via = flags.includes('G') && /^[\d.]+$|:./.test(gateway) && !/^(?:0\.0\.0\.0|::|\[::\])$/.test(gateway) ? gateway : undefined;
  const hasDevice = device !== '-' && device !== '*';
  const type = flags.includes('!') ? 'unreachable' : hasDevice ? 'unicast' : 'blackhole';
  const metricNumber = wholeNumber(metric);
  const hasMetric = metricNumber !== undefined && metricNumber !== 0;
  return {
    family,
    table: 'main',
    type,
    destination,
    ...(via !== undefined && { via }),
    ...(hasDevice && { device }),
    ...(hasMetric && { metric: metricNumber }),
    flags: [],
    text: [
      ...(type === 'unicast' ? [] : [type]),
      destination,
      ...(via === undefined ? [] : ['via', via]),
      ...(hasDevice ? ['dev', device] : []),
      ...(hasMetric ? ['metric', metric] : []),
    ].join(' '),
  };
}

export function parseArp(input: Input): Facts {
  const neighbours: NeighbourEntry[] = [];
  for (const line of input.lines()) {
    if (/^Address\s|^Entries:/.test(line.text)) continue;
    const neighbour = /^\S+ \(.*\) at /.test(line.text) ? bsdStyle(line) : linuxStyle(line);
    if (neighbour) neighbours.push(neighbour);
    else if (!/-- no entry$|^arp: /.test(line.text)) input.problem(line, 'no neighbour');
  }
  return { neighbours };
}

const MAC = /^[\da-f]{2}(?::[\da-f]{2})+$/i;

/** States as near as ARP's flags allow: complete, permanent, published, or none. */
function neighbourOf(address: string, device: string, mac: string, isPermanent: boolean, isPublished: boolean): NeighbourEntry {
  const hasMac = MAC.test(mac);
  const read: Draft<NeighbourEntry> = {
    address,
    device,
    state: isPublished && !hasMac ? '' : isPermanent ? 'PERMANENT' : hasMac ? 'REACHABLE' : 'INCOMPLETE',
    proxy: isPublished,
    router: false,
  };
  if (hasMac) read.mac = mac.toLowerCase();
  return read;
}

function bsdStyle({ text }: Line): NeighbourEntry | undefined {
  const [, address, mac, rest, device] = /\((\S+)\) at (\S+)(.*) on (\S+)\s*$/.exec(text) ?? [];
  if (address === undefined || !isAddress(address)) return undefined;
  return neighbourOf(address, device!, mac!, /\bPERM\b/.test(rest!), /\bPUP\b|\bPUB\b/.test(rest!));
}

function linuxStyle({ text }: Line): NeighbourEntry | undefined {
  const words = wordsOf(text);
  const [address = ''] = words;
  const device = words.at(-1)!;
  const mac = words.find((word, i) => i > 0 && (MAC.test(word) || word.startsWith('<') || word === '(incomplete)'));
  if (!isAddress(address) || mac === undefined || words.length < 3) return undefined;
  const flags = words.slice(words.indexOf(mac) + 1, -1).join('');
  return neighbourOf(address, device, mac, flags.includes('M'), flags.includes('P'));
}
