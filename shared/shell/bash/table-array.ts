/**
 * Tables of the shell that scripts see as associative arrays: BASH_ALIASES, BASH_CMDS. What is set there is set in
 * the table; what is unset stays in it.
 */
import type { Bytes } from '../../base/index.ts';
import { AssociativeArray } from './arrays.ts';

export interface Table {
  readonly keys: () => Iterable<Bytes>;
  readonly get: (key: Bytes) => Bytes | undefined;
  readonly set: (key: Bytes, value: Bytes) => void;
}

export class TableArray extends AssociativeArray {
  constructor(private readonly table: Table) {
    super();
  }
  private snapshot(): AssociativeArray {
    const plain = new AssociativeArray();
    for (const key of this.table.keys()) plain.set(key, this.table.get(key) ?? '');
    return plain;
  }
  override get(key: Bytes): Bytes | undefined {
    return this.table.get(key);
  }
  override set(key: Bytes, value: Bytes): void {
    this.table.set(key, value);
  }
  override delete(): void {
    // bash makes the array anew from its table whenever it is read
  }
  override get size(): number {
    return [...this.table.keys()].length;
  }
  override keys(): readonly Bytes[] {
    return this.snapshot().keys();
  }
  override values(): Bytes[] {
    return this.snapshot().values();
  }
  override copy(): AssociativeArray {
    return this.snapshot();
  }
}
