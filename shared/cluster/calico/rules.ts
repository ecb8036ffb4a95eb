/**
 * Rules as Felix writes them (felix/iptables): each has a comment that is a hash of it and of all rules before it in its chain, by which Felix
 * knows its own; names that are too long are hashed.
 */
import { base64Url, sha224, sha256 } from '../../base/index.ts';

export interface Rule {
  /** In Felix' own spelling, as the hash is of it. */
  readonly match?: string;
  readonly action?: string;
  readonly comments?: readonly string[];
}
export interface Chain {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Bits of the mark: the packet was accepted, goes on to the next tier, and two to work with. */
export const Mark = { accept: 0x10000, pass: 0x20000, scratch: 0x40000, scratch2: 0x80000, all: 0xf0000 } as const;
const hex = (mark: number): string => `0x${mark.toString(16)}`;

export const jump = (chain: string): string => `--jump ${chain}`;
export const goTo = (chain: string): string => `--goto ${chain}`;
export const ACCEPT = '--jump ACCEPT';
export const DROP = '--jump DROP';
export const RETURN = '--jump RETURN';
export const setMark = (mark: number): string => `--jump MARK --set-mark ${hex(mark)}/${hex(mark)}`;
export const clearMark = (mark: number): string => `--jump MARK --set-mark 0/${hex(mark)}`;
export const setMaskedMark = (mark: number, mask: number): string => `--jump MARK --set-mark ${hex(mark)}/${hex(mask)}`;
export const hasMark = (mark: number): string => `-m mark --mark ${hex(mark)}/${hex(mark)}`;
export const lacksMark = (mark: number): string => `-m mark --mark 0/${hex(mark)}`;
export const state = (states: string): string => `-m conntrack --ctstate ${states}`;

const HASH_LENGTH = 16;
const render = (chain: string, hash: string, { comments = [], match, action }: Rule): string =>
  [`-A ${chain}`, hash, ...comments.map((text) => `-m comment --comment "${text}"`), match, action]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');

/** The rules as iptables-restore takes them. `hashedAs`: the name that the hash begins with, where one chain of the kernel has rules of two kinds. */
export function renderChain({ name, rules }: Chain, hashedAs = name): readonly string[] {
  let hash = sha224(hashedAs);
  return rules.map((rule) => {
    hash = sha224(hash + render(hashedAs, 'HASH', rule));
    return render(name, `-m comment --comment "cali:${base64Url(hash).slice(0, HASH_LENGTH)}"`, rule);
  });
}

const NAME_LENGTH = 28;
/** A name that fits: what is too long is hashed (hashutils.GetLengthLimitedID). */
export function limitedName(prefix: string, suffix: string, length: number = NAME_LENGTH): string {
  if (prefix.length + suffix.length <= length) return prefix + suffix;
  return `${prefix}_${base64Url(sha256Bytes(suffix)).slice(0, length - 1 - prefix.length)}`;
}
const sha256Bytes = (text: string): string =>
  sha256(text)
    .map((word) => String.fromCharCode((word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255))
    .join('');
