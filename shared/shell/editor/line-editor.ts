/**
 * The line editor of an interactive shell: readline's emacs keys (readline(3)), history with search, kill and yank, undo, completion, pasted text as
 * typed, wide characters, prompts of several lines, changes of the window's size.
 *
 * Invariant: what is on the screen from the prompt on is redrawn from the buffer; nothing above it is touched.
 * Deliberately absent: vi keys, inputrc, macros.
 */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';
import type { Termios } from '../terminal/termios.ts';
import { EditBuffer } from './buffer.ts';
import { KeyDecoder, type Key } from './keys.ts';
import { charWidth, textWidth } from './width.ts';

export interface Candidate {
  /** What replaces the word, quoted as it must be. */
  readonly text: string;
  /** What lists show: the last name of a path, for one. */
  readonly display: string;
  readonly suffix: string;
}
export interface Candidates {
  /** Where the word begins, in characters. */
  readonly from: number;
  readonly list: readonly Candidate[];
}
export type EditedLine = { readonly kind: 'line'; readonly line: Bytes } | { readonly kind: 'eof' } | { readonly kind: 'interrupted' };

export interface LineRequest {
  /** Expanded; hidden parts stand between \x01 and \x02. */
  readonly prompt: Bytes;
  readonly history: readonly Bytes[];
  complete?(line: string, cursor: number): Sys<Candidates>;
}

/** More candidates than this are asked about before they are listed. */
const MANY = 100;

/** Reads one line from the terminal at descriptor 0; the terminal is as before afterwards. */
export function* editLine(p: Process, request: LineRequest): Sys<EditedLine> {
  const before = p.fds.get(0)?.control({ kind: 'tty.get-attributes' }, p);
  if (!before?.ok) return { kind: 'eof' };
  const termios = before.value as Termios;
  const set = (value: Termios): void => void p.fds.get(0)?.control({ kind: 'tty.set-attributes', termios: value } as never, p);
  set({ ...termios, cc: { ...termios.cc }, icanon: false, echo: false, icrnl: false, ixon: false, iexten: false, min: 1 });
  try {
    yield* p.write(2, '\x1b[?2004h');
    return yield* new Editor(p, request).run();
  } finally {
    set(termios);
  }
}

class Editor {
  private readonly buffer = new EditBuffer();
  private readonly decoder = new KeyDecoder();
  private readonly promptLines: readonly string[];
  private readonly promptWidth: number;
  private historyAt: number;
  private typed = '';
  /** Row of the cursor below the prompt's last line, as drawn. */
  private row = 0;
  private lastKey = '';
  private quoteNext = false;
  private search: { query: string; at: number; failed: boolean } | undefined;
  private lastArgument: { back: number; length: number } | undefined;

  constructor(
    private readonly p: Process,
    private readonly request: LineRequest,
  ) {
    const lines = utf8Decode(request.prompt).split('\n');
    this.promptLines = lines;
    this.promptWidth = textWidth(visible(lines.at(-1) ?? ''));
    this.historyAt = request.history.length;
  }

  *run(): Sys<EditedLine> {
    const { p } = this;
    yield* this.write(this.promptLines.map((line) => line.replace(/[\x01\x02]/g, '')).join('\n'));
    const winch = p.disposition('WINCH');
    p.on('WINCH', () => void (this.resized = true));
    try {
      for (;;) {
        // byte by byte: what is typed ahead stays for whoever reads next
        const input = yield* p.read(0, 1);
        if (!input.ok) {
          if (input.error !== 'EINTR') return { kind: 'eof' };
          if (this.resized) {
            this.resized = false;
            yield* this.draw();
            continue;
          }
          yield* this.leave('^C');
          return { kind: 'interrupted' };
        }
        if (input.value === '') return { kind: 'eof' };
        for (const key of this.decoder.feed(input.value)) {
          const done = yield* this.key(key);
          if (done) return done;
        }
      }
    } finally {
      p.on('WINCH', winch);
    }
  }
  /** The window has another size: draw anew. Every other signal that interrupts a read is the user's ^C. */
  private resized = false;

  // --- keys ---

  private *key(key: Key): Sys<EditedLine | undefined> {
    if (this.quoteNext) {
      this.quoteNext = false;
      yield* this.edit(() => this.buffer.insert(key.kind === 'key' ? rawOf(key.name) : key.text));
      return undefined;
    }
    if (this.search) {
      const goesOn = yield* this.searchKey(key);
      if (goesOn) return undefined;
    }
    if (key.kind !== 'key') {
      const text = key.kind === 'paste' ? key.text.replace(/\r\n?/g, '\n') : key.text;
      if (key.kind === 'paste' && text.includes('\n')) {
        const [first = '', ...rest] = text.replace(/\n$/, '').split('\n');
        yield* this.edit(() => this.buffer.insert([first, ...rest].join('\n').replaceAll('\n', '; ')));
      } else yield* this.insert(text);
      this.lastKey = '';
      return undefined;
    }
    const result = yield* this.command(key.name);
    this.lastKey = key.name;
    return result;
  }

  private *command(name: string): Sys<EditedLine | undefined> {
    const { buffer } = this;
    if (!['C-k', 'C-u', 'C-w', 'M-d', 'M-Backspace'].includes(name)) buffer.endKill();
    if (name !== 'M-.' && name !== 'M-_') this.lastArgument = undefined;
    const motion = this.motion(name);
    if (motion !== undefined) {
      buffer.move(motion);
      yield* this.draw();
      return undefined;
    }
    const change = this.change(name);
    if (change) {
      yield* this.edit(change);
      return undefined;
    }
    switch (name) {
      case 'Enter':
        yield* this.leave('');
        return { kind: 'line', line: utf8Encode(buffer.text) };
      case 'C-d':
        if (buffer.chars.length === 0) {
          yield* this.write('\x1b[?2004l');
          return { kind: 'eof' };
        }
        yield* this.edit(() => buffer.delete(buffer.cursor, Math.min(buffer.chars.length, buffer.cursor + 1)));
        return undefined;
      case 'C-c':
        yield* this.leave('^C');
        return { kind: 'interrupted' };
      case 'C-l':
        yield* this.write('\x1b[H\x1b[2J');
        this.row = 0;
        yield* this.write(
          this.promptLines
            .slice(0, -1)
            .map((line) => `${line.replace(/[\x01\x02]/g, '')}\n`)
            .join(''),
        );
        yield* this.draw();
        return undefined;
      case 'Up':
      case 'C-p':
        yield* this.history(this.historyAt - 1);
        return undefined;
      case 'Down':
      case 'C-n':
        yield* this.history(this.historyAt + 1);
        return undefined;
      case 'M-<':
        yield* this.history(0);
        return undefined;
      case 'M->':
        yield* this.history(this.request.history.length);
        return undefined;
      case 'C-r':
        this.search = { query: '', at: this.request.history.length, failed: false };
        yield* this.drawSearch();
        return undefined;
      case 'C-q':
      case 'C-v':
        this.quoteNext = true;
        return undefined;
      case 'Tab':
        yield* this.complete(this.lastKey === 'Tab');
        return undefined;
      default:
        return undefined;
    }
  }
  private motion(name: string): number | undefined {
    const { buffer } = this;
    switch (name) {
      case 'C-a':
      case 'Home':
        return 0;
      case 'C-e':
      case 'End':
        return buffer.chars.length;
      case 'C-b':
      case 'Left':
        return buffer.cursor - 1;
      case 'C-f':
      case 'Right':
        return buffer.cursor + 1;
      case 'M-b':
      case 'C-Left':
      case 'M-Left':
        return buffer.wordStart();
      case 'M-f':
      case 'C-Right':
      case 'M-Right':
        return buffer.wordEnd();
      default:
        return undefined;
    }
  }
  private change(name: string): (() => void) | undefined {
    const { buffer } = this;
    switch (name) {
      case 'Backspace':
      case 'C-h':
        return () => buffer.delete(Math.max(0, buffer.cursor - 1), buffer.cursor);
      case 'Delete':
        return () => buffer.delete(buffer.cursor, Math.min(buffer.chars.length, buffer.cursor + 1));
      case 'C-k':
        return () => buffer.kill(buffer.cursor, buffer.chars.length);
      case 'C-u':
        return () => buffer.kill(0, buffer.cursor);
      case 'C-w':
        return () => buffer.kill(buffer.blankStart(), buffer.cursor);
      case 'M-d':
      case 'C-Delete':
        return () => buffer.kill(buffer.cursor, buffer.wordEnd());
      case 'M-Backspace':
        return () => buffer.kill(buffer.wordStart(), buffer.cursor);
      case 'C-y':
        return () => buffer.insert(buffer.yanked);
      case 'M-y':
        return () => {
          const old = [...buffer.yanked].length;
          if (this.lastKey === 'C-y' || this.lastKey === 'M-y') buffer.replace(buffer.cursor - old, buffer.cursor, buffer.rotate());
        };
      case 'C-t':
        return () => buffer.transpose();
      case 'M-u':
        return () => buffer.changeWord((word) => word.toUpperCase());
      case 'M-l':
        return () => buffer.changeWord((word) => word.toLowerCase());
      case 'M-c':
        return () => buffer.changeWord((word) => word.replace(/\p{L}/u, (char) => char.toUpperCase()));
      case 'M-.':
      case 'M-_':
        return () => this.insertLastArgument();
      case 'C-_':
        return () => {
          buffer.undo();
          buffer.undo();
        };
      default:
        return undefined;
    }
  }
  private insertLastArgument(): void {
    const { buffer } = this;
    const back = (this.lastArgument?.back ?? 0) + 1;
    const line = this.request.history.at(-back);
    const word = line === undefined ? undefined : (utf8Decode(line).trim().split(/\s+/).at(-1) ?? '');
    if (word === undefined) return;
    const length = this.lastArgument?.length ?? 0;
    buffer.replace(buffer.cursor - length, buffer.cursor, word);
    this.lastArgument = { back, length: [...word].length };
  }

  // --- history ---

  private *history(to: number): Sys {
    const { history } = this.request;
    if (to < 0 || to > history.length || to === this.historyAt) return;
    if (this.historyAt === history.length) this.typed = this.buffer.text;
    this.historyAt = to;
    yield* this.edit(() => this.buffer.set(to === history.length ? this.typed : utf8Decode(history[to] ?? '')));
  }
  /** True when the key belonged to the search. */
  private *searchKey(key: Key): Sys<boolean> {
    const { search, request } = this;
    if (!search) return false;
    if (key.kind === 'text') {
      search.query += key.text;
      this.find(search.at);
    } else if (key.kind === 'key' && key.name === 'C-r') this.find(search.at - 1);
    else if (key.kind === 'key' && (key.name === 'Backspace' || key.name === 'C-h')) {
      search.query = [...search.query].slice(0, -1).join('');
      this.find(request.history.length);
    } else {
      const isCancelled = key.kind === 'key' && (key.name === 'C-g' || key.name === 'C-c');
      if (!isCancelled && search.at < request.history.length) {
        this.buffer.set(utf8Decode(request.history[search.at] ?? ''));
        this.historyAt = search.at;
      }
      this.search = undefined;
      yield* this.draw();
      return isCancelled;
    }
    yield* this.drawSearch();
    return true;
  }
  private find(from: number): void {
    const { search, request } = this;
    if (!search) return;
    for (let at = Math.min(from, request.history.length - 1); at >= 0; at--) {
      if (!utf8Decode(request.history[at] ?? '').includes(search.query)) continue;
      search.at = at;
      search.failed = false;
      return;
    }
    search.failed = search.query !== '';
  }
  private *drawSearch(): Sys {
    const { search, request } = this;
    if (!search) return;
    const found = search.at < request.history.length ? utf8Decode(request.history[search.at] ?? '') : this.buffer.text;
    yield* this.write(`${this.toStart()}\x1b[J`);
    const text = `(${search.failed ? 'failed ' : ''}reverse-i-search)\`${search.query}': ${found}`;
    yield* this.write(text);
    this.row = Math.floor(textWidth(text) / this.columns);
  }

  // --- completion ---

  private *complete(isSecond: boolean): Sys {
    const { buffer, request } = this;
    if (!request.complete) return;
    const { from, list } = yield* request.complete(buffer.text, buffer.cursor);
    const [first] = list;
    if (!first) {
      yield* this.write('\x07');
      return;
    }
    const prefix = list.length === 1 ? first.text + first.suffix : commonPrefix(list.map((candidate) => candidate.text));
    if ([...prefix].length > buffer.cursor - from || list.length === 1) {
      yield* this.edit(() => buffer.replace(from, buffer.cursor, prefix));
      return;
    }
    if (!isSecond) {
      yield* this.write('\x07');
      return;
    }
    yield* this.list(list);
  }
  private *list(list: readonly Candidate[]): Sys {
    yield* this.write('\n');
    let shows = true;
    if (list.length > MANY) {
      yield* this.write(`Display all ${list.length} possibilities? (y or n)`);
      const answer = yield* this.p.read(0, 1);
      shows = answer.ok && /[yY \t]/.test(answer.value);
      yield* this.write('\n');
    }
    if (shows)
      yield* this.write(
        inColumns(
          list.map((candidate) => candidate.display),
          this.columns,
        ),
      );
    this.row = 0;
    yield* this.write(
      this.promptLines
        .slice(0, -1)
        .map((line) => `${line.replace(/[\x01\x02]/g, '')}\n`)
        .join(''),
    );
    yield* this.draw();
  }

  // --- the screen ---

  private get columns(): number {
    const size = this.p.fds.get(0)?.control({ kind: 'tty.get-size' }, this.p);
    const columns = size?.ok ? (size.value as { readonly columns?: number }).columns : undefined;
    return columns !== undefined && columns > 1 ? columns : 80;
  }
  private *write(text: string): Sys {
    yield* this.p.write(2, utf8Encode(text));
  }
  private *edit(change: () => void): Sys {
    this.buffer.remember();
    change();
    yield* this.draw();
  }
  /** Text at the end of the line needs no redrawing while it does not wrap. */
  private *insert(text: string): Sys {
    const { buffer } = this;
    const isAtEnd = buffer.cursor === buffer.chars.length;
    buffer.remember();
    buffer.insert(text);
    const width = this.promptWidth + textWidth(shown(buffer.chars));
    if (isAtEnd && !/[\x00-\x1f\x7f]/.test(text) && width < this.columns) yield* this.write(text);
    else yield* this.draw();
  }
  private toStart(): string {
    return `\r${this.row > 0 ? `\x1b[${this.row}A` : ''}`;
  }
  private *draw(): Sys {
    const { buffer, columns, promptWidth } = this;
    const text = shown(buffer.chars);
    const end = place(promptWidth, text, columns);
    const at = place(promptWidth, shown(buffer.chars.slice(0, buffer.cursor)), columns);
    const prompt = (this.promptLines.at(-1) ?? '').replace(/[\x01\x02]/g, '');
    const wrap = end.column === 0 && end.row > 0 && !text.endsWith('\n') ? ' \b' : '';
    const up = end.row - at.row;
    yield* this.write(`${this.toStart()}${prompt}${text}${wrap}\x1b[J${up > 0 ? `\x1b[${up}A` : ''}\r${at.column > 0 ? `\x1b[${at.column}C` : ''}`);
    this.row = at.row;
  }
  /** Leaves the line as it stands and goes below it. */
  private *leave(mark: string): Sys {
    this.buffer.move(this.buffer.chars.length);
    yield* this.draw();
    yield* this.write(`${mark}\x1b[?2004l\n`);
    this.row = 0;
  }
}

/** Where the cursor is after `text` that begins at column `start` of row 0. */
function place(start: number, text: string, columns: number): { readonly row: number; readonly column: number } {
  let row = Math.floor(start / columns);
  let column = start % columns;
  for (const char of text) {
    if (char === '\n') {
      row++;
      column = 0;
      continue;
    }
    const width = charWidth(char);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
    if (column === columns) {
      row++;
      column = 0;
    }
  }
  return { row, column };
}
/** Control characters show as ^X. */
const shown = (chars: readonly string[]): string =>
  chars.map((char) => (char !== '\n' && char.charCodeAt(0) < 32 ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}` : char)).join('');
/** A prompt without what does not show. */
const visible = (prompt: string): string =>
  prompt
    .replace(/\x01[^\x02]*\x02/g, '')
    .replace(/\x1b\[[\d;]*[A-Za-z]/g, '')
    .replace(/[\x01\x02]/g, '');
function rawOf(name: string): string {
  const control = /^C-(.)$/.exec(name)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 31);
  return { Tab: '\t', Enter: '\r', Escape: '\x1b', Backspace: '\x7f' }[name] ?? '';
}
export function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? '';
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
/** As many columns as fit, filled downwards. */
export function inColumns(cells: readonly string[], width: number): string {
  const cell = Math.max(...cells.map(textWidth)) + 2;
  const count = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(cells.length / count);
  let out = '';
  for (let row = 0; row < rows; row++) {
    const line = cells.filter((_, i) => i % rows === row);
    out += `${line.map((text, i) => (i < line.length - 1 ? text + ' '.repeat(cell - textWidth(text)) : text)).join('')}\n`;
  }
  return out;
}
