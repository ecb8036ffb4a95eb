/** sed scripts: from text to commands (POSIX sed, GNU sed 4.9's extensions and error texts). Running them is in sed.ts. */
import { compilePosixRegex, err, ok, type Bytes, type Result } from '../../base/index.ts';

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'regex'; readonly regex: RegExp | undefined } // undefined: the last one used
  | { readonly kind: 'plus'; readonly count: number } // second address only
  | { readonly kind: 'multiple'; readonly of: number };

export interface Substitution {
  readonly regex: RegExp | undefined;
  readonly replacement: readonly Piece[];
  readonly isGlobal: boolean;
  readonly number: number;
  readonly prints: number;
  readonly file: Bytes | undefined;
  readonly evaluates: boolean;
}
/** Of a replacement: text, a group (0 is `&`), or a change of case. */
export type Piece =
  | { readonly kind: 'text'; readonly text: Bytes }
  | { readonly kind: 'group'; readonly group: number }
  | { readonly kind: 'case'; readonly mode: 'U' | 'L' | 'u' | 'l' | 'E' };

export interface Command {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly isNegated: boolean;
  readonly name: string;
  readonly text: Bytes;
  readonly substitution: Substitution | undefined;
  /** Where `{` ends, or a branch goes; commands.length for the end of the script. */
  target: number;
  /** Whether the range of two addresses is being in: kept while running. */
  active: boolean;
  untilLine: number;
}

const NAMES = '={}:abcdDeFgGhHilnNpPqQrRsStTvwWxyz#';

class Parser {
  private at = 0;
  readonly commands: Command[] = [];
  private readonly blocks: number[] = [];
  private readonly labels = new Map<Bytes, number>();

  constructor(
    private readonly script: Bytes,
    private readonly isExtended: boolean,
  ) {}

  run(): Result<Command[], string> {
    while ((this.skip(/[\s;]*/y), this.at < this.script.length)) {
      const error = this.command();
      if (error !== undefined) return err(`-e expression #1, char ${this.errorAt ?? this.at}: ${error}`);
    }
    if (this.blocks.length > 0) return err(`-e expression #1, char 0: unmatched \`{'`);
    for (const command of this.commands) {
      if (!'btT'.includes(command.name)) continue;
      const target = command.text === '' ? this.commands.length : this.labels.get(command.text);
      if (target === undefined) return err(`can't find label for jump to \`${command.text}'`);
      command.target = target;
    }
    return ok(this.commands);
  }
  private errorAt: number | undefined;

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.script)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private command(): string | undefined {
    const from = this.address();
    if (typeof from === 'string') return from;
    let to: Address | undefined;
    if (from) {
      this.skip(/[ \t]*/y);
      if (this.script[this.at] === ',') {
        this.at++;
        this.skip(/[ \t]*/y);
        const second = this.address();
        if (typeof second === 'string') return second;
        if (!second) return "unexpected `,'";
        to = second;
      }
    }
    this.skip(/[ \t]*/y);
    let isNegated = false;
    while (this.script[this.at] === '!') {
      isNegated = true;
      this.at++;
      this.skip(/[ \t]*/y);
    }
    const name = this.script[this.at++];
    if (name === undefined) return 'missing command';
    if (!NAMES.includes(name)) return `unknown command: \`${name}'`;
    return this.body(name, from, to, isNegated);
  }

  private address(): Address | undefined | string {
    const number = this.skip(/\d+/y);
    if (number !== '') {
      if (this.skip(/~/y) === '') return { kind: 'line', line: Number(number) };
      return { kind: 'step', first: Number(number), step: Number(this.skip(/\d*/y) || 0) };
    }
    const char = this.script[this.at];
    if (char === '$') {
      this.at++;
      return { kind: 'last' };
    }
    if (char === '+' || char === '~') {
      this.at++;
      const count = Number(this.skip(/\d*/y) || 0);
      return char === '+' ? { kind: 'plus', count } : { kind: 'multiple', of: count };
    }
    if (char !== '/' && char !== '\\') return undefined;
    if (char === '\\') this.at++;
    const delimiter = this.script[this.at++] ?? '/';
    const pattern = this.delimited(delimiter, true);
    if (pattern === undefined) return 'unterminated address regex';
    const flags = this.skip(/[IM]*/y);
    return this.regex(pattern, flags.includes('I'), flags.includes('M'), (regex) => ({ kind: 'regex', regex }));
  }
  private regex<T>(pattern: Bytes, ignoreCase: boolean, multiline: boolean, make: (regex: RegExp | undefined) => T): T | string {
    if (pattern === '') return make(undefined);
    const regex = compilePosixRegex(pattern, { syntax: this.isExtended ? 'extended' : 'basic', ignoreCase, flags: multiline ? 'gm' : 'g' });
    return regex.ok ? make(new RegExp(regex.value.source.replaceAll('[^\\n]', '[^]'), regex.value.flags)) : regex.error;
  }
  /** Up to an unescaped delimiter; an escaped one loses its backslash, other escapes stay. */
  private delimited(delimiter: string, isRegex: boolean): Bytes | undefined {
    let out = '';
    let inBrackets = false;
    while (this.at < this.script.length) {
      const char = this.script[this.at++] ?? '';
      if (char === '\\') {
        const next = this.script[this.at++] ?? '';
        if (next === delimiter && !(isRegex && /[.*+?(){}|[\]^$]/.test(delimiter))) out += next;
        else if (next === '\n' && isRegex) out += '\n';
        else out += `\\${next}`;
        continue;
      }
      if (isRegex && char === '[' && !inBrackets) {
        inBrackets = true;
        out += char + this.skip(/\^?\]?/y);
        continue;
      }
      if (isRegex && inBrackets && char === '[' && /[:.=]/.test(this.script[this.at] ?? '')) {
        const mark = this.script[this.at] ?? ':';
        const end = this.script.indexOf(`${mark}]`, this.at + 1);
        if (end > 0) {
          out += this.script.slice(this.at - 1, end + 2);
          this.at = end + 2;
          continue;
        }
      }
      if (isRegex && inBrackets && char === ']') inBrackets = false;
      if (char === delimiter && !inBrackets) return out;
      if (char === '\n' && isRegex && !inBrackets) return undefined;
      out += char;
    }
    return undefined;
  }

  private push(name: string, from: Address | undefined, to: Address | undefined, isNegated: boolean, text: Bytes, substitution?: Substitution): void {
    this.commands.push({ name, from, to, isNegated, text, substitution, target: -1, active: false, untilLine: 0 });
  }

  private body(name: string, from: Address | undefined, to: Address | undefined, isNegated: boolean): string | undefined {
    const add = (text: Bytes, substitution?: Substitution): undefined => this.push(name, from, to, isNegated, text, substitution) as undefined;
    switch (name) {
      case '#':
        if (from) return "comments don't accept any addresses";
        this.skip(/[^\n]*/y);
        return undefined;
      case '{':
        this.blocks.push(this.commands.length);
        return add('');
      case '}': {
        const start = this.blocks.pop();
        if (start === undefined) return "unexpected `}'";
        if (from) return "} doesn't want any addresses";
        const block = this.commands[start];
        if (block) block.target = this.commands.length;
        return this.end();
      }
      case ':': {
        if (from) return ": doesn't want any addresses";
        const label = this.skip(/[ \t]*[^\s;]*/y).trim();
        if (label === '') return '":" lacks a label';
        this.labels.set(label, this.commands.length);
        return undefined;
      }
      case 'a':
      case 'i':
      case 'c':
        return this.text(add);
      case 'b':
      case 't':
      case 'T':
        this.skip(/[ \t]*/y);
        add(this.skip(/[^\s;}]*/y));
        return this.end();
      case 'r':
      case 'R':
      case 'w':
      case 'W':
        this.skip(/[ \t]*/y);
        add(this.skip(/[^\n]*/y));
        return this.commands.at(-1)?.text === '' ? 'missing filename in r/R/w/W commands' : undefined;
      case 's':
        return this.substitute(add);
      case 'y':
        return this.transliterate(add);
      case 'q':
      case 'Q':
      case 'l':
        this.skip(/[ \t]*/y);
        add(this.skip(/\d*/y));
        return this.end();
      default:
        add('');
        return this.end();
    }
  }
  private end(): string | undefined {
    this.skip(/[ \t]*/y);
    const char = this.script[this.at];
    if (char === undefined || char === '\n' || char === ';' || char === '}' || char === '#') return undefined;
    this.at++;
    return 'extra characters after command';
  }
  /** `a text`, `a\` and lines that a backslash continues. */
  private text(add: (text: Bytes) => undefined): string | undefined {
    this.skip(/[ \t]*/y);
    const isClassic = this.skip(/\\[ \t]*\n?/y).includes('\\');
    if (!isClassic && this.at >= this.script.length) return "expected \\ after `a', `c' or `i'";
    if (isClassic) this.skip(/[ \t]*(?=\S)/y);
    let out = '';
    while (this.at < this.script.length) {
      const char = this.script[this.at++] ?? '';
      if (char === '\n') break;
      if (char === '\\') {
        const next = this.script[this.at++] ?? '';
        out += next === 't' ? '\t' : next;
      } else out += char;
    }
    return add(`${out}\n`);
  }
  private substitute(add: (text: Bytes, substitution: Substitution) => undefined): string | undefined {
    const delimiter = this.script[this.at++];
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') return "unterminated `s' command";
    const pattern = this.delimited(delimiter, true);
    const replacement = pattern === undefined ? undefined : this.delimited(delimiter, false);
    if (pattern === undefined || replacement === undefined) return "unterminated `s' command";
    const flags = this.skip(/[gpiIme0-9]*/y);
    let file: Bytes | undefined;
    if (this.script[this.at] === 'w') {
      this.at++;
      file = this.skip(/[^\n]*/y).trim();
    }
    const next = this.script[this.at];
    if (next !== undefined && /[A-Za-z]/.test(next)) {
      this.errorAt = this.at + 1;
      return "unknown option to `s'";
    }
    const number = Number(/\d+/.exec(flags)?.[0] ?? 1);
    if (number === 0) return "number option to `s' command may not be zero";
    const made = this.regex(pattern, /[iI]/.test(flags), flags.includes('m'), (regex) => regex ?? null);
    if (typeof made === 'string') return made;
    const pieces = replacementOf(replacement);
    const groups = made ? (new RegExp(`${made.source}|`).exec('')?.length ?? 1) - 1 : 9;
    const most = Math.max(0, ...pieces.map((piece) => (piece.kind === 'group' ? piece.group : 0)));
    if (most > groups) return `invalid reference \\${most} on \`s' command's RHS`;
    add('', {
      regex: made ?? undefined,
      replacement: pieces,
      isGlobal: flags.includes('g'),
      number,
      prints: flags.split('p').length - 1,
      file,
      evaluates: flags.includes('e'),
    });
    return this.end();
  }
  private transliterate(add: (text: Bytes) => undefined): string | undefined {
    const delimiter = this.script[this.at++] ?? '/';
    const from = this.delimited(delimiter, false);
    const to = from === undefined ? undefined : this.delimited(delimiter, false);
    if (from === undefined || to === undefined) return "unterminated `y' command";
    const plain = (text: Bytes): Bytes => text.replace(/\\(.)/gs, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char);
    if (plain(from).length !== plain(to).length) return "strings for `y' command are different lengths";
    add(`${plain(from)}\0${plain(to)}`);
    return this.end();
  }
}

function replacementOf(text: Bytes): Piece[] {
  const pieces: Piece[] = [];
  const add = (char: Bytes): void => {
    const last = pieces.at(-1);
    if (last?.kind === 'text') pieces[pieces.length - 1] = { kind: 'text', text: last.text + char };
    else pieces.push({ kind: 'text', text: char });
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '&') pieces.push({ kind: 'group', group: 0 });
    else if (char !== '\\') add(char);
    else {
      const next = text[++i] ?? '';
      if (/\d/.test(next)) pieces.push({ kind: 'group', group: Number(next) });
      else if (/[ULulE]/.test(next)) pieces.push({ kind: 'case', mode: next as 'U' });
      else if (/^(?:x[\da-fA-F]{1,2}|o[0-7]{1,3}|d\d{1,3})/.test(text.slice(i))) {
        const [whole = '', base = '', digits = ''] = /^([xod])([\da-fA-F]{1,3})/.exec(text.slice(i, i + (next === 'x' ? 3 : 4))) ?? [];
        add(String.fromCharCode(Number.parseInt(digits, base === 'x' ? 16 : base === 'o' ? 8 : 10) & 255));
        i += whole.length - 1;
      } else add({ n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }[next] ?? next);
    }
  }
  return pieces;
}

/** The commands of a script, or GNU sed's message without the program's name. */
export const parseSed = (script: Bytes, isExtended: boolean): Result<Command[], string> => new Parser(script, isExtended).run();
