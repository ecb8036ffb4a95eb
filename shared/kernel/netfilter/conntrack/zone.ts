/**
 * Zones (struct nf_conntrack_zone): the same tuple in two zones is two connections. A zone may count for one direction alone; packets of the other
 * one then belong to zone 0. As a number: the id, and above it a bit for each direction, so that comparing costs a shift.
 *
 * Invariant: 0 is the zone of those that have none.
 */
import type { ConntrackTemplate } from '../../model.ts';
import type { CtTarget } from '../target.ts';
import type { Direction } from './connection.ts';

export type Zone = number;

const BOTH = 3;
const DIRECTIONS = { orig: 1, reply: 2, both: BOTH } as const;

export const makeZone = (id: number, direction: keyof typeof DIRECTIONS): Zone => ((id & 0xffff) === 0 ? 0 : (DIRECTIONS[direction] << 16) | (id & 0xffff));
/** Its id for packets of a direction (nf_ct_zone_id). */
export const zoneId = (zone: Zone, direction: Direction): number => ((zone >>> (16 + direction)) & 1) * (zone & 0xffff);
/** How it is told: the id, and for which direction. */
export const zoneParts = (zone: Zone): { readonly id: number; readonly direction: keyof typeof DIRECTIONS } => {
  const bits = zone >>> 16;
  return { id: zone & 0xffff, direction: bits === DIRECTIONS.orig ? 'orig' : bits === DIRECTIONS.reply ? 'reply' : 'both' };
};

/**
 * What `-j CT` wants of the connection that the packet begins.
 * Deviation: `--ctevents` holds nothing back. Linux forgets it, too, unless somebody listened when the rule was made (nf_conntrack_events=2).
 */
export function templateOf({ zone }: CtTarget): ConntrackTemplate {
  if (zone === null) return { zone: () => 0 };
  const { direction, id } = zone;
  const fixed = id === 'mark' ? 0 : makeZone(id, direction);
  return { zone: id === 'mark' ? (mark) => makeZone(mark, direction) : () => fixed };
}
