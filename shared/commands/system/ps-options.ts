/** What a command line of ps asks for: options of SysV, BSD and GNU side by side (procps-ng 4.0.2, src/ps/parser.c). */
import type { Bytes } from '../../base/index.ts';
import type { Process } from '../../shell/index.ts';
import { owners } from '../coreutils/index.ts';
import { CODES, COLUMNS, ttyOf, type Column, type FORMATS, type Row } from './ps-columns.ts';
import { helpOf } from './ps-help.ts';

/** Told as `error: …`. */
export class PsError extends Error {}

export type Test = (row: Row) => boolean;
export interface Settings {
  /** Which ones, each added to the others; with none it is a default. */
  readonly lists: Test[];
  all: boolean;
  /** BSD `a` and `x`; SysV `-a` and `-d`. */
  readonly flags: Set<
    'a' | 'x' | '-a' | '-d' | 'r' | 'negate' | 'bsd' | 'no-headers' | 'forest' | 'indent' | 'wide' | 'names' | '-y' | '-L' | '-T' | '-P' | 'Z'
  >;
  format: keyof typeof FORMATS | readonly Column[];
  readonly sort: { readonly column: Column; readonly isDown: boolean }[];
  columns: number | undefined;
  answer: string | undefined;
}

export const isTerminalless = (row: Row): boolean => ttyOf(row) === '?';
const listOf = (text: Bytes, what: string): readonly Bytes[] => {
  if (text === '' || /^,|,,|,$/.test(text)) throw new PsError(`${what} list syntax error`);
  return text.split(/[\s,]+/).filter((word) => word !== '');
};
function numbers(text: Bytes, what: string): readonly number[] {
  return listOf(text, what).map((word) => {
    if (!/^\d+$/.test(word)) throw new PsError(`${what} list syntax error`);
    if (Number(word) === 0 || Number(word) > 0x7fffffff) throw new PsError(`${what} out of range`);
    return Number(word);
  });
}

export class CommandLine {
  readonly settings: Settings = { lists: [], all: false, flags: new Set(), format: 'plain', sort: [], columns: undefined, answer: undefined };
  private at = 1;

  constructor(
    private readonly p: Process,
    private readonly argv: readonly Bytes[],
    /** All words are BSD's: `ps -aux`. */
    private readonly isAllBsd: boolean,
  ) {}

  parse(): Settings {
    for (; this.at < this.argv.length; this.at++) {
      const word = this.argv[this.at]!;
      if (word.startsWith('--') && word !== '--') this.long(word.slice(2));
      else if (word.startsWith('-')) this.letters(word.slice(1), this.isAllBsd ? 'bsd' : 'sysv');
      else if (/^\d/.test(word)) this.byPid(word);
      else this.letters(word, 'bsd');
      if (this.settings.answer !== undefined) break;
    }
    const { flags, format } = this.settings;
    if (flags.has('-y')) {
      if (format !== 'l') throw new PsError('modifier -y without format -l makes no sense');
      this.settings.format = 'y';
    }
    return this.settings;
  }
  private next(rest: Bytes, mistake: string): Bytes {
    if (rest !== '') return rest;
    const word = this.argv[++this.at];
    if (word === undefined) throw new PsError(mistake);
    return word;
  }
  private by(test: Test): void {
    this.settings.lists.push(test);
  }
  private byPid(text: Bytes): void {
    const pids = numbers(text, 'process ID');
    this.settings.flags.add('bsd');
    if (this.settings.format === 'plain') this.settings.format = 'bsd';
    this.by(({ pid }) => pids.includes(pid));
  }
  private byUser(text: Bytes, kind: 'real' | 'effective'): void {
    const names = listOf(text, 'user name');
    const known = owners(this.p);
    const ids = new Set(names.map((word) => (/^\d+$/.test(word) ? Number(word) : this.idOf(word))));
    this.by(({ process }) => ids.has(kind === 'real' ? process.credentials.uid : process.credentials.euid) || names.includes(known.user(-1)));
  }
  private idOf(name: Bytes): number {
    const file = this.p.fs.readFile('/etc/passwd');
    const row = (file.ok ? file.value : '').split('\n').find((line) => line.startsWith(`${name}:`));
    if (row === undefined) throw new PsError('user name does not exist');
    return Number(row.split(':')[2]);
  }
  private byTerminal(text: Bytes): void {
    const names = listOf(text, 'TTY').map((word) => word.replace(/^\/dev\//, ''));
    for (const name of names) if (name !== '-' && name !== '?' && !this.p.fs.exists(`/dev/${name}`)) throw new PsError('TTY could not be found');
    this.by((row) => names.includes(ttyOf(row)) || (names.includes('-') && isTerminalless(row)));
  }
  /** Options whose argument is a list, by the name that messages give it. */
  private choose(kind: 'pid' | 'ppid' | 'sid' | 'group' | 'command', text: Bytes): void {
    if (kind === 'command') {
      const names = text.split(',');
      this.by(({ process }) => names.includes(process.comm));
      return;
    }
    if (kind === 'group') {
      const ids = listOf(text, 'group').map(Number);
      this.by(({ process }) => ids.includes(process.sid) || ids.includes(process.credentials.egid));
      return;
    }
    const wanted = numbers(text, kind === 'sid' ? 'session ID' : 'process ID');
    this.by(({ pid, process }) => wanted.includes(kind === 'pid' ? pid : kind === 'ppid' ? process.ppid : process.sid));
  }
  private sortBy(text: Bytes): void {
    for (const key of text.split(',')) {
      const [, sign = '', name = ''] = /^([-+]?)(.*)$/s.exec(key) ?? [];
      const column = COLUMNS[name];
      if (!column) throw new PsError('unknown sort specifier');
      this.settings.sort.push({ column, isDown: sign === '-' });
    }
  }
  private formatBy(text: Bytes): void {
    if (text === '') throw new PsError('improper format list');
    const before = typeof this.settings.format === 'string' ? [] : this.settings.format;
    this.settings.format = [...before, ...columnsOf(text)];
  }

  private letters(cluster: Bytes, style: 'sysv' | 'bsd'): void {
    if (style === 'bsd') {
      this.settings.flags.add('bsd');
      if (this.settings.format === 'plain') this.settings.format = 'bsd';
    }
    if (cluster === '') throw new PsError(style === 'sysv' ? 'garbage option' : 'improper list');
    for (let i = 0; i < cluster.length; i++) {
      const rest = cluster.slice(i + 1);
      const isDone = style === 'sysv' ? this.sysv(cluster[i]!, rest) : this.bsd(cluster[i]!, rest);
      if (isDone || this.settings.answer !== undefined) return;
    }
  }
  private formatLetter(letter: keyof typeof FORMATS): void {
    if (typeof this.settings.format === 'string') this.settings.format = letter;
  }
  /** True when the rest of the word was its argument. */
  private sysv(letter: string, rest: Bytes): boolean {
    const { settings } = this;
    const { flags } = settings;
    switch (letter) {
      case 'A':
      case 'e':
        settings.all = true;
        return false;
      case 'a':
      case 'd':
        flags.add(`-${letter}`);
        return false;
      case 'N':
        flags.add('negate');
        return false;
      case 'f':
        if (settings.format !== 'F') this.formatLetter('f');
        return false;
      case 'F':
      case 'l':
      case 'j':
        this.formatLetter(letter);
        return false;
      case 'H':
        flags.add('indent');
        return false;
      case 'L':
      case 'T':
      case 'P':
      case 'y':
        flags.add(`-${letter}`);
        return false;
      case 'M':
        flags.add('Z');
        return false;
      case 'c':
      case 'm':
      case 'w':
        flags.add('wide');
        return false;
      case 'V':
        settings.answer = 'ps from procps-ng 4.0.2\n';
        return false;
      case 'C':
        this.choose('command', this.next(rest, 'list of command names must follow -C'));
        return true;
      case 'p':
      case 'q':
        this.choose('pid', this.next(rest, `list of process IDs must follow -${letter}`));
        return true;
      case 's':
        this.choose('sid', this.next(rest, 'list of session IDs must follow -s'));
        return true;
      case 'g':
      case 'G':
        this.choose(
          'group',
          this.next(rest, letter === 'G' ? 'list of real groups must follow -G' : 'list of session leaders OR effective group names must follow -g'),
        );
        return true;
      case 't':
        this.byTerminal(this.next(rest, 'list of terminals (pty, tty...) must follow -t'));
        return true;
      case 'u':
        this.byUser(this.next(rest, 'list of users must follow -u'), 'effective');
        return true;
      case 'U':
        this.byUser(this.next(rest, 'list of real users must follow -U'), 'real');
        return true;
      case 'o':
        this.formatBy(this.next(rest, 'format specification must follow -o'));
        return true;
      case 'O':
        this.settings.format = [COLUMNS['pid']!, ...columnsOf(this.next(rest, 'format or sort specification must follow -O')), ...TAIL];
        return true;
      default:
        throw new PsError(/[A-Za-z]/.test(letter) ? 'unsupported SysV option' : 'garbage option');
    }
  }
  private bsd(letter: string, rest: Bytes): boolean {
    const { settings } = this;
    const { flags } = settings;
    switch (letter) {
      case 'a':
      case 'x':
      case 'r':
        flags.add(letter);
        return false;
      case 'T':
        this.by((row) => ttyOf(row) === ttyOf({ process: this.p }));
        return false;
      case 'f':
        flags.add('forest');
        return false;
      case 'u':
        this.formatLetter('u');
        return false;
      case 'j':
        this.formatLetter('bsdJ');
        return false;
      case 'l':
        this.formatLetter('bsdL');
        return false;
      case 'h':
        flags.add('no-headers');
        return false;
      case 'c':
        flags.add('names');
        return false;
      case 'Z':
        flags.add('Z');
        return false;
      case 'w':
      case 'H':
      case 'S':
      case 'n':
      case 'e':
      case 'm':
        flags.add('wide');
        return false;
      case 'V':
        settings.answer = 'ps from procps-ng 4.0.2\n';
        return false;
      case 'L':
        settings.answer = Object.entries(COLUMNS)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { title }]) => `${name.padEnd(12)} ${title.padEnd(8)}\n`)
          .join('');
        return false;
      case 'p':
      case 'q':
        this.choose('pid', this.next(rest, `list of process IDs must follow ${letter}`));
        return true;
      case 'U':
        this.byUser(this.next(rest, 'list of users must follow U'), 'effective');
        return true;
      case 't':
        if (rest === '') this.by((row) => ttyOf(row) === ttyOf({ process: this.p }));
        else this.byTerminal(rest);
        return true;
      case 'o':
        this.formatBy(this.next(rest, 'format specification must follow o'));
        return true;
      case 'O':
        this.settings.format = [COLUMNS['pid']!, ...columnsOf(this.next(rest, 'format or sort specification must follow O')), ...TAIL];
        return true;
      case 'k':
        this.sortBy(this.next(rest, 'long sort specification must follow k'));
        return true;
      case 's':
      case 'v':
      case 'X':
        throw new PsError(`not modelled: ps ${letter}`);
      default:
        throw new PsError('unsupported option (BSD syntax)');
    }
  }
  private long(word: Bytes): void {
    const [name = '', given] = word.split(/=(.*)/s);
    const { settings } = this;
    const value = (what: string): Bytes => given ?? this.next('', what);
    switch (name) {
      case 'pid':
      case 'quick-pid':
        return this.choose('pid', value(`list of process IDs must follow --${name}`));
      case 'ppid':
        return this.choose('ppid', value('list of process IDs must follow --ppid'));
      case 'sid':
        return this.choose('sid', value('some sid thing(s) must follow --sid'));
      case 'group':
      case 'Group':
        return this.choose('group', value(`list of ${name === 'Group' ? 'real' : 'effective'} groups must follow --${name}`));
      case 'user':
      case 'User':
        return this.byUser(value(`list of ${name === 'User' ? 'real' : 'effective'} users must follow --${name}`), name === 'User' ? 'real' : 'effective');
      case 'tty':
        return this.byTerminal(value('list of ttys must follow --tty'));
      case 'format':
        return this.formatBy(value('format specification must follow --format'));
      case 'sort':
        return this.sortBy(value('long sort specification must follow --sort'));
      case 'forest':
        settings.flags.add('forest');
        return;
      case 'deselect':
        settings.flags.add('negate');
        return;
      case 'no-headers':
      case 'no-heading':
      case 'noheaders':
      case 'noheading':
      case 'no-header':
        settings.flags.add('no-headers');
        return;
      case 'context':
        settings.flags.add('Z');
        return;
      case 'headers':
      case 'cumulative':
        return;
      case 'cols':
      case 'columns':
      case 'width':
      case 'rows':
      case 'lines': {
        const count = value(`number of columns must follow --cols, --width, or --columns`);
        if (!/^\d+$/.test(count)) throw new PsError('number of columns must follow --cols, --width, or --columns');
        if (name !== 'rows' && name !== 'lines') settings.columns = Number(count);
        return;
      }
      case 'version':
        settings.answer = 'ps from procps-ng 4.0.2\n';
        return;
      case 'help':
        settings.answer = helpOf(given ?? this.argv[this.at + 1] ?? '');
        return;
      default:
        throw new PsError('unknown gnu long option');
    }
  }
}

const TAIL: readonly Column[] = [COLUMNS['state']!, { ...COLUMNS['tty']!, title: 'TTY' }, COLUMNS['time']!, COLUMNS['command']!];

/** `pid,comm:20,args=COMMAND LINE`: what follows `=` is the title, to the end. */
function columnsOf(text: Bytes): readonly Column[] {
  const columns: Column[] = [];
  for (let rest = text; rest !== '';) {
    const [, word = '', equals, after = ''] = /^[\s,]*([^\s,=]+)(=)?(.*)$/s.exec(rest) ?? [];
    if (word === '') throw new PsError('improper format list');
    const title = equals === undefined ? undefined : /^(.*?)(?:,(?=[%a-z_]+(?:=|,|$|:))(.*))?$/s.exec(after);
    rest = equals === undefined ? after : (title?.[2] ?? '');
    const [, code] = /^%([A-Za-z])$/.exec(word) ?? [];
    const [name = '', width] = code === undefined ? word.split(':') : [CODES[code] ?? word];
    const found = COLUMNS[name];
    if (!found) throw new PsError(`unknown user-defined format specifier "${name}"`);
    const own = title?.[1];
    columns.push({
      ...found,
      ...(width !== undefined && { width: Number(width) || found.width }),
      ...(own !== undefined && { title: own, width: Math.max(own.length, Number(width) || found.width) }),
    });
  }
  return columns;
}
