/**
 * The line editor of an interactive shell: readline's emacs keys (readline(3)), history with search, kill and yank, undo, completion, pasted text as
 * typed, wide characters, prompts of several lines, changes of the window's size.
 *
 * Deliberately absent: vi keys, inputrc, macros.
 */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';
import type { Termios } from '../terminal/termios.ts';
import { EditBuffer } from './buffer.ts';
import { backwards, changeOf, KILLS, motionOf } from './commands.ts';
import { Completing, type Candidates } from './completing.ts';
import { KeyDecoder, type Key } from './keys.ts';
import { Screen } from './screen.ts';
import { Search } from './search.ts';

/** ^C leaves the cursor at the beginning of the row below which the next prompt goes. */
export type EditedLine = { readonly kind: 'line'; readonly line: Bytes } | { readonly kind: 'eof' } | { readonly kind: 'interrupted' };

/** What C-r C-r looks for again, and what C-y brings back. */
export interface EditorMemory {
  query: string;
  readonly kills: string[];
  /** C-o was pressed: where in the history the next line begins. */
  next?: number | undefined;
}

export interface LineRequest {
  /** Expanded; hidden parts stand between \x01 and \x02. */
  readonly prompt: Bytes;
  readonly history: readonly Bytes[];
  /** Remembered from line to line. */
  readonly memory: EditorMemory;
  complete?(line: string, cursor: number): Sys<Candidates>;
  /** The line as the shell would expand it. */
  expand?(line: string): Sys<string>;
  /** The window has another size. */
  resized?(): void;
}

/** A count beyond this counts as this. */
const MOST_TIMES = 10_000;
const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l\r';

/** Reads one line from the terminal at descriptor 0; the terminal is as before afterwards. */
export function* editLine(p: Process, request: LineRequest): Sys<EditedLine> {
  const before = p.fds.get(0)?.control({ kind: 'tty.get-attributes' }, p);
  if (!before?.ok) return { kind: 'eof' };
  const termios = before.value as Termios;
  const set = (value: Termios): void => void p.fds.get(0)?.control({ kind: 'tty.set-attributes', termios: value } as never, p);
  set({ ...termios, cc: { ...termios.cc }, icanon: false, echo: false, icrnl: false, ixon: false, iexten: false, min: 1 });
  try {
    yield* p.write(2, PASTE_ON);
    return yield* new Editor(p, request).run();
  } finally {
    set(termios);
  }
}

class Editor {
  private readonly buffer: EditBuffer;
  private readonly decoder = new KeyDecoder();
  private readonly screen: Screen;
  private historyAt: number;
  /** What became of the lines that were edited and left. */
  private readonly changed = new Map<number, string>();
  private lastKey = '';
  private prefix = '';
  private quoteNext = false;
  private search: Search | undefined;
  private lastArgument: { back: number; length: number; index: number | undefined } | undefined;
  private readonly completing: Completing | undefined;
  /** Digits behind M-, as far as they are typed: how often the next key counts. */
  private count = '';
  private mark = 0;
  /** The window has another size: draw anew. Every other signal that interrupts a read is the user's ^C. */
  private isResized = false;

  constructor(
    private readonly p: Process,
    private readonly request: LineRequest,
  ) {
    this.buffer = new EditBuffer(request.memory.kills);
    this.screen = new Screen(p, request.prompt);
    this.historyAt = request.history.length;
    if (request.complete) this.completing = new Completing(p, this.buffer, this.screen, (line, cursor) => request.complete!(line, cursor));
  }

  *run(): Sys<EditedLine> {
    const { p } = this;
    yield* this.screen.begin();
    const { next } = this.request.memory;
    this.request.memory.next = undefined;
    if (next !== undefined && next < this.request.history.length) yield* this.history(next);
    const winch = p.disposition('WINCH');
    p.on('WINCH', () => void (this.isResized = true));
    try {
      for (;;) {
        // byte by byte: what is typed ahead stays for whoever reads next
        const input = yield* p.read(0, 1);
        if (!input.ok) {
          if (input.error !== 'EINTR') return { kind: 'eof' };
          if (!this.isResized) return yield* this.interrupted();
          this.isResized = false;
          this.request.resized?.();
          yield* this.screen.draw(this.buffer);
          continue;
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
  private *interrupted(): Sys<EditedLine> {
    yield* this.screen.write(`^C${this.screen.toLastRow()}${PASTE_OFF}`);
    return { kind: 'interrupted' };
  }

  // --- keys ---

  private *key(key: Key): Sys<EditedLine | undefined> {
    if (this.quoteNext) {
      this.quoteNext = false;
      yield* this.edit(() => this.buffer.insert(key.kind === 'key' ? rawOf(key.name) : key.text));
      return undefined;
    }
    if (this.search) {
      const goesOn = yield* this.searchKey(this.search, key);
      if (goesOn) return undefined;
    }
    if (key.kind === 'paste') {
      // A last newline is left to the user to type.
      yield* this.edit(() => this.buffer.insert(key.text.replace(/\r\n?/g, '\n').replace(/\n$/, '')));
      this.lastKey = '';
      return undefined;
    }
    if (this.countKey(key)) {
      const shown = `(arg: ${this.count === '-' ? '-1' : this.count}) `;
      yield* this.screen.replace(shown + this.buffer.text, [...shown].length + this.buffer.cursor);
      return undefined;
    }
    if (this.count !== '') return yield* this.counted(key);
    if (key.kind === 'text') {
      const { buffer } = this;
      if (this.lastKey !== 'text') buffer.remember(); // what is typed in one go is undone in one go
      buffer.endKill();
      buffer.insert(key.text);
      yield* this.screen.append(key.text, buffer);
      this.lastKey = 'text';
      this.lastArgument = undefined;
      return undefined;
    }
    if (key.name === 'C-x' && this.prefix === '') {
      this.prefix = 'C-x ';
      return undefined;
    }
    const name = this.prefix + key.name;
    this.prefix = '';
    const result = yield* this.command(name);
    this.lastKey = name;
    return result;
  }

  /** Whether the key belongs to a count: M-3, M--, and digits that follow. */
  private countKey(key: Key): boolean {
    const digit =
      key.kind === 'key' ? /^M-([\d-])$/.exec(key.name)?.[1] : this.count !== '' && key.kind === 'text' && /^\d$/.test(key.text) ? key.text : undefined;
    if (digit === undefined || (digit === '-' && this.count !== '')) return false;
    this.count += digit;
    return true;
  }
  /** A key as often as the count says; less than none of it goes the other way. */
  private *counted(key: Key): Sys<EditedLine | undefined> {
    const times = this.count === '-' ? -1 : Number(this.count);
    this.count = '';
    if (key.kind === 'text') {
      yield* this.edit(() => this.buffer.insert(key.text.repeat(Math.min(MOST_TIMES, Math.max(0, times)))));
      return undefined;
    }
    if (key.kind === 'paste') return undefined;
    if (key.name === 'M-.' || key.name === 'M-_') {
      yield* this.edit(() => this.insertLastArgument(times));
      this.lastKey = key.name;
      return undefined;
    }
    const name = times < 0 ? backwards(key.name) : key.name;
    for (let i = 0; i < Math.min(MOST_TIMES, Math.abs(times)); i++) {
      const done = yield* this.command(name);
      this.lastKey = name;
      if (done) return done;
    }
    return undefined;
  }

  private *command(name: string): Sys<EditedLine | undefined> {
    const { buffer, request } = this;
    if (!KILLS.has(name)) buffer.endKill();
    if (name !== 'M-.' && name !== 'M-_') this.lastArgument = undefined;
    const motion = motionOf(name, buffer);
    if (motion !== undefined) {
      buffer.move(motion);
      yield* this.screen.draw(buffer);
      return undefined;
    }
    const change = changeOf(name, buffer, this.lastKey);
    if (change) {
      yield* this.edit(change);
      return undefined;
    }
    switch (name) {
      case 'C-o':
      case 'Enter':
        // The line itself becomes an entry, so that the one behind it keeps its place.
        if (name === 'C-o' && this.historyAt < request.history.length) request.memory.next = this.historyAt + 1;
        yield* this.leave();
        return { kind: 'line', line: utf8Encode(buffer.text) };
      case 'C-d':
        if (buffer.chars.length === 0) {
          yield* this.screen.write(`${PASTE_OFF}\n`);
          return { kind: 'eof' };
        }
        yield* this.edit(() => buffer.delete(buffer.cursor, Math.min(buffer.chars.length, buffer.cursor + 1)));
        return undefined;
      case 'C-c':
        return yield* this.interrupted();
      case 'C-_':
      case 'C-x C-u':
        buffer.undo();
        yield* this.screen.draw(buffer);
        return undefined;
      case 'M-.':
      case 'M-_':
        yield* this.edit(() => this.insertLastArgument());
        return undefined;
      case 'C-l':
        yield* this.screen.write('\x1b[H\x1b[2J');
        yield* this.screen.again(buffer);
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
        yield* this.history(request.history.length);
        return undefined;
      case 'C-r':
      case 'C-s':
        this.search = new Search(request.history, buffer.text, name === 'C-r' ? 'back' : 'forward', request.memory);
        yield* this.drawSearch(this.search);
        return undefined;
      case 'C-q':
      case 'C-v':
        this.quoteNext = true;
        return undefined;
      case 'M-#':
        buffer.move(0);
        buffer.insert('#');
        yield* this.leave();
        return { kind: 'line', line: utf8Encode(buffer.text) };
      case 'Tab':
        if (this.completing) yield* this.completing.run(this.lastKey === 'Tab' ? 'again' : 'once');
        return undefined;
      case 'M-?':
      case 'M-=':
        if (this.completing) yield* this.completing.run('list');
        return undefined;
      case 'M-*':
        if (this.completing) yield* this.completing.run('all');
        return undefined;
      case 'C-`':
      case 'M- ':
        this.mark = buffer.cursor;
        return undefined;
      case 'C-x C-x': {
        const { mark } = this;
        this.mark = buffer.cursor;
        buffer.move(mark);
        yield* this.screen.draw(buffer);
        return undefined;
      }
      case 'M-C-e': {
        if (!request.expand) return undefined;
        const expanded = yield* request.expand(buffer.text);
        yield* this.edit(() => buffer.set(expanded));
        return undefined;
      }
      default:
        return undefined;
    }
  }
  /** `which`: the word of that number, the last without. Pressed again it is that of the line before. */
  private insertLastArgument(which?: number): void {
    const { buffer, request } = this;
    const back = (this.lastArgument?.back ?? 0) + 1;
    const index = which ?? this.lastArgument?.index;
    const line = request.history.at(-back);
    const word =
      line === undefined
        ? ''
        : (utf8Decode(line)
            .trim()
            .split(/\s+/)
            .at(index ?? -1) ?? '');
    buffer.replace(buffer.cursor - (this.lastArgument?.length ?? 0), buffer.cursor, word);
    this.lastArgument = { back, length: [...word].length, index };
  }

  // --- history ---

  private *history(to: number): Sys {
    const { history } = this.request;
    if (to < 0 || to > history.length || to === this.historyAt) {
      yield* this.screen.write('\x07');
      return;
    }
    this.changed.set(this.historyAt, this.buffer.text);
    this.historyAt = to;
    yield* this.edit(() => this.buffer.set(this.changed.get(to) ?? utf8Decode(history[to] ?? '')));
  }
  /** True when the key belonged to the search. */
  private *searchKey(search: Search, key: Key): Sys<boolean> {
    const { buffer, screen } = this;
    if (key.kind === 'key' && key.name === 'C-c') {
      this.search = undefined;
      return false;
    }
    const outcome = search.key(key);
    if (outcome === 'kept') {
      yield* this.drawSearch(search);
      return true;
    }
    this.search = undefined;
    if (outcome === 'accepted' && search.at < this.request.history.length) {
      this.changed.set(this.historyAt, buffer.text);
      buffer.set(search.found);
      buffer.move(search.cursor);
      this.historyAt = search.at;
    }
    yield* screen.draw(buffer);
    return outcome === 'cancelled' || (key.kind === 'key' && key.name === 'Escape');
  }
  private *drawSearch(search: Search): Sys {
    yield* this.screen.replace(search.prompt + search.found, [...search.prompt].length + search.cursor);
  }

  // --- the line ---

  private *edit(change: () => void): Sys {
    this.buffer.remember();
    change();
    yield* this.screen.draw(this.buffer);
  }
  /** Leaves the line as it stands and goes below it. */
  private *leave(): Sys {
    const { buffer, screen } = this;
    if (buffer.cursor < buffer.chars.length) {
      buffer.move(buffer.chars.length);
      yield* screen.draw(buffer);
    }
    yield* screen.write(`${screen.endsAtMargin(buffer) ? '' : '\n'}${PASTE_OFF}`);
  }
}

function rawOf(name: string): string {
  const control = /^C-(.)$/.exec(name)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 31);
  return { Tab: '\t', Enter: '\r', Escape: '\x1b', Backspace: '\x7f' }[name] ?? '';
}
