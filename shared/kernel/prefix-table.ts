/**
 * IPv4 prefixes to values, longest first: one hash table per prefix length that is in use. A lookup costs one hash probe per length,
 * whatever the number of routes; labs use few lengths.
 */
import { ipv4Mask } from '../wire/index.ts';
import type { Ipv4 } from '../wire/index.ts';

export class PrefixTable<T> {
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
    return i < 0 ? undefined : this.tables[i]!.get(prefix);
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
    if (this.tables[i]!.size > 0) return;
    this.lengths.splice(i, 1);
    this.masks.splice(i, 1);
    this.tables.splice(i, 1);
  }
  /** Number of lengths to try; with `probe` a lookup without closures: for (i = 0; i < lengthCount; i++) probe(i, address). */
  get lengthCount(): number {
    return this.lengths.length;
  }
  probe(i: number, address: Ipv4): T | undefined {
    return this.tables[i]!.get(address & this.masks[i]!);
  }
  *values(): Generator<T> {
    for (const table of this.tables) yield* table.values();
  }
}
