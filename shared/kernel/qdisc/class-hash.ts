/** The table of a discipline's classes (qdisc_class_hash): what a dump walks through, so that its order is the kernel's. */
const FIRST_SIZE = 4;

interface Entry<T> {
  readonly id: number;
  readonly value: T;
}

export class ClassHash<T> {
  /** The newest of a bucket comes first. */
  private buckets: Entry<T>[][] = Array.from({ length: FIRST_SIZE }, () => []);
  private readonly byId = new Map<number, T>();

  get(id: number): T | undefined {
    return this.byId.get(id);
  }
  add(id: number, value: T): void {
    this.byId.set(id, value);
    this.bucket(id).unshift({ id, value });
    if (this.byId.size * 4 > this.buckets.length * 3) this.grow();
  }
  remove(id: number): void {
    this.byId.delete(id);
    const bucket = this.bucket(id);
    bucket.splice(
      bucket.findIndex((one) => one.id === id),
      1,
    );
  }
  *[Symbol.iterator](): IterableIterator<T> {
    for (const bucket of this.buckets) for (const { value } of bucket) yield value;
  }

  private bucket(id: number): Entry<T>[] {
    const folded = id ^ (id >>> 8);
    return this.buckets[(folded ^ (folded >>> 4)) & (this.buckets.length - 1)]!;
  }
  private grow(): void {
    const before = this.buckets;
    this.buckets = Array.from({ length: before.length * 2 }, () => []);
    for (const entry of before.flat()) this.bucket(entry.id).unshift(entry);
  }
}
