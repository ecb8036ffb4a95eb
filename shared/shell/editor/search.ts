/** Incremental search through the history: C-r backwards, C-s forwards (readline's isearch.c). */
import { utf8Decode, type Bytes } from '../../base/index.ts';
import type { Key } from './keys.ts';
import type { EditorMemory } from './line-editor.ts';

export class Search {
  private query = '';
  private hasFailed = false;
  /** Entry that is shown; the history's length is the line as it was typed. */
  at: number;

  constructor(
    private readonly history: readonly Bytes[],
    private readonly typed: string,
    private direction: 'back' | 'forward',
    /** What the search before this one looked for. */
    private readonly last: EditorMemory,
  ) {
    this.at = history.length;
  }

  /** 'kept' while it goes on; 'accepted' gives the key to the line that was found, 'cancelled' leaves the line as it was. */
  key(key: Key): 'kept' | 'accepted' | 'cancelled' {
    if (key.kind !== 'key') {
      this.query += key.text;
      this.look(this.at);
      return 'kept';
    }
    switch (key.name) {
      case 'C-r':
      case 'C-s':
        this.direction = key.name === 'C-r' ? 'back' : 'forward';
        if (this.query === '') {
          this.query = this.last.query;
          this.look(this.at);
        } else this.look(this.direction === 'back' ? this.at - 1 : this.at + 1);
        return 'kept';
      case 'Backspace':
      case 'C-h':
        this.query = [...this.query].slice(0, -1).join('');
        this.at = this.history.length;
        this.look(this.at);
        return 'kept';
      case 'C-g':
        this.last.query = this.query;
        return 'cancelled';
      default:
        this.last.query = this.query;
        return 'accepted';
    }
  }
  /** The line that is shown. */
  get found(): string {
    return this.line(this.at);
  }
  /** Where in it the cursor stands: before what was found last. */
  get cursor(): number {
    const at = this.match === '' ? -1 : this.found.lastIndexOf(this.match);
    return at < 0 ? [...this.found].length : [...this.found.slice(0, at)].length;
  }
  private match = '';
  get prompt(): string {
    return `(${this.hasFailed ? 'failed ' : ''}${this.direction === 'back' ? 'reverse-' : ''}i-search)\`${this.query}': `;
  }
  private line(at: number): string {
    return at < this.history.length ? utf8Decode(this.history[at] ?? '') : this.typed;
  }
  private look(from: number): void {
    this.hasFailed = false;
    if (this.query === '') return;
    const step = this.direction === 'back' ? -1 : 1;
    for (let at = from; at >= 0 && at <= this.history.length; at += step) {
      if (!this.line(at).includes(this.query)) continue;
      this.at = at;
      this.match = this.query;
      return;
    }
    this.hasFailed = true;
  }
}
