/**
 * The two kinds of arrays (bash(1), Arrays). Indexed ones are sparse and ordered by index; associative ones list their keys in the order of bash's
 * own hash table (FNV-1, chains with the newest first, four times the buckets when twice as full), so that loops over keys print alike.
 */
import type { Bytes } from '../../base/index.ts';

export class IndexedArray {
  private isSorted = true;
  private last = -1;
  private map: Map<number, Bytes>;

  constructor(values: readonly Bytes[] = []) {
    this.map = new Map();
    for (const value of values) this.push(value);
  }
  get(index: number): Bytes | undefined {
    return this.map.get(index);
  }
  /** Declared, and never assigned: `declare -p` shows no value. */
  isBlank = false;
  set(index: number, value: Bytes): void {
    this.isBlank = false;
    if (index > this.last) this.last = index;
    else if (!this.map.has(index)) this.isSorted = false;
    this.map.set(index, value);
  }
  delete(index: number): void {
    this.map.delete(index);
    if (index !== this.last) return;
    this.last = -1;
    for (const key of this.map.keys()) if (key > this.last) this.last = key;
  }
  push(value: Bytes): void {
    this.isBlank = false;
    this.set(this.last + 1, value);
  }
  get size(): number {
    return this.map.size;
  }
  /** The largest index; -1 when empty. */
  get lastIndex(): number {
    return this.last;
  }
  private sorted(): Map<number, Bytes> {
    if (!this.isSorted) {
      this.map = new Map([...this.map].sort((a, b) => a[0] - b[0]));
      this.isSorted = true;
    }
    return this.map;
  }
  keys(): number[] {
    return [...this.sorted().keys()];
  }
  values(): Bytes[] {
    return [...this.sorted().values()];
  }
  copy(): IndexedArray {
    const twin = new IndexedArray();
    twin.map = new Map(this.map);
    twin.isSorted = this.isSorted;
    twin.last = this.last;
    return twin;
  }
}

const FIRST_BUCKETS = 1024;

const hashOf = (key: Bytes): number => {
  let hash = 2166136261;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash, 16777619) ^ key.charCodeAt(i);
  return hash >>> 0;
};

export class AssociativeArray {
  /** Values by key, in the order they were first set. */
  private readonly map = new Map<Bytes, Bytes>();
  private order: Bytes[] | undefined = undefined;

  get(key: Bytes): Bytes | undefined {
    return this.map.get(key);
  }
  /** Declared, and never assigned. */
  isBlank = false;
  set(key: Bytes, value: Bytes): void {
    this.isBlank = false;
    if (!this.map.has(key)) this.order = undefined;
    this.map.set(key, value);
  }
  delete(key: Bytes): void {
    if (this.map.delete(key)) this.order = undefined;
  }
  get size(): number {
    return this.map.size;
  }
  keys(): readonly Bytes[] {
    return (this.order ??= this.listed());
  }
  values(): Bytes[] {
    return this.keys().map((key) => this.map.get(key) ?? '');
  }
  copy(): AssociativeArray {
    const twin = new AssociativeArray();
    for (const [key, value] of this.map) twin.set(key, value);
    return twin;
  }
  private listed(): Bytes[] {
    let count = FIRST_BUCKETS;
    while (this.map.size >= count * 2) count *= 4;
    const buckets = new Map<number, Bytes[]>();
    for (const key of this.map.keys()) {
      const bucket = hashOf(key) & (count - 1);
      const chain = buckets.get(bucket);
      if (chain) chain.unshift(key);
      else buckets.set(bucket, [key]);
    }
    return [...buckets].sort((a, b) => a[0] - b[0]).flatMap(([, chain]) => chain);
  }
}
