/** The lines that were typed: `history`, the editor's up and down. */
import type { Bytes } from '../../base/index.ts';
import type { Shell } from './shell.ts';

export class History {
  private entries: Bytes[] = [];
  /** Number of the oldest entry that is kept. */
  private first = 1;
  /** Number of the last entry that came from the file. */
  private loaded = 0;

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
    if (line === '' || (ignores('ignorespace') && line.startsWith(' '))) return;
    if (ignores('ignoredups') && this.entries.at(-1) === line) return;
    if (rules.includes('erasedups')) this.entries = this.entries.filter((entry) => entry !== line);
    this.entries.push(line);
    while (this.entries.length > this.limit) {
      this.entries.shift();
      this.first++;
    }
  }
  /** From HISTFILE, as far as HISTSIZE goes. */
  load(shell: Shell): void {
    const text = shell.process.fs.readFile(shell.getVariable('HISTFILE') ?? '');
    if (!text.ok) return;
    for (const line of text.value.split('\n')) this.add(line);
    this.loaded = this.length;
  }
  /** At the end of the shell: what is new goes behind what others left. */
  save(shell: Shell): void {
    const { fs } = shell.process;
    const path = shell.getVariable('HISTFILE') ?? '';
    const added = this.entries.slice(Math.max(0, this.loaded - this.first + 1));
    if (path === '' || added.length === 0) return;
    const before = fs.readFile(path);
    const lines = [...(before.ok ? before.value.split('\n').slice(0, -1) : []), ...added.flatMap((entry) => entry.split('\n'))];
    const limit = Number(shell.getVariable('HISTFILESIZE') ?? lines.length);
    fs.writeFile(
      path,
      lines
        .slice(limit > 0 ? -limit : lines.length)
        .map((line) => `${line}\n`)
        .join(''),
      { mode: 0o600 },
    );
  }
  clear(): void {
    this.entries = [];
    this.first = 1;
  }
  /** `fc -s` stands in the history as what it ran. */
  replaceLast(line: Bytes): void {
    this.entries[Math.max(0, this.entries.length - 1)] = line;
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
