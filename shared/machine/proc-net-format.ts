/** How tables of /proc/net are made: by whose network they show, in the kernel's numbers. */
import type { Bytes } from '../base/index.ts';
import type { Netns } from '../kernel/index.ts';
import { fileOf, type Caller, type DynamicNode } from '../shell/index.ts';
import { netnsOf } from './net-namespace.ts';

export const table = (make: (netns: Netns) => Bytes): DynamicNode => fileOf((caller: Caller) => make(netnsOf(caller)));

/** An address as the little-endian machine's 32-bit number. */
export const hexAddress = (address: number): string => {
  const n = address >>> 0;
  return [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
};
