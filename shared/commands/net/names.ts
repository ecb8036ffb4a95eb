/**
 * Names of hosts as getaddrinfo(3) and getnameinfo(3) find them: addresses as text, then /etc/hosts, then the name servers of resolv.conf. Without
 * an answer the resolver says EAI_AGAIN (nobody to ask) or EAI_NONAME.
 */
import type { Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
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

/** The first name of an address; undefined when it has none. */
export function hostNameOf(p: Process, address: Ipv4): Bytes | undefined {
  const text = formatIpv4(address);
  return hostsOf(p).find(([each]) => each === text)?.[1][0];
}
