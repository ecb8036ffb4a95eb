/** The lines that were typed: `history`, the editor's up and down. */
import type { Bytes } from '../../base/index.ts';
import type { Shell } from './shell.ts';

const secondsOf = (shell: Shell): number => Math.floor(shell.process.unixUs / 1e6);

export class History {
  private entries: Bytes[] = [];
  /** When each was added, in seconds since 1970. */
  private stamps: number[] = [];
  /** Number of the oldest entry that is kept. */
  private first = 1;
  /** Number of the last entry that came from the file. */
  private loaded = 0;

  constructor(private limit = 1000) {}

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
  add(line: Bytes, control: Bytes, stamp: number): void {
    const rules = control.split(':');
    const ignores = (rule: string): boolean => rules.includes(rule) || rules.includes('ignoreboth');
    if (line === '' || (ignores('ignorespace') && line.startsWith(' '))) return;
    if (ignores('ignoredups') && this.entries.at(-1) === line) return;
    if (rules.includes('erasedups')) for (let at = this.entries.length - 1; at >= 0; at--) if (this.entries[at] === line) this.remove(at);
    this.push(line, stamp);
  }
  private push(line: Bytes, stamp: number): void {
    this.entries.push(line);
    this.stamps.push(stamp);
    this.trim();
  }
  private remove(index: number): void {
    this.entries.splice(index, 1);
    this.stamps.splice(index, 1);
  }
  /** For a subshell. */
  copy(): History {
    const twin = new History(this.limit);
    twin.entries = [...this.entries];
    twin.stamps = [...this.stamps];
    twin.first = this.first;
    twin.loaded = this.loaded;
    return twin;
  }
  /** HISTSIZE says so: what is more is forgotten; below zero, or if it is no number, nothing is. */
  setLimit(size: Bytes | undefined): void {
    if (size === undefined || size === '') return;
    this.limit = /^\d+$/.test(size) ? Number(size) : Infinity;
    this.trim();
  }
  private trim(): void {
    while (this.entries.length > this.limit) {
      this.remove(0);
      this.first++;
    }
  }
  /** When the entry at a place of the list was added. */
  stampOf(index: number): number {
    return this.stamps[index] ?? 0;
  }
  /** `history -s`: in place of the line that says so, where lines are kept. */
  keep(line: Bytes, shell: Shell): void {
    if (shell.options.isSet('history')) this.remove(this.entries.length - 1);
    this.push(line, secondsOf(shell));
  }
  /** Entries from a place of the list on, as a file has them. */
  text(from: number, withStamps: boolean): Bytes {
    return this.entries.map((entry, i) => (i < from ? '' : `${withStamps ? `#${this.stamps[i] ?? 0}\n` : ''}${entry}\n`)).join('');
  }
  /** What came since the last time, for a file. */
  takeNew(withStamps: boolean): Bytes {
    const from = Math.max(0, this.loaded - this.first + 1);
    this.loaded = this.length;
    return this.text(from, withStamps);
  }
  /** The lines of a file; `#SECONDS` before a line is its time. */
  take(text: Bytes, shell: Shell): void {
    let stamp = secondsOf(shell);
    for (const line of text.split('\n')) {
      const told = /^#(\d+)$/.exec(line)?.[1];
      if (told !== undefined) stamp = Number(told);
      else if (line !== '') this.push(line, stamp);
    }
    this.loaded = this.length;
  }
  /** From HISTFILE, as far as HISTSIZE goes. */
  load(shell: Shell): void {
    const text = shell.process.fs.readFile(shell.getVariable('HISTFILE') ?? '');
    if (text.ok) this.take(text.value, shell);
  }
  /** At the end of the shell: what is new goes behind what others left. */
  save(shell: Shell): void {
    const { fs } = shell.process;
    const path = shell.getVariable('HISTFILE') ?? '';
    const added = this.takeNew(shell.getVariable('HISTTIMEFORMAT') !== undefined);
    if (path === '' || added === '') return;
    const before = fs.readFile(path);
    const lines = [...(before.ok ? before.value.split('\n').slice(0, -1) : []), ...added.split('\n').slice(0, -1)];
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
    this.stamps = [];
    this.first = 1;
  }
  /** `fc -s` stands in the history as what it ran. */
  replaceLast(line: Bytes): void {
    this.entries[Math.max(0, this.entries.length - 1)] = line;
  }
  delete(number: number): boolean {
    const index = number - this.first;
    if (index < 0 || index >= this.entries.length) return false;
    this.remove(index);
    return true;
  }
  get(number: number): Bytes | undefined {
    return this.entries[number - this.first];
  }
}
