/**
 * Names of hosts as getaddrinfo(3) and getnameinfo(3) find them: addresses as text, then /etc/hosts, then the name servers of resolv.conf. Without
 * an answer the resolver says EAI_AGAIN (nobody to ask) or EAI_NONAME.
 */
import type { Bytes } from '../../base/index.ts';
import { selectSource6, lookup6, type Device, type Netns } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIp, isIpv6LinkLocal, isIpv6Multicast, parseIpv4, parseIpv6, type IpAddress, type Ipv4, type Ipv6 } from '../../wire/index.ts';
import { lookupAddress } from '../dns/index.ts';

export type Resolution =
  | { readonly kind: 'found'; readonly address: Ipv4; readonly isLiteral: boolean }
  /** As gai_strerror(3) words it. */
  | { readonly kind: 'failed'; readonly message: string };

/** inet_aton(3): also `127.1` and hexadecimal parts. */
function parseLoose(text: Bytes): Ipv4 | undefined {
  const strict = parseIpv4(text);
  if (strict !== undefined) return strict;
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0[xX][0-9a-fA-F]+|\d+)$/.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0\d/.test(part) ? parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? 0;
  if (numbers.some((n) => n > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  return (numbers.reduce((sum, n, i) => sum + n * 256 ** (3 - i), 0) + last) | 0;
}

const hostsOf = (p: Process): readonly (readonly [Bytes, readonly Bytes[]])[] => {
  const file = p.fs.readFile('/etc/hosts');
  return (file.ok ? file.value : '').split('\n').flatMap((row) => {
    const [address, ...names] = (row.split('#', 1)[0] ?? '').trim().split(/\s+/);
    return address ? [[address, names] as const] : [];
  });
};

/** What needs no name server. */
export function resolveHost(p: Process, name: Bytes): Resolution {
  const literal = parseLoose(name);
  if (literal !== undefined) return { kind: 'found', address: literal, isLiteral: true };
  for (const [address, names] of hostsOf(p)) {
    const parsed = names.some((each) => each.toLowerCase() === name.toLowerCase()) ? parseIpv4(address) : undefined;
    if (parsed !== undefined) return { kind: 'found', address: parsed, isLiteral: false };
  }
  const servers = p.fs.readFile('/etc/resolv.conf');
  const isReachable = servers.ok && servers.value.includes('nameserver');
  return { kind: 'failed', message: isReachable ? 'Name or service not known' : 'Temporary failure in name resolution' };
}

/** All of it: name servers are asked too, which takes time. */
export function* lookupHost(p: Process, name: Bytes): Sys<Resolution> {
  const known = resolveHost(p, name);
  if (known.kind === 'found') return known;
  const found = yield* lookupAddress(p, name);
  if (typeof found === 'number') return { kind: 'found', address: found, isLiteral: false };
  return { kind: 'failed', message: found === 'unknown' ? 'Name or service not known' : 'Temporary failure in name resolution' };
}

/** What AF_INET, AF_INET6 or AF_UNSPEC ask for. */
export type Family = 0 | 4 | 6;
export interface HostAddress {
  readonly address: IpAddress;
  /** Behind `%`: the link that an address is of. */
  readonly scope: Device | null;
}
export type Resolutions =
  | { readonly kind: 'found'; readonly hosts: readonly [HostAddress, ...HostAddress[]]; readonly isLiteral: boolean }
  | { readonly kind: 'failed'; readonly message: string };

export const WRONG_FAMILY = 'Address family for hostname not supported';
const NO_NAME = 'Name or service not known';
export const familyOf = (address: IpAddress): 4 | 6 => (typeof address === 'number' ? 4 : 6);

/** As getnameinfo(3) writes it: an address of one link with that link. */
export const scopedText = (address: IpAddress, device: Device | null): Bytes =>
  formatIp(address) + (device !== null && typeof address === 'string' && isIpv6LinkLocal(address) ? `%${device.name}` : '');

/** `ADDRESS%SCOPE`, the scope a name or an index of a device. */
function parseScoped(netns: Netns, text: Bytes): HostAddress | 'none' | 'wrong' {
  const percent = text.indexOf('%');
  const address = parseIpv6(percent < 0 ? text : text.slice(0, percent));
  if (address === undefined) return 'none';
  if (percent < 0) return { address, scope: null };
  const name = text.slice(percent + 1);
  const scope = netns.device(name) ?? netns.devices.get(/^\d+$/.test(name) ? Number(name) : -1);
  return scope === undefined || !(isIpv6LinkLocal(address) || isIpv6Multicast(address)) ? 'wrong' : { address, scope };
}
/** Those that can be spoken to first, then IPv6 (RFC 6724 with the policy table that glibc has). */
function inOrder(netns: Netns, addresses: readonly IpAddress[]): readonly IpAddress[] {
  const isReachable = (address: IpAddress): boolean => {
    if (typeof address === 'number') return true;
    const way = lookup6(netns, address, null);
    return typeof way !== 'string' && selectSource6(netns, way.route.device ?? way.device, address) !== null;
  };
  const rank = (address: IpAddress): number => (isReachable(address) ? 0 : 2) + (typeof address === 'number' ? 1 : 0);
  return [...addresses].sort((a, b) => rank(a) - rank(b));
}
const parsed = (text: Bytes): IpAddress | undefined => parseIpv4(text) ?? parseIpv6(text);

/** getaddrinfo(3) as far as it needs no name server; undefined: one would have to be asked. */
function lookupLocally(p: Process, name: Bytes, family: Family): Resolutions | undefined {
  const netns = netnsOf(p);
  const found = (list: readonly HostAddress[], isLiteral: boolean): Resolutions | undefined => {
    const hosts = list.filter(({ address }) => family === 0 || familyOf(address) === family);
    const [first, ...rest] = hosts;
    if (first !== undefined) return { kind: 'found', hosts: [first, ...rest], isLiteral };
    return isLiteral ? { kind: 'failed', message: WRONG_FAMILY } : undefined;
  };
  const number = parseLoose(name);
  if (number !== undefined) return found([{ address: number, scope: null }], true);
  const scoped = parseScoped(netns, name);
  if (scoped === 'wrong') return { kind: 'failed', message: NO_NAME };
  if (scoped !== 'none') return found([scoped], true);
  const listed = hostsOf(p).flatMap(([text, names]) => (names.some((each) => each.toLowerCase() === name.toLowerCase()) ? (parsed(text) ?? []) : []));
  return found(
    inOrder(netns, [...new Set(listed)]).map((address) => ({ address, scope: null })),
    false,
  );
}
/** What needs no name server. */
export function resolveHosts(p: Process, name: Bytes, family: Family = 0): Resolutions {
  const known = lookupLocally(p, name, family);
  if (known !== undefined) return known;
  const servers = p.fs.readFile('/etc/resolv.conf');
  return { kind: 'failed', message: servers.ok && servers.value.includes('nameserver') ? NO_NAME : 'Temporary failure in name resolution' };
}
/** All of it. Deviation: name servers are asked for IPv4 addresses only. */
export function* lookupHosts(p: Process, name: Bytes, family: Family = 0): Sys<Resolutions> {
  const known = resolveHosts(p, name, family);
  if (known.kind === 'found' || known.message === WRONG_FAMILY || family === 6 || name.includes(':')) return known;
  const found = yield* lookupHost(p, name);
  return found.kind === 'found' ? { kind: 'found', hosts: [{ address: found.address, scope: null }], isLiteral: false } : found;
}

/** The first name of an address; undefined when it has none. */
export function hostNameOf(p: Process, address: IpAddress): Bytes | undefined {
  const text = formatIp(address);
  return hostsOf(p).find(([each]) => each === text || parseIpv6(each) === (address as Ipv6))?.[1][0];
}
