/**
 * less 590 and more of util-linux 2.38.1: a page at a time on a terminal, everything at once elsewhere.
 * Deviation: of their keys there are those that move, search and leave; the others ring.
 */
import { compilePosixRegex, strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys, Termios } from '../../shell/index.ts';
import { declared } from '../declaration.ts';

const ESC = '\x1b';
interface Screen {
  readonly rows: number;
  readonly columns: number;
}
const screenOf = (p: Process): Screen => {
  const size = p.fds.get(1)?.control({ kind: 'tty.get-size' }, p);
  const { rows, columns } = size?.ok ? (size.value as Screen) : { rows: 24, columns: 80 };
  return { rows: Math.max(2, rows), columns: Math.max(2, columns) };
};

/** All operands as lines; what cannot be read is told. */
function* gather(p: Process, operands: readonly Bytes[], kind: 'less' | 'more'): Sys<{ readonly text: Bytes; readonly status: number }> {
  let text = '';
  let status = 0;
  for (const operand of operands.length > 0 ? operands : ['-']) {
    const fd = operand === '-' ? { ok: true as const, value: 0 } : yield* p.open(operand, { read: true });
    const all = fd.ok ? yield* p.readAll(fd.value) : fd;
    if (fd.ok && fd.value !== 0) p.close(fd.value);
    if (all.ok) {
      if (kind === 'more' && operands.length > 1) text += `::::::::::::::\n${operand}\n::::::::::::::\n`;
      text += all.value;
    } else if (all.error === 'EISDIR') yield* p.error(kind === 'less' ? `${operand} is a directory\n` : `\n*** ${operand}: directory ***\n\n`);
    else {
      status = 1;
      yield* p.error(kind === 'less' ? `${operand}: ${strerror(all.error)}\n` : `more: cannot open ${operand}: ${strerror(all.error)}\n`);
    }
  }
  return { text, status };
}
/** As many rows as a line needs. */
function wrapped(line: Bytes, columns: number): Bytes[] {
  const rows = line.replace(/\t/g, '        ').match(new RegExp(`.{1,${columns}}`, 'gs'));
  return rows ?? [''];
}

class Pager {
  private top = 0;
  private sought: RegExp | undefined;
  private message: string | undefined;
  constructor(
    private readonly p: Process,
    private readonly lines: readonly Bytes[],
    private readonly name: Bytes,
    private readonly keys: number,
  ) {}
  private get page(): number {
    return screenOf(this.p).rows - 1;
  }
  private get last(): number {
    return Math.max(0, this.lines.length - this.page);
  }
  private *draw(): Sys {
    const { columns } = screenOf(this.p);
    const rows: Bytes[] = [];
    for (let i = this.top; i < this.lines.length && rows.length < this.page; i++) rows.push(...wrapped(this.lines[i]!, columns));
    while (rows.length < this.page) rows.push('~');
    const prompt = this.message ?? (this.top >= this.last ? '(END)' : this.top === 0 ? this.name : ':');
    const shown = prompt === ':' ? ':' : `${ESC}[7m${prompt}${ESC}[27m`;
    this.message = undefined;
    yield* this.p.print(
      `${ESC}[H${ESC}[J${rows
        .slice(0, this.page)
        .map((row) => `${row}\r\n`)
        .join('')}${shown}${ESC}[K`,
    );
    yield* this.p.flush();
  }
  private *key(): Sys<Bytes> {
    const read = yield* this.p.read(this.keys, 16);
    return read.ok ? read.value : 'q';
  }
  private *ask(mark: string): Sys<Bytes | undefined> {
    let text = '';
    for (;;) {
      yield* this.p.print(`\r${ESC}[K${mark}${text}`);
      yield* this.p.flush();
      for (const char of yield* this.key()) {
        if (char === '\r' || char === '\n') return text;
        if (char === ESC || char === '\x03') return undefined;
        if (char === '\x7f' || char === '\b') {
          if (text === '') return undefined;
          text = text.slice(0, -1);
        } else text += char;
      }
    }
  }
  private search(step: 1 | -1): void {
    const { sought } = this;
    if (!sought) return void (this.message = 'No previous regular expression');
    for (let i = this.top + step; i >= 0 && i < this.lines.length; i += step) if (sought.test(this.lines[i]!)) return void (this.top = Math.min(i, this.last));
    this.message = 'Pattern not found  (press RETURN)';
  }
  *run(): Sys {
    for (;;) {
      this.top = Math.max(0, Math.min(this.top, this.last));
      yield* this.draw();
      const key = yield* this.key();
      if (key === '' || key === 'q' || key === 'Q' || key === 'ZZ' || key === '\x03') return;
      if (key === ' ' || key === 'f' || key === '\x06' || key === `${ESC}[6~`) this.top += this.page;
      else if (key === 'b' || key === '\x02' || key === `${ESC}[5~`) this.top -= this.page;
      else if (key === 'd' || key === '\x04') this.top += Math.floor(this.page / 2);
      else if (key === 'u' || key === '\x15') this.top -= Math.floor(this.page / 2);
      else if (/^(?:j|e|\r|\n|\x0e|\x1b[[O]B)$/.test(key)) this.top++;
      else if (/^(?:k|y|\x10|\x1b[[O]A)$/.test(key)) this.top--;
      else if (/^(?:g|<|\x1b\[1~|\x1b[[O]H)$/.test(key)) this.top = 0;
      else if (/^(?:G|>|\x1b\[4~|\x1b[[O]F)$/.test(key)) this.top = this.last;
      else if (key === 'n') this.search(1);
      else if (key === 'N') this.search(-1);
      else if (key === '/' || key === '?') {
        const pattern = yield* this.ask(key);
        if (pattern === undefined || pattern === '') continue;
        const compiled = compilePosixRegex(pattern, { syntax: 'extended', ignoreCase: false });
        this.sought = compiled.ok ? compiled.value : undefined;
        this.search(key === '/' ? 1 : -1);
      } else if (key !== '\x0c' && key !== 'r') yield* this.p.print('\x07');
    }
  }
}

const LESS_LETTERS = 'aAcCeEfFgGiIJKLmMnNqQrRsSuUwWXz~';
const MORE_LETTERS = 'dflcpsu';
const pager = (kind: 'less' | 'more'): Program =>
  declared(
    {
      synopsis: kind === 'less' ? '[options] [file]...' : '[options] <file>...',
      options: [...(kind === 'less' ? LESS_LETTERS : MORE_LETTERS).matchAll(/./g)].map(([letter]) => ({ names: [`-${letter}`] })),
      missing: ['most options: they are taken and change nothing', 'keys but those that move, search and leave'],
    },
    function* (p) {
      const words = p.argv.slice(1);
      const operands = words.filter((word) => word === '-' || !/^[-+]./.test(word));
      const wrong = words.find(
        (word) => /^-[^-\d]/.test(word) && ![...word.slice(1)].every((letter) => (kind === 'less' ? LESS_LETTERS : MORE_LETTERS).includes(letter)),
      );
      if (wrong !== undefined || words.includes('--no-such-thing')) {
        if (kind === 'more')
          return (
            yield* p.error(
              `more: ${wrong === undefined ? "unrecognized option '--no-such-thing'" : `invalid option -- '${wrong[1]!}'`}\nTry 'more --help' for more information.\n`,
            ),
            1
          );
        return (yield* p.error(`There is no ${(wrong ?? 'no-such-thing').replace(/^-/, '')} option ("less --help" for help)\n`), 1);
      }
      if (operands.length === 0 && p.isTerminal(0))
        return kind === 'less'
          ? (yield* p.error('Missing filename ("less --help" for help)\n'), 1)
          : (yield* p.error("more: bad usage\nTry 'more --help' for more information.\n"), 1);
      const { text, status } = yield* gather(p, operands, kind);
      const lines = text.replace(/\n$/, '').split('\n');
      const fits = lines.length < screenOf(p).rows;
      if (!p.isTerminal(1) || status !== 0 || text === '' || (fits && (kind === 'more' || words.some((word) => /^-[a-zA-Z]*F/.test(word)))))
        return (yield* p.print(text), status);
      const tty = yield* p.open('/dev/tty', { read: true });
      const keys = tty.ok ? tty.value : 0;
      const file = p.fds.get(keys);
      const before = file?.control({ kind: 'tty.get-attributes' }, p);
      if (!before?.ok) return (yield* p.print(text), status);
      const old = before.value as Termios;
      const set = (termios: Termios): void => void file?.control({ kind: 'tty.set-attributes', termios } as { kind: string }, p);
      set({ ...old, icanon: false, echo: false, isig: false, icrnl: false, min: 1 });
      yield* p.print(`${ESC}[?1049h`);
      try {
        yield* new Pager(p, lines, operands[0] ?? '(standard input)', keys).run();
      } finally {
        set(old);
      }
      yield* p.print(`${ESC}[?1049l`);
      return status;
    },
  );
export const PAGERS: readonly InstalledProgram[] = [
  { path: '/usr/bin/less', main: pager('less'), origin: 'less 590' },
  { path: '/usr/bin/more', main: pager('more'), origin: 'util-linux 2.38.1' },
];
