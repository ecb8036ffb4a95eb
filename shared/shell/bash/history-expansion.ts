/**
 * `!!`, `!$`, `!-2:1`, `!text:s/a/b/`, `^a^b^`: history expansion of a line that was typed (bash(1), HISTORY EXPANSION; lib/readline/histexpand.c).
 * The state is what the next line may refer to: the last substitution.
 */
import type { Bytes } from '../../base/index.ts';

export type Expansion =
  | { readonly kind: 'same' }
  /** `isShown`: `:p`, to be shown and remembered but not run. */
  | { readonly kind: 'changed'; readonly line: Bytes; readonly isShown: boolean }
  | { readonly kind: 'failed'; readonly words: Bytes };

export interface LastSubstitution {
  from: Bytes;
  to: Bytes;
}

class Failure extends Error {}

const NO_EXPANSION = /[ \t\n\r=]/;
const NAME_ENDS = /[\s:;&()|<>^$*%-]/;
const TOKEN = /(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s;&|()<>"'\\])+|[;&|()<>]+|["'].*$/g;

export const historyWords = (line: Bytes): Bytes[] => line.match(TOKEN) ?? [];

export function expandHistory(line: Bytes, history: readonly Bytes[], last: LastSubstitution): Expansion {
  try {
    return new Expander(line, history, last).run();
  } catch (error) {
    if (error instanceof Failure) return { kind: 'failed', words: error.message };
    throw error;
  }
}

class Expander {
  private at = 0;
  private out = '';
  private isChanged = false;
  private isShown = false;

  constructor(
    private readonly line: Bytes,
    private readonly history: readonly Bytes[],
    private readonly last: LastSubstitution,
  ) {}

  run(): Expansion {
    const quick = /^\^((?:\\.|[^^\\])*)\^((?:\\.|[^^\\])*)(?:\^(.*))?$/.exec(this.line);
    if (quick) return this.quick(quick[1] ?? '', quick[2] ?? '', quick[3] ?? '');
    let quote = '';
    while (this.at < this.line.length) {
      const char = this.line.charAt(this.at);
      if (char === '\\') {
        this.copy(2);
        continue;
      }
      if (char === "'" && quote === '') {
        const end = this.line.indexOf("'", this.at + 1);
        this.copy((end < 0 ? this.line.length : end + 1) - this.at);
        continue;
      }
      if (char === '"') quote = quote === '"' ? '' : '"';
      const next = this.line.charAt(this.at + 1);
      if (char !== '!' || next === '' || NO_EXPANSION.test(next) || (next === '"' && quote === '"') || this.isOfBash()) {
        this.copy(1);
        continue;
      }
      this.event();
    }
    return this.isChanged ? { kind: 'changed', line: this.out, isShown: this.isShown } : { kind: 'same' };
  }

  /** `$!`, `${!name}`, `[!x]`, `!(x)` are something else to bash. */
  private isOfBash(): boolean {
    const before = this.line.slice(0, this.at);
    const after = this.line.slice(this.at + 1);
    return (
      /\$$/.test(before) ||
      (/\$\{$/.test(before) && after.includes('}')) ||
      (/\[$/.test(before) && after.includes(']')) ||
      (after.startsWith('(') && before !== '')
    );
  }
  private quick(from: Bytes, to: Bytes, rest: Bytes): Expansion {
    const before = this.history.at(-1) ?? '';
    if (!before.includes(from)) return { kind: 'failed', words: `:s${this.line}: substitution failed` };
    Object.assign(this.last, { from, to });
    return { kind: 'changed', line: before.replace(from, () => to) + rest, isShown: false };
  }
  private copy(length: number): void {
    this.out += this.line.slice(this.at, this.at + length);
    this.at += length;
  }
  private rest(): Bytes {
    return this.line.slice(this.at);
  }

  private event(): void {
    const from = this.at++;
    const text = this.find(from);
    let chosen = this.choose(text);
    while (/^:[htrepqxgGas&]/.test(this.rest())) chosen = this.modify(chosen);
    if (this.rest().startsWith(':') && this.line.length > this.at + 1 && !/\s/.test(this.line.charAt(this.at + 1)))
      throw new Failure(`${this.line.slice(this.at)}: unrecognized history modifier`);
    this.out += chosen;
    this.isChanged = true;
  }

  /** The line that an event means. */
  private find(from: number): Bytes {
    const { history } = this;
    const rest = this.rest();
    const found = (text: Bytes | undefined): Bytes => {
      if (text === undefined) throw new Failure(`${this.line.slice(from, this.at)}: event not found`);
      return text;
    };
    if (rest.startsWith('!')) {
      this.at++;
      return found(history.at(-1));
    }
    if (rest.startsWith('#')) {
      this.at++;
      return this.out;
    }
    const number = /^-?\d+/.exec(rest)?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return found(number.startsWith('-') ? history.at(Number(number)) : history[Number(number) - 1]);
    }
    if (/^[$^*%:]/.test(rest)) return found(history.at(-1));
    if (rest.startsWith('?')) {
      const text = /^\?[^?\n]*\??/.exec(rest)?.[0] ?? '?';
      this.at += text.length;
      return found(history.findLast((line) => line.includes(text.replace(/^\?|\?$/g, ''))));
    }
    let end = 0;
    while (end < rest.length && !NAME_ENDS.test(rest.charAt(end)) && rest.charAt(end) !== '"') end++;
    this.at += end;
    return found(history.findLast((line) => line.startsWith(rest.slice(0, end))));
  }

  /** The words of it that are meant. */
  private choose(text: Bytes): Bytes {
    const designator = /^(?::(?=[\d^$*%-])|(?=[\^$*%]))(?:(\d+|[\^$%])(?:(\*)|-(\d+|[\^$])?)?|(\*)|-(\d+|[\^$]))/.exec(this.rest());
    if (!designator) return text;
    const [whole, first, star, toWord, all, upTo] = designator;
    const words = historyWords(text);
    const last = words.length - 1;
    const number = (word: Bytes): number => (word === '^' ? 1 : word === '$' || word === '%' ? last : Number(word));
    const isOpen = first !== undefined && toWord === undefined && whole.endsWith('-');
    const begin = first !== undefined ? number(first) : all !== undefined ? 1 : 0;
    const end = star !== undefined || all !== undefined ? last : isOpen ? last - 1 : number(toWord ?? upTo ?? first ?? '$');
    this.at += whole.length;
    if (all !== undefined && last < 1) return '';
    if (begin > last || end > last || (end < begin && star === undefined && !isOpen)) throw new Failure(`${whole}: bad word specifier`);
    return words.slice(begin, end + 1).join(' ');
  }

  private modify(text: Bytes): Bytes {
    const start = this.at++;
    let isGlobal = false;
    let eachWord = false;
    for (; /[gGa]/.test(this.line.charAt(this.at)); this.at++) {
      if (this.line.charAt(this.at) === 'G') eachWord = true;
      else isGlobal = true;
    }
    const letter = this.line.charAt(this.at++);
    const slash = text.lastIndexOf('/');
    const dot = text.lastIndexOf('.');
    switch (letter) {
      case 'h':
        return slash < 0 ? text : text.slice(0, slash);
      case 't':
        return text.slice(slash + 1);
      case 'r':
        return dot < 0 ? text : text.slice(0, dot);
      case 'e':
        return dot < 0 ? text : text.slice(dot);
      case 'p':
        this.isShown = true;
        return text;
      case 'q':
        return `'${text.replaceAll("'", "'\\''")}'`;
      case 'x':
        return text
          .split(/\s+/)
          .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
          .join(' ');
      case 's':
        this.readSubstitution();
    }
    const { from, to } = this.last;
    if (from === '') throw new Failure(`${this.line.slice(start, this.at)}: no previous substitution`);
    if (!text.includes(from)) throw new Failure(`${this.line.slice(start, this.at)}: substitution failed`);
    const value = to.replace(/\\?&/g, (match) => (match === '&' ? from : '&'));
    if (eachWord) return text.replace(/\S+/g, (word) => word.replace(from, () => value));
    return isGlobal ? text.replaceAll(from, () => value) : text.replace(from, () => value);
  }
  private readSubstitution(): void {
    const separator = this.line.charAt(this.at++);
    const part = (): Bytes => {
      let text = '';
      while (this.at < this.line.length && this.line.charAt(this.at) !== separator) {
        if (this.line.charAt(this.at) === '\\' && this.line.charAt(this.at + 1) === separator) this.at++;
        text += this.line.charAt(this.at++);
      }
      this.at++;
      return text;
    };
    const from = part();
    if (from !== '') this.last.from = from;
    this.last.to = part();
    this.at = Math.min(this.at, this.line.length);
  }
}
