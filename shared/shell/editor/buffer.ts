/** The line being edited, as readline's commands change it: cursor, kill ring, undo. Characters are code points. */

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);
/** How much can be undone. */
const MAX_UNDO = 500;

export class EditBuffer {
  chars: string[] = [];
  cursor = 0;
  private undoStack: { readonly chars: string[]; readonly cursor: number }[] = [];
  /** Kills that follow each other make one entry. */
  private lastWasKill = false;

  constructor(
    /** The kill ring, which outlives the line. */
    private readonly killRing: string[] = [],
  ) {}

  get text(): string {
    return this.chars.join('');
  }
  set(text: string): void {
    this.chars = [...text];
    this.cursor = this.chars.length;
  }
  /** Before a command that changes something. */
  remember(): void {
    this.undoStack.push({ chars: [...this.chars], cursor: this.cursor });
    if (this.undoStack.length > MAX_UNDO) this.undoStack.shift();
  }
  undo(): void {
    const last = this.undoStack.pop();
    if (!last) return;
    this.chars = last.chars;
    this.cursor = last.cursor;
  }
  /** `M-r`: undoes everything. */
  revert(): void {
    const [first] = this.undoStack;
    if (!first) return;
    this.chars = [...first.chars];
    this.cursor = first.cursor;
    this.undoStack = [];
  }
  /** After every command that is no kill. */
  endKill(): void {
    this.lastWasKill = false;
  }
  insert(text: string): void {
    const added = [...text];
    this.chars.splice(this.cursor, 0, ...added);
    this.cursor += added.length;
  }
  replace(from: number, to: number, text: string): void {
    const added = [...text];
    this.chars.splice(from, to - from, ...added);
    this.cursor = from + added.length;
  }
  move(to: number): void {
    this.cursor = Math.max(0, Math.min(this.chars.length, to));
  }
  delete(from: number, to: number): void {
    this.chars.splice(from, to - from);
    this.cursor = from;
  }
  kill(from: number, to: number): void {
    if (from === to) return;
    const text = this.chars.slice(from, to).join('');
    const before = this.lastWasKill ? this.killRing.pop() : undefined;
    this.killRing.push(before === undefined ? text : to <= this.cursor ? text + before : before + text);
    this.delete(from, to);
    this.lastWasKill = true;
  }
  get yanked(): string {
    return this.killRing.at(-1) ?? '';
  }
  /** `M-y`: the kill before. */
  rotate(): string {
    const last = this.killRing.pop();
    if (last !== undefined) this.killRing.unshift(last);
    return this.yanked;
  }
  wordEnd(from = this.cursor): number {
    let at = from;
    while (at < this.chars.length && !isWord(this.chars[at])) at++;
    while (at < this.chars.length && isWord(this.chars[at])) at++;
    return at;
  }
  wordStart(from = this.cursor): number {
    let at = from;
    while (at > 0 && !isWord(this.chars[at - 1])) at--;
    while (at > 0 && isWord(this.chars[at - 1])) at--;
    return at;
  }
  /** `C-w` goes back to white space. */
  blankStart(): number {
    let at = this.cursor;
    while (at > 0 && this.chars[at - 1] === ' ') at--;
    while (at > 0 && this.chars[at - 1] !== ' ') at--;
    return at;
  }
  transpose(): void {
    if (this.cursor === 0 || this.chars.length < 2) return;
    if (this.cursor === this.chars.length) this.cursor--;
    const [a = '', b = ''] = [this.chars[this.cursor - 1], this.chars[this.cursor]];
    this.chars.splice(this.cursor - 1, 2, b, a);
    this.cursor++;
  }
  /** `M-t`: the word before the cursor changes places with the one at it. */
  transposeWords(): void {
    const end = this.wordEnd();
    const start = this.wordStart(end);
    const firstStart = this.wordStart(start);
    const firstEnd = this.wordEnd(firstStart);
    if (firstEnd > start || firstStart === start) return;
    const piece = (from: number, to: number): string[] => this.chars.slice(from, to);
    this.chars.splice(firstStart, end - firstStart, ...piece(start, end), ...piece(firstEnd, start), ...piece(firstStart, firstEnd));
    this.cursor = end;
  }
  changeWord(change: (word: string) => string): void {
    const end = this.wordEnd();
    this.replace(this.cursor, end, change(this.chars.slice(this.cursor, end).join('')));
  }
}
