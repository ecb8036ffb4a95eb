/**
 * stty (GNU coreutils 9.1): the settings of a terminal, shown and changed.
 * Deviation: serial lines have no place here: parity, delays and the like are shown as a pseudo-terminal has them and cannot be changed.
 */
import { strerror, utf8Encode, type Bytes } from '../../base/index.ts';
import { rawTermios, saneTermios, type OpenFile, type Process, type Sys, type Termios, type WindowSize } from '../../shell/index.ts';
import type { Declaration } from '../declaration.ts';
import type { OptionSpec } from '../options.ts';
import { declared, declaredOptions } from '../declaration.ts';

type Flag = { [Key in keyof Termios]: Termios[Key] extends boolean ? Key : never }[keyof Termios];
type Character = keyof Termios['cc'];
interface Mode {
  readonly name: string;
  readonly flag?: Flag;
  /** As a pseudo-terminal has it, where nothing here depends on it. */
  readonly fixed?: boolean;
  /** What `sane` makes of it; undefined leaves it. */
  readonly sane?: boolean;
}
const own = (name: Flag, sane?: boolean): Mode => ({ name, flag: name, ...(sane !== undefined && { sane }) });
const fixed = (name: string, value: boolean, sane?: boolean): Mode => ({ name, fixed: value, ...(sane !== undefined && { sane }) });
const unset = (names: string): readonly Mode[] => names.split(' ').map((name) => fixed(name, false, false));
const always = (names: string): readonly Mode[] => names.split(' ').map((name) => fixed(name, true, true));
/** Control, input, output and local modes, a line or two each. */
const MODES: readonly (readonly Mode[])[] = [
  [
    ...['parenb', 'parodd', 'cmspar'].map((name) => fixed(name, false)),
    ...always('cs8'),
    fixed('hupcl', false),
    fixed('cstopb', false),
    ...always('cread'),
    fixed('clocal', false),
    fixed('crtscts', false),
  ],
  [
    ...[...unset('ignbrk'), fixed('brkint', false, true), fixed('ignpar', false), fixed('parmrk', false), fixed('inpck', false), fixed('istrip', false)],
    ...[
      own('inlcr', false),
      own('igncr', false),
      own('icrnl', true),
      own('ixon'),
      ...unset('ixoff iuclc ixany'),
      fixed('imaxbel', false, true),
      own('iutf8', false),
    ],
  ],
  [own('opost', true), ...unset('olcuc ocrnl'), own('onlcr', true), ...unset('onocr onlret ofill ofdel'), ...always('nl0 cr0 tab0 bs0 vt0 ff0')],
  [
    ...[
      own('isig', true),
      own('icanon', true),
      own('iexten', true),
      own('echo', true),
      own('echoe', true),
      own('echok', true),
      own('echonl', false),
      own('noflsh', false),
    ],
    ...[...unset('xcase'), own('tostop', false), ...unset('echoprt'), own('echoctl', true), ...always('echoke'), ...unset('flusho extproc')],
  ],
];
const ALIASES: Readonly<Record<string, Flag>> = { crterase: 'echoe', ctlecho: 'echoctl' };
const isOn = (mode: Mode, termios: Termios): boolean => (mode.flag === undefined ? mode.fixed === true : termios[mode.flag]);

/** In the order in which they are shown; those without a value are disabled, or what nobody changes. */
const CHARACTERS: readonly (readonly [name: string, held: Character | undefined, text?: string])[] = [
  ...([['intr', 'intr'], ['quit', 'quit'], ['erase', 'erase'], ['kill', 'kill'], ['eof', 'eof'], ['eol', undefined], ['eol2', undefined], ['swtch', undefined]] as const),
  ...([['start', 'start'], ['stop', 'stop'], ['susp', 'susp'], ['rprnt', 'rprnt'], ['werase', 'werase'], ['lnext', 'lnext'], ['discard', undefined, '^O']] as const),
]; // prettier-ignore
function shown(char: string): string {
  if (char === '') return '<undef>';
  const code = char.charCodeAt(0);
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : code === 127 ? '^?' : char;
}
function parseCharacter(text: Bytes): string {
  if (text === '^-' || text === 'undef') return '';
  if (text.length === 1) return text;
  if (text === '^?') return '\x7f';
  if (text.startsWith('^') && text.length === 2) return String.fromCharCode(text.toUpperCase().charCodeAt(1) & 31);
  return String.fromCharCode(Number(text) & 255);
}

/** Words with blanks between, no line wider than the screen. */
class Lines {
  text = '';
  private column = 0;
  constructor(private readonly width: number) {}
  word(word: string): void {
    if (this.column > 0 && this.width - this.column - 1 <= word.length) this.end();
    if (this.column > 0) this.text += ' ';
    this.text += word;
    this.column += word.length + (this.column > 0 ? 1 : 0);
  }
  end(): void {
    if (this.column > 0) this.text += '\n';
    this.column = 0;
  }
}
const DEFAULT_WIDTH = 80;
function describe(termios: Termios, size: WindowSize, extent: 'all' | 'changed'): Bytes {
  const lines = new Lines(size.columns > 0 ? size.columns : DEFAULT_WIDTH);
  const sane = saneTermios();
  lines.word('speed 38400 baud;');
  if (extent === 'all') lines.word(`rows ${size.rows}; columns ${size.columns};`);
  lines.word('line = 0;');
  lines.end();
  for (const [name, held, text] of CHARACTERS) {
    if (extent === 'changed' && (held === undefined || termios.cc[held] === sane.cc[held])) continue;
    lines.word(`${name} = ${held === undefined ? (text ?? '<undef>') : shown(termios.cc[held])};`);
  }
  if (extent === 'all' || !termios.icanon) lines.word(`min = ${termios.min}; time = 0;`);
  lines.end();
  for (const modes of MODES) {
    for (const mode of modes) {
      const on = isOn(mode, termios);
      if (extent === 'all' || (mode.sane !== undefined && mode.sane !== on)) lines.word(on ? mode.name : `-${mode.name}`);
    }
    lines.end();
  }
  return lines.text;
}

/** Names for several settings at once. */
const COMBINATIONS: Readonly<Record<string, (termios: Termios) => Termios>> = {
  sane: (termios) => ({ ...saneTermios(), iutf8: termios.iutf8 }),
  raw: (termios) => ({ ...rawTermios(termios), echo: termios.echo, iexten: termios.iexten }),
  cooked: (termios) => ({ ...termios, icrnl: true, ixon: true, opost: true, isig: true, icanon: true }),
  cbreak: (termios) => ({ ...termios, icanon: false }),
  '-cbreak': (termios) => ({ ...termios, icanon: true }),
  nl: (termios) => ({ ...termios, icrnl: false, onlcr: false }),
  '-nl': (termios) => ({ ...termios, icrnl: true, inlcr: false, igncr: false, onlcr: true }),
  ek: (termios) => ({ ...termios, cc: { ...termios.cc, erase: '\x7f', kill: '\x15' } }),
  crt: (termios) => ({ ...termios, echoe: true, echoctl: true }),
  dec: (termios) => ({ ...termios, echoe: true, echoctl: true, cc: { ...termios.cc, erase: '\x7f', kill: '\x15', intr: '\x03' } }),
};
const OPPOSITES: Readonly<Record<string, string>> = { '-raw': 'cooked', '-cooked': 'raw' };

interface Terminal {
  termios: Termios;
  size: WindowSize;
}
const curly = (text: Bytes): Bytes => `${utf8Encode('\u2018')}${text}${utf8Encode('\u2019')}`;
const HINT = "Try 'stty --help' for more information.\n";

/** Does what one word asks, with the word behind it where it takes one; a text says what is wrong. */
function change(word: Bytes, next: () => Bytes | undefined, terminal: Terminal): Bytes | undefined {
  const { termios } = terminal;
  const combination = COMBINATIONS[OPPOSITES[word] ?? word];
  if (combination) {
    terminal.termios = combination(termios);
    return undefined;
  }
  const isOff = word.startsWith('-');
  const name = isOff ? word.slice(1) : word;
  const mode = MODES.flat().find((each) => each.name === (ALIASES[name] ?? name));
  if (mode?.flag) {
    terminal.termios = { ...termios, [mode.flag]: !isOff };
    return undefined;
  }
  if (mode) return isOn(mode, termios) === !isOff ? undefined : `stty: not modelled: ${word}\n`;
  if (isOff) return `stty: invalid argument ${curly(word)}\n${HINT}`;
  const character = CHARACTERS.find(([each]) => each === word);
  if (!character && !['min', 'time', 'rows', 'columns', 'cols', 'line', 'ispeed', 'ospeed'].includes(word))
    return /^\d+$/.test(word) ? undefined : `stty: invalid argument ${curly(word)}\n${HINT}`;
  const value = next();
  if (value === undefined) return `stty: missing argument to ${curly(word)}\n${HINT}`;
  if (character) {
    const [, held] = character;
    if (held) terminal.termios = { ...termios, cc: { ...termios.cc, [held]: parseCharacter(value) } };
    return undefined;
  }
  if (!/^\d+$/.test(value)) return `stty: invalid integer argument: ${curly(value)}\n`;
  if (word === 'min') terminal.termios = { ...termios, min: Number(value) };
  if (word === 'rows') terminal.size = { ...terminal.size, rows: Number(value) };
  if (word === 'columns' || word === 'cols') terminal.size = { ...terminal.size, columns: Number(value) };
  return undefined;
}

const OPTIONS: readonly OptionSpec<'all' | 'saved' | 'file' | 'version'>[] = [
  { id: 'all', short: 'a', long: 'all', argument: 'none', help: 'print all current settings in human-readable form' },
  { id: 'saved', short: 'g', long: 'save', argument: 'none', help: 'print all current settings in a stty-readable form' },
  { id: 'file', short: 'F', long: 'file', argument: 'required', value: 'DEVICE', help: 'open and use the specified DEVICE instead of stdin' },
  { id: 'version', short: '', long: 'version', argument: 'none', help: 'output version information and exit' },
];
const DECLARATION: Declaration = {
  synopsis: '[-F DEVICE | --file=DEVICE] [SETTING]...',
  summary: 'Print or change terminal characteristics.',
  options: declaredOptions(OPTIONS),
};
export const stty = declared(DECLARATION, function* (p) {
  let extent: 'all' | 'changed' | 'saved' = 'changed';
  let name = 'standard input';
  let fd = 0;
  const words: Bytes[] = [];
  const rest = p.argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const option = OPTIONS.find(({ short, long }) => word === `--${long}` || (short !== '' && word === `-${short}`))?.id;
    if (option === 'version') return (yield* p.print('stty (GNU coreutils) 9.1\n'), 0);
    if (option === 'all' || option === 'saved') {
      if (extent !== 'changed' && extent !== option)
        return (yield* p.error('stty: the options for verbose and stty-readable output styles are\nmutually exclusive\n'), 1);
      extent = option;
    } else if (option === 'file') {
      name = rest.shift() ?? '';
      const opened = yield* p.open(name, { read: true, nonblock: true });
      if (!opened.ok) return yield* p.failErrno(name, opened.error);
      fd = opened.value;
    } else words.push(word);
  }
  const file = p.fds.get(fd);
  const attributes = file?.control({ kind: 'tty.get-attributes' }, p);
  if (!file || attributes?.ok !== true) return yield* p.fail(`'${name}': ${strerror(file ? 'ENOTTY' : 'EBADF')}`);
  const terminal: Terminal = { termios: attributes.value as Termios, size: sizeOf(file, p) };
  if (words.length === 0) {
    yield* p.print(extent === 'saved' ? saved(terminal.termios) : describe(terminal.termios, terminal.size, extent));
    return 0;
  }
  return yield* apply(p, file, terminal, words);
});
function* apply(p: Process, file: OpenFile, terminal: Terminal, words: Bytes[]): Sys<number> {
  const { size } = terminal;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'size') yield* p.print(`${terminal.size.rows} ${terminal.size.columns}\n`);
    else if (word === 'speed') yield* p.print('38400\n');
    else {
      const wrong = change(word, () => words.shift(), terminal);
      if (wrong !== undefined) return (yield* p.error(wrong), 1);
    }
  }
  const { termios } = terminal;
  file.control({ kind: 'tty.set-attributes', termios } as { kind: string }, p);
  if (terminal.size !== size) file.control({ kind: 'tty.set-size', size: terminal.size } as { kind: string }, p);
  return 0;
}
function sizeOf(file: OpenFile, p: Process): WindowSize {
  const size = file.control({ kind: 'tty.get-size' }, p);
  return size.ok ? (size.value as WindowSize) : { rows: 0, columns: 0 };
}

/** `stty -g`: the four words of flags, then the control characters, in hexadecimal (termbits.h). */
function saved(termios: Termios): Bytes {
  const bits = (table: readonly (readonly [Flag, number])[], rest: number): number =>
    table.reduce((sum, [flag, bit]) => (termios[flag] ? sum | bit : sum), rest);
  const input = bits([['inlcr', 0o100], ['igncr', 0o200], ['icrnl', 0o400], ['ixon', 0o2000], ['iutf8', 0o40000]], 0); // prettier-ignore
  const output = bits([['opost', 1], ['onlcr', 4]], 0); // prettier-ignore
  const local = bits([['isig', 1], ['icanon', 2], ['echo', 0o10], ['echoe', 0o20], ['echok', 0o40], ['echonl', 0o100], ['noflsh', 0o200], ['tostop', 0o400], ['echoctl', 0o1000], ['iexten', 0o100000]], 0o4000); // prettier-ignore
  const { cc } = termios;
  const codes = [
    cc.intr,
    cc.quit,
    cc.erase,
    cc.kill,
    cc.eof,
    '',
    String.fromCharCode(termios.min),
    '',
    cc.start,
    cc.stop,
    cc.susp,
    '',
    cc.rprnt,
    '\x0f',
    cc.werase,
    cc.lnext,
    '',
  ];
  const characters = [...codes, ...Array.from({ length: 15 }, () => '')].map((char) => (char === '' ? '0' : char.charCodeAt(0).toString(16)));
  return `${[input, output, 0xbf, local].map((word) => word.toString(16)).join(':')}:${characters.join(':')}\n`;
}
