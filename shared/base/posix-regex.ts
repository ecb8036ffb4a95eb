/**
 * POSIX regular expressions, basic and extended, with GNU's extensions (regex(7)), over byte strings, translated to JavaScript's.
 * Error texts are glibc's (regerror(3)).
 * Deviation: alternatives are tried from left to right, not for the longest match: `echo abcd | grep -o 'ab|abcd'` finds less.
 */
import { err, ok, type Result } from './result.ts';

export interface RegexOptions {
  readonly syntax: 'basic' | 'extended';
  readonly ignoreCase?: boolean;
  /** JavaScript flags besides `i`: `g`, `y`, `m`. */
  readonly flags?: string;
  /**
   * `awk`: backslash escapes such as \t and \/ also count, `{` is literal where it cannot be an interval. `regcomp`: as regcomp(3) itself, over whole
   * texts: a dot matches a newline, and what cannot be an interval or repeats nothing is refused.
   */
  readonly dialect?: 'gnu' | 'awk' | 'regcomp';
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\v\\f\\r',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9a-fA-F',
};

class Translation {
  private at = 0;
  private out = '';
  private groups = 0;
  private readonly open: number[] = [];
  /** Whether what was written last can be repeated. */
  private canRepeat = false;
  private readonly isExtended: boolean;

  constructor(
    private readonly pattern: string,
    private readonly options: RegexOptions,
  ) {
    this.isExtended = options.syntax === 'extended';
  }

  run(): Result<string, string> {
    while (this.at < this.pattern.length) {
      const error = this.one();
      if (error !== undefined) return err(error);
    }
    return this.open.length > 0 ? err('Unmatched ( or \\(') : ok(this.out);
  }

  private one(): string | undefined {
    const char = this.pattern[this.at++] ?? '';
    if (char === '\\') return this.escaped();
    if (char === '[') return this.bracket();
    if (char === '.') return this.atom(this.options.dialect === 'awk' || this.options.dialect === 'regcomp' ? '[^]' : '[^\\n]');
    if (char === '*')
      return this.canRepeat
        ? this.repeat('*')
        : this.isExtended && (!this.isStart() || this.options.dialect === 'regcomp')
          ? this.repeatOrLiteral('*')
          : this.atom('\\*');
    if (char === '^') return this.caret();
    if (char === '$') return this.dollar();
    if (this.isExtended) {
      if (char === '(') return this.group();
      if (char === ')') return this.open.length > 0 ? this.endGroup() : 'Unmatched ) or \\)';
      if (char === '|') return this.alternative();
      if (char === '+' || char === '?') return this.repeatOrLiteral(char);
      if (char === '{') return this.interval('}');
    }
    return this.atom(literal(char));
  }
  private escaped(): string | undefined {
    const char = this.pattern[this.at++];
    if (char === undefined) return 'Trailing backslash';
    if (!this.isExtended) {
      if (char === '(') return this.group();
      if (char === ')') return this.open.length > 0 ? this.endGroup() : 'Unmatched ) or \\)';
      if (char === '{') return this.interval('\\}');
      if (char === '|') return this.alternative();
      if (char === '+' || char === '?') return this.canRepeat ? this.repeat(char) : this.atom(literal(char));
    }
    if (/[1-9]/.test(char) && this.options.dialect !== 'awk')
      return Number(char) > this.groups || this.open.includes(Number(char)) ? 'Invalid back reference' : this.atom(`\\${char}`);
    switch (char) {
      case 'w':
        return this.atom('[A-Za-z0-9_]');
      case 'W':
        return this.atom('[^A-Za-z0-9_]');
      case 's':
        return this.atom('[ \\t\\n\\v\\f\\r]');
      case 'S':
        return this.atom('[^ \\t\\n\\v\\f\\r]');
      case 'b':
      case 'B':
        return this.assertion(`\\${char}`);
      case '<':
        return this.assertion('\\b(?=[A-Za-z0-9_])');
      case '>':
        return this.assertion('\\b(?<=[A-Za-z0-9_])');
      case '`':
        return this.assertion('(?<![^])');
      case "'":
        return this.assertion('(?![^])');
      case 'n':
        return this.atom('\\n');
      case 't':
        return this.atom('\\t');
      default:
        break;
    }
    const control = { a: '\\x07', f: '\\f', r: '\\r', v: '\\v' }[char];
    return this.atom(control !== undefined && this.options.dialect === 'awk' ? control : literal(char));
  }

  private isStart(): boolean {
    return this.out === '' || this.out.endsWith('(') || this.out.endsWith('|') || this.out.endsWith('^');
  }
  private atom(text: string): undefined {
    this.out += text;
    this.canRepeat = true;
    return undefined;
  }
  private assertion(text: string): undefined {
    this.out += text;
    this.canRepeat = false;
    return undefined;
  }
  /** Where each atom begins matters to JavaScript only for `a**`, which it refuses: a repeated repetition is dropped. */
  private repeat(operator: string): undefined {
    const doubled = this.wasRepeated ? /(?:[*+?]|\{\d+(?:,\d*)?\})$/.exec(this.out) : null;
    if (doubled !== null && operator.length === 1) {
      if (operator === '*' || (operator === '?' && doubled[0] === '+') || (operator === '+' && doubled[0] === '?'))
        this.out = `${this.out.slice(0, doubled.index)}*`;
      return undefined;
    }
    this.out += operator;
    this.repeatedAt = this.out.length;
    return undefined;
  }
  private repeatedAt = -1;
  private get wasRepeated(): boolean {
    return this.repeatedAt === this.out.length;
  }
  private repeatOrLiteral(operator: string): string | undefined {
    if (this.canRepeat) return this.repeat(operator);
    if (this.options.dialect === 'regcomp') return 'Invalid preceding regular expression';
    return this.options.dialect === 'awk' || operator === '*'
      ? this.atom(literal(operator))
      : this.isStart()
        ? this.atom(literal(operator))
        : 'Invalid preceding regular expression';
  }
  private caret(): undefined {
    if (this.isExtended || this.out === '' || this.out.endsWith('(') || this.out.endsWith('|')) return this.assertion('^');
    return this.atom('\\^');
  }
  private dollar(): undefined {
    const rest = this.pattern.slice(this.at);
    if (this.isExtended || rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|')) return this.assertion('$');
    return this.atom('\\$');
  }
  private group(): undefined {
    this.groups++;
    this.open.push(this.groups);
    return this.assertion('(');
  }
  private endGroup(): undefined {
    this.open.pop();
    return this.atom(')');
  }
  private alternative(): undefined {
    return this.assertion('|');
  }
  private interval(close: string): string | undefined {
    const end = this.pattern.indexOf(close, this.at);
    const body = end < 0 ? undefined : this.pattern.slice(this.at, end);
    const match = body === undefined ? null : /^(\d*)(,?)(\d*)$/.exec(body);
    if (!match || (match[1] === '' && match[2] === '')) {
      if (this.isExtended && this.options.dialect !== 'regcomp') return this.atom('\\{');
      return end < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}';
    }
    const [, low = '', comma = '', high = ''] = match;
    if (high !== '' && Number(high) < Number(low || '0')) return 'Invalid content of \\{\\}';
    if (Number(low) > 32767 || Number(high) > 32767) return 'Regular expression too big';
    if (!this.canRepeat) return 'Invalid preceding regular expression';
    this.at = end + close.length;
    if (this.wasRepeated) this.out = `${this.out.slice(0, this.lastAtom())}(?:${this.out.slice(this.lastAtom())})`;
    return this.repeat(`{${low || '0'}${comma}${high}}`);
  }
  /** Start of the last atom with its repetition; only needed where one repetition follows another. */
  private lastAtom(): number {
    const match = /(?:\\.|\[(?:\\.|[^\]])*\]|\((?:[^()]|\([^()]*\))*\)|[^])(?:[*+?]|\{[^}]*\})$/.exec(this.out);
    return match?.index ?? 0;
  }
  private bracket(): string | undefined {
    let set = '';
    const isNegated = this.pattern[this.at] === '^';
    if (isNegated) this.at++;
    for (let isFirst = true; ; isFirst = false) {
      const char = this.pattern[this.at];
      if (char === undefined) return 'Unmatched [, [^, [:, [., or [=';
      this.at++;
      if (char === ']' && !isFirst) break;
      if (char === '[' && /[:.=]/.test(this.pattern[this.at] ?? '')) {
        const mark = this.pattern[this.at] ?? '';
        const end = this.pattern.indexOf(`${mark}]`, this.at + 1);
        if (end < 0) return 'Unmatched [, [^, [:, [., or [=';
        const name = this.pattern.slice(this.at + 1, end);
        this.at = end + 2;
        if (mark !== ':') {
          set += literal(name);
          continue;
        }
        const members = CLASSES[name];
        if (members === undefined) return 'Invalid character class name';
        set += members;
        continue;
      }
      let from = char;
      if (char === '\\' && this.options.dialect === 'awk') from = this.awkEscape();
      if (this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']' && this.pattern[this.at + 1] !== undefined) {
        let to = this.pattern[this.at + 1] ?? '';
        this.at += 2;
        if (to === '[' && this.pattern[this.at] === '.') {
          const end = this.pattern.indexOf('.]', this.at);
          if (end < 0) return 'Unmatched [, [^, [:, [., or [=';
          to = this.pattern.slice(this.at + 1, end);
          this.at = end + 2;
        } else if (to === '\\' && this.options.dialect === 'awk') to = this.awkEscape();
        if (from.charCodeAt(0) > to.charCodeAt(0)) return 'Invalid range end';
        set += `${inSet(from)}-${inSet(to)}`;
      } else set += inSet(from);
    }
    return this.atom(set === '' ? (isNegated ? '[^]' : '[]') : `[${isNegated ? '^' : ''}${set}]`);
  }
  private awkEscape(): string {
    const char = this.pattern[this.at++] ?? '\\';
    return { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }[char] ?? char;
  }
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\n/g, '\\n');
const inSet = (char: string): string => (/[\\\]^[-]/.test(char) ? `\\${char}` : char === '\n' ? '\\n' : char);

/** The JavaScript regular expression for a POSIX one, or what is wrong with it. */
export function compilePosixRegex(pattern: string, options: RegexOptions): Result<RegExp, string> {
  const source = new Translation(pattern, options).run();
  if (!source.ok) return source;
  try {
    return ok(new RegExp(source.value, `${options.flags ?? ''}${options.ignoreCase ? 'i' : ''}`));
  } catch {
    return err('Invalid regular expression');
  }
}
