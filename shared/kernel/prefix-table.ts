/**
 * IPv4 prefixes to values, longest first: one hash table per prefix length that is in use. A lookup costs one hash probe per length,
 * whatever the number of routes; labs use few lengths. Values that nobody needs as objects may sleep in a `reserve`, and wake when they are found.
 */
import { ipv4Mask } from '../wire/index.ts';
import type { Ipv4 } from '../wire/index.ts';

/** Values that take less room than objects do. A prefix is there or in the table, never in both. */
export interface Reserve<T> {
  has(prefix: Ipv4, length: number): boolean;
  /** Makes the object of it, and forgets it. */
  wake(prefix: Ipv4, length: number): T | undefined;
  /** The prefixes that are left. */
  prefixes(): readonly (readonly [prefix: Ipv4, length: number])[];
}

export class PrefixTable<T> {
  /** Set by whoever puts values to sleep. */
  reserve: Reserve<T> | null = null;
  /** Lengths in use, longest first, with their masks and tables at the same index. */
  private lengths: number[] = [];
  private masks: number[] = [];
  private tables: Map<Ipv4, T>[] = [];
  size = 0;

  private at(length: number): number {
    for (let i = 0; i < this.lengths.length; i++) if (this.lengths[i] === length) return i;
    return -1;
  }
  get(prefix: Ipv4, length: number): T | undefined {
    const i = this.at(length);
    return i < 0 ? undefined : (this.tables[i]!.get(prefix) ?? (this.reserve === null ? undefined : this.wake(prefix, length)));
  }
  has(prefix: Ipv4, length: number): boolean {
    const i = this.at(length);
    return i >= 0 && (this.tables[i]!.has(prefix) || this.reserve?.has(prefix, length) === true);
  }
  private wake(prefix: Ipv4, length: number): T | undefined {
    const value = this.reserve?.wake(prefix, length);
    if (value !== undefined) this.set(prefix, length, value);
    return value;
  }
  /** Whether it has a table for prefixes of this length. */
  hasLength(length: number): boolean {
    return this.at(length) >= 0;
  }
  /** From now on nothing sleeps. */
  wakeAll(): void {
    const { reserve } = this;
    if (reserve === null) return;
    for (const [prefix, length] of reserve.prefixes()) this.wake(prefix, length);
    this.reserve = null;
  }
  set(prefix: Ipv4, length: number, value: T): void {
    let i = this.at(length);
    if (i < 0) {
      i = this.lengths.findIndex((other) => other < length);
      if (i < 0) i = this.lengths.length;
      this.lengths = [...this.lengths.slice(0, i), length, ...this.lengths.slice(i)];
      this.masks = this.lengths.map(ipv4Mask);
      this.tables = [...this.tables.slice(0, i), new Map<Ipv4, T>(), ...this.tables.slice(i)];
    }
    const table = this.tables[i]!;
    if (!table.has(prefix)) this.size++;
    table.set(prefix, value);
  }
  delete(prefix: Ipv4, length: number): void {
    const i = this.at(length);
    if (i < 0 || !this.tables[i]!.delete(prefix)) return;
    this.size--;
    if (this.tables[i]!.size > 0 || this.reserve?.prefixes().some(([, other]) => other === length)) return;
    this.lengths.splice(i, 1);
    this.masks.splice(i, 1);
    this.tables.splice(i, 1);
  }
  /** Number of lengths to try; with `probe` a lookup without closures: for (i = 0; i < lengthCount; i++) probe(i, address). */
  get lengthCount(): number {
    return this.lengths.length;
  }
  probe(i: number, address: Ipv4): T | undefined {
    const prefix = address & this.masks[i]!;
    const value = this.tables[i]!.get(prefix);
    return value !== undefined || this.reserve === null ? value : this.wake(prefix, this.lengths[i]!);
  }
  *values(): Generator<T> {
    this.wakeAll();
    for (const table of this.tables) yield* table.values();
  }
}
