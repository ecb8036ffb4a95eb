/**
 * Patterns (bash(1), Pattern Matching): `*`, `?`, `[…]` and, as bash's extended ones, `@(…)` and its kin. A pattern is text in which a backslash
 * quotes the next character. Matching takes time in proportion to text times pattern, whatever the pattern.
 */
import type { Bytes } from '../../../base/index.ts';

interface CharacterClass {
  readonly kind: 'class';
  readonly isNegated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | CharacterClass
  | { readonly kind: 'group'; readonly operator: '?' | '*' | '+' | '@' | '!'; readonly choices: readonly (readonly Token[])[] };

export interface PatternOptions {
  readonly ignoreCase?: boolean;
  /** Without `@(…)` and its kin, as before `shopt -s extglob`. */
  readonly isPlain?: boolean;
}

const SPECIAL = /[*?[\]\\()|!+@^-]/g;

/** Text that matches itself alone. */
export const escapePattern = (text: Bytes): Bytes => text.replace(SPECIAL, '\\$&');
/** Whether a pattern could match anything but its own text. */
export const hasMagic = (pattern: Bytes): boolean => /(^|[^\\])(\\\\)*([*?[]|[@+!]\()/.test(pattern);
export const unescapePattern = (pattern: Bytes): Bytes => pattern.replace(/\\([\s\S])/g, '$1');

const CACHE_SIZE = 512;
const cache = new Map<string, Pattern>();

/** A compiled pattern; those used lately are kept. */
export function compilePattern(text: Bytes, options: PatternOptions = {}): Pattern {
  const isExtended = options.isPlain !== true && text.includes('(');
  const key = `${options.ignoreCase ? 'i' : 'c'}${isExtended ? 'x' : ''}:${text}`;
  const kept = cache.get(key);
  if (kept) return kept;
  const pattern = new Pattern(text, options.ignoreCase ?? false, isExtended);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(key, pattern);
  return pattern;
}

/** Steps that one question may take: 2^27 are seconds, and only nested extended patterns get there. Then the answer is no match. */
const STEP_LIMIT = 1 << 27;

export class Pattern {
  private readonly tokens: readonly Token[];
  private readonly literal: Bytes | undefined;
  private readonly isExtended: boolean;
  private steps = 0;

  constructor(
    text: Bytes,
    private readonly ignoreCase: boolean,
    isExtended: boolean,
  ) {
    this.tokens = new PatternParser(ignoreCase ? text.toLowerCase() : text, isExtended).parse();
    this.isExtended = this.tokens.some((token) => token.kind === 'group');
    const chars = this.tokens.flatMap((token) => (token.kind === 'char' ? [token.char] : []));
    this.literal = chars.length === this.tokens.length ? chars.join('') : undefined;
  }
  private subject(text: Bytes): Bytes {
    this.steps = 0;
    return this.ignoreCase ? text.toLowerCase() : text;
  }

  matches(text: Bytes): boolean {
    const subject = this.subject(text);
    if (this.literal !== undefined) return subject === this.literal;
    return this.isExtended ? this.ends(this.tokens, subject, 0).has(subject.length) : this.matchesSimple(subject);
  }
  /** End of the longest or shortest match at the beginning; undefined when there is none. */
  prefixEnd(text: Bytes, isLongest: boolean): number | undefined {
    const subject = this.subject(text);
    if (this.literal !== undefined) return subject.startsWith(this.literal) ? this.literal.length : undefined;
    return pick(this.ends(this.tokens, subject, 0), isLongest);
  }
  /** Start of the longest or shortest match at the end. */
  suffixStart(text: Bytes, isLongest: boolean): number | undefined {
    const subject = this.subject(text);
    const { length } = subject;
    if (this.literal !== undefined) return subject.endsWith(this.literal) ? length - this.literal.length : undefined;
    if (!this.isExtended) {
      const end = pick(this.ends([...this.tokens].reverse(), [...subject].reverse().join(''), 0), isLongest);
      return end === undefined ? undefined : length - end;
    }
    for (let i = 0; i <= length; i++) {
      const start = isLongest ? i : length - i;
      if (this.ends(this.tokens, subject, start).has(length)) return start;
    }
    return undefined;
  }
  /** The first longest match at or after `from`. */
  find(text: Bytes, from: number): { readonly start: number; readonly end: number } | undefined {
    const subject = this.subject(text);
    if (this.literal !== undefined) {
      const start = subject.indexOf(this.literal, from);
      return start < 0 ? undefined : { start, end: start + this.literal.length };
    }
    for (let start = from; start <= subject.length; start++) {
      const end = pick(this.ends(this.tokens, subject, start), true);
      if (end !== undefined) return { start, end };
      if (this.steps > STEP_LIMIT) return undefined;
    }
    return undefined;
  }

  private matchesSimple(subject: Bytes): boolean {
    const { tokens } = this;
    let at = 0;
    let token = 0;
    let starToken = -1;
    let starAt = 0;
    while (at < subject.length) {
      const current = tokens[token];
      if (current?.kind === 'star') {
        starToken = token++;
        starAt = at;
      } else if (current && accepts(current, subject, at)) {
        token++;
        at++;
      } else if (starToken >= 0) {
        token = starToken + 1;
        at = ++starAt;
      } else return false;
    }
    while (tokens[token]?.kind === 'star') token++;
    return token === tokens.length;
  }
  /** All places where a match that starts at `from` may end. */
  private ends(tokens: readonly Token[], subject: Bytes, from: number): Set<number> {
    let places = new Set([from]);
    for (const token of tokens) {
      places = this.after(token, subject, places);
      if (places.size === 0) break;
    }
    return places;
  }
  private after(token: Token, subject: Bytes, places: Set<number>): Set<number> {
    const next = new Set<number>();
    this.steps += places.size;
    if (this.steps > STEP_LIMIT) return next;
    if (token.kind === 'star') {
      for (let at = pick(places, false) ?? 0; at <= subject.length; at++) next.add(at);
      return next;
    }
    if (token.kind !== 'group') {
      for (const at of places) if (accepts(token, subject, at)) next.add(at + 1);
      return next;
    }
    const once = (from: Iterable<number>): Set<number> => {
      const found = new Set<number>();
      for (const at of from) for (const choice of token.choices) for (const end of this.ends(choice, subject, at)) found.add(end);
      return found;
    };
    if (token.operator === '!') {
      for (const at of places) {
        const excluded = once([at]);
        for (let end = at; end <= subject.length; end++) if (!excluded.has(end)) next.add(end);
      }
      return next;
    }
    if (token.operator === '?' || token.operator === '*') for (const at of places) next.add(at);
    let frontier = once(places);
    while (frontier.size > 0) {
      const fresh = new Set<number>();
      for (const at of frontier) if (!next.has(at) || token.operator === '+') fresh.add(at);
      for (const at of [...fresh]) if (next.has(at)) fresh.delete(at);
      for (const at of frontier) next.add(at);
      if (token.operator === '@' || token.operator === '?') break;
      frontier = once(fresh);
    }
    return next;
  }
}

function pick(ends: ReadonlySet<number>, isLongest: boolean): number | undefined {
  let best: number | undefined;
  for (const end of ends) if (best === undefined || (isLongest ? end > best : end < best)) best = end;
  return best;
}

function accepts(token: Token, subject: Bytes, at: number): boolean {
  if (at >= subject.length) return false;
  switch (token.kind) {
    case 'char':
      return subject.charAt(at) === token.char;
    case 'any':
      return true;
    case 'class': {
      const code = subject.charCodeAt(at);
      return token.ranges.some(([low, high]) => code >= low && code <= high) !== token.isNegated;
    }
    default:
      return false;
  }
}

const NAMED: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  alpha: [
    ['A', 'Z'],
    ['a', 'z'],
  ],
  digit: [['0', '9']],
  alnum: [
    ['0', '9'],
    ['A', 'Z'],
    ['a', 'z'],
  ],
  upper: [['A', 'Z']],
  lower: [['a', 'z']],
  space: [
    ['\t', '\r'],
    [' ', ' '],
  ],
  blank: [
    ['\t', '\t'],
    [' ', ' '],
  ],
  punct: [
    ['!', '/'],
    [':', '@'],
    ['[', '`'],
    ['{', '~'],
  ],
  print: [[' ', '~']],
  graph: [['!', '~']],
  cntrl: [
    ['\0', '\x1f'],
    ['\x7f', '\x7f'],
  ],
  xdigit: [
    ['0', '9'],
    ['A', 'F'],
    ['a', 'f'],
  ],
  word: [
    ['0', '9'],
    ['A', 'Z'],
    ['a', 'z'],
    ['_', '_'],
  ],
  ascii: [['\0', '\x7f']],
};

class PatternParser {
  private at = 0;
  constructor(
    private readonly text: Bytes,
    private readonly isExtended: boolean,
  ) {}

  parse(): Token[] {
    return this.sequence(false);
  }
  private sequence(isNested: boolean): Token[] {
    const tokens: Token[] = [];
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (isNested && (char === '|' || char === ')')) break;
      tokens.push(this.token(char));
    }
    return tokens;
  }
  private token(char: string): Token {
    if (this.isExtended && '?*+@!'.includes(char) && this.text.charAt(this.at + 1) === '(') {
      const group = this.group(char as '?');
      if (group) return group;
    }
    this.at++;
    if (char === '*') return { kind: 'star' };
    if (char === '?') return { kind: 'any' };
    if (char === '[') return this.bracket() ?? { kind: 'char', char };
    if (char === '\\' && this.at < this.text.length) return { kind: 'char', char: this.text.charAt(this.at++) };
    return { kind: 'char', char };
  }
  private group(operator: '?' | '*' | '+' | '@' | '!'): Token | undefined {
    const start = this.at;
    this.at += 2;
    const choices: Token[][] = [];
    for (;;) {
      choices.push(this.sequence(true));
      const end = this.text.charAt(this.at++);
      if (end === ')') return { kind: 'group', operator, choices };
      if (end !== '|') {
        this.at = start;
        return undefined;
      }
    }
  }
  /** After `[`; undefined when it is never closed, and the bracket is a plain character. */
  private bracket(): CharacterClass | undefined {
    const start = this.at;
    const { text } = this;
    const isNegated = text.charAt(this.at) === '!' || text.charAt(this.at) === '^';
    if (isNegated) this.at++;
    const ranges: (readonly [number, number])[] = [];
    for (let isFirst = true; this.at < text.length; isFirst = false) {
      if (text.charAt(this.at) === ']' && !isFirst) {
        this.at++;
        return { kind: 'class', isNegated, ranges };
      }
      const named = /^\[:(\w+):\]/.exec(text.slice(this.at, this.at + 12));
      if (named) {
        for (const [low, high] of NAMED[named[1] ?? ''] ?? []) ranges.push([low.charCodeAt(0), high.charCodeAt(0)]);
        this.at += named[0].length;
        continue;
      }
      const low = this.classCharacter();
      if (text.charAt(this.at) === '-' && this.at + 1 < text.length && text.charAt(this.at + 1) !== ']') {
        this.at++;
        ranges.push([low, this.classCharacter()]);
      } else ranges.push([low, low]);
    }
    this.at = start;
    return undefined;
  }
  private classCharacter(): number {
    const collating = /^\[[.=](.)[.=]\]/.exec(this.text.slice(this.at, this.at + 7));
    if (collating) {
      this.at += collating[0].length;
      return collating[1]?.charCodeAt(0) ?? 0;
    }
    if (this.text.charAt(this.at) === '\\' && this.at + 1 < this.text.length) this.at++;
    return this.text.charCodeAt(this.at++);
  }
}
