/** Addresses of either family as big integers, for counting through ranges. */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../wire/index.ts';

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}
export interface Prefix extends Address {
  readonly length: number;
}

export function parseAddress(text: string): Address | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { family: 4, value: BigInt(four >>> 0) };
  const six = parseIpv6(text);
  return six === undefined ? undefined : { family: 6, value: BigInt(`0x${six}`) };
}
/** Host bits are kept. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || length === undefined || !/^\d+$/.test(length) || Number(length) > bits(parsed)) return undefined;
  return { ...parsed, length: Number(length) };
}
export const formatAddress = (address: Address): string =>
  address.family === 4 ? formatIpv4(Number(BigInt.asIntN(32, address.value))) : formatIpv6(address.value.toString(16).padStart(32, '0'));
export const formatPrefix = (prefix: Prefix): string => `${formatAddress(prefix)}/${prefix.length}`;

export const bits = (address: Address): number => (address.family === 4 ? 32 : 128);
const hostBits = (prefix: Prefix): bigint => (1n << BigInt(bits(prefix) - prefix.length)) - 1n;
export const networkOf = (prefix: Prefix): Prefix => ({ ...prefix, value: prefix.value & ~hostBits(prefix) });
export const lastOf = (prefix: Prefix): Address => ({ family: prefix.family, value: prefix.value | hostBits(prefix) });
export const next = (address: Address, by = 1n): Address => ({ family: address.family, value: address.value + by });
export const contains = (prefix: Prefix, address: Address): boolean =>
  prefix.family === address.family && (address.value | hostBits(prefix)) === (prefix.value | hostBits(prefix));
