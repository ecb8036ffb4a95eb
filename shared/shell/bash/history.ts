/** The lines that were typed: `history`, the editor's up and down. */
import type { Bytes } from '../../base/index.ts';

export class History {
  private entries: Bytes[] = [];
  /** Number of the oldest entry that is kept. */
  private first = 1;

  constructor(public limit = 1000) {}

  get length(): number {
    return this.first + this.entries.length - 1;
  }
  get base(): number {
    return this.first;
  }
  get list(): readonly Bytes[] {
    return this.entries;
  }
  /** HISTCONTROL decides what is left out. */
  add(line: Bytes, control: Bytes = ''): void {
    const rules = control.split(':');
    const ignores = (rule: string): boolean => rules.includes(rule) || rules.includes('ignoreboth');
    if (line.trim() === '' || (ignores('ignorespace') && line.startsWith(' '))) return;
    if (ignores('ignoredups') && this.entries.at(-1) === line) return;
    if (rules.includes('erasedups')) this.entries = this.entries.filter((entry) => entry !== line);
    this.entries.push(line);
    while (this.entries.length > this.limit) {
      this.entries.shift();
      this.first++;
    }
  }
  clear(): void {
    this.entries = [];
    this.first = 1;
  }
  delete(number: number): boolean {
    const index = number - this.first;
    if (index < 0 || index >= this.entries.length) return false;
    this.entries.splice(index, 1);
    return true;
  }
  get(number: number): Bytes | undefined {
    return this.entries[number - this.first];
  }
}
