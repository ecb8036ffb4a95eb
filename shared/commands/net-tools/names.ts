/** Names and addresses as net-tools reads and shows them: /etc/hosts, /etc/networks. Authority: lib/inet.c. */
import type { Bytes } from '../../base/index.ts';
import type { Process } from '../../shell/index.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import { hostNameOf, resolveHost } from '../net/index.ts';

interface Found {
  readonly address: Ipv4;
  readonly isNetwork: boolean;
}
/** Names of networks with their addresses. */
const networksOf = (p: Process): readonly (readonly [Bytes, Ipv4])[] => {
  const file = p.fs.readFile('/etc/networks');
  return (file.ok ? file.value : '').split('\n').flatMap((line) => {
    const [name, text] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const address = text === undefined ? undefined : parseIpv4(text);
    return name && address !== undefined ? [[name, address] as const] : [];
  });
};

/** INET_resolve: an address, `default`, a network's name, a host's; a text says why not. Where a host is expected, networks come last and say so. */
export function resolveName(p: Process, name: Bytes, expected: 'any' | 'host' = 'any'): Found | string {
  if (name === 'default') return { address: 0, isNetwork: true };
  const literal = /^[\dxa-f.]+$/i.test(name) ? resolveHost(p, name) : undefined;
  if (literal?.kind === 'found') return { address: literal.address, isNetwork: false };
  const network = networksOf(p).find(([each]) => each === name);
  if (network) return { address: network[1], isNetwork: true };
  const host = resolveHost(p, name);
  if (host.kind === 'found') return { address: host.address, isNetwork: false };
  const isTemporary = expected === 'any' && host.message.startsWith('Temporary') && !/^[\d.]+$/.test(name);
  return `${name}: ${isTemporary ? 'Host name lookup failure' : 'Unknown host'}\n`;
}

export type Shown = 'numeric' | 'names';
/** INET_sprintmask of a destination: networks by name, `default`. */
export function showNetwork(p: Process, address: Ipv4, mask: Ipv4, how: Shown, isHost: boolean): Bytes {
  if (how === 'numeric') return formatIpv4(address);
  if (address === 0) return mask === 0 ? 'default' : '0.0.0.0';
  if (isHost || (address & ~mask) !== 0) return hostNameOf(p, address) ?? formatIpv4(address);
  return networksOf(p).find(([, each]) => each === address)?.[0] ?? formatIpv4(address);
}
export const showHost = (p: Process, address: Ipv4, how: Shown): Bytes =>
  how === 'numeric' || address === 0 ? formatIpv4(address) : (hostNameOf(p, address) ?? formatIpv4(address));

/** `/24` after an address: the mask, as the program computes it (x86 shifts by the length modulo 32). */
export function splitMask(word: Bytes): { readonly name: Bytes; readonly mask: Ipv4 | undefined } | undefined {
  const slash = word.indexOf('/');
  if (slash < 0) return { name: word, mask: undefined };
  const text = word.slice(slash + 1);
  if (!/^\d*$/.test(text)) return undefined;
  return { name: word.slice(0, slash), mask: ~(0xffffffff >>> (Number(text) & 31)) };
}
