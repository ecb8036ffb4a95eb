/** JSON as Go's encoding/json reads it: what is wrong with a text is said in the words of its scanner (encoding/json/scanner.go). */
import { err, ok, type Result } from '../base/index.ts';
import type { Json, JsonObject } from './spec.ts';

/** An object; `into`: the Go type that it is read into, for what is none. */
export function parseJson(text: string, into = 'struct'): Result<JsonObject, string> {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok(value as JsonObject);
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return value === null ? ok({}) : err(`json: cannot unmarshal ${kind} into Go value of type ${into}`);
  } catch {
    return err(new Scanner(text).trouble());
  }
}

const END = 'unexpected end of JSON input';
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

/** Reads a text that is no JSON to where it ceases to be. */
class Scanner {
  private at = 0;
  constructor(private readonly text: string) {}

  trouble(): string {
    return this.value('looking for beginning of value') ?? (this.skip() ? this.bad('after top-level value') : END);
  }
  /** Of this place; '' at the end. A method, as it changes with the place. */
  private char(): string {
    return this.text[this.at] ?? '';
  }
  /** Past white space; false at the end. */
  private skip(): boolean {
    while (' \t\r\n'.includes(this.char()) && this.char() !== '') this.at++;
    return this.at < this.text.length;
  }
  private bad(context: string): string {
    return this.char() === '' ? END : `invalid character ${quoted(this.char())} ${context}`;
  }
  private value(context: string): string | undefined {
    if (!this.skip()) return END;
    const literal = LITERALS[this.char()];
    if (literal !== undefined) return this.literal(literal);
    if (this.char() === '"') return this.string();
    if (/[-\d]/.test(this.char())) return this.number();
    if (this.char() === '{') return this.members('}', '{');
    if (this.char() === '[') return this.members(']', '[');
    return this.bad(context);
  }
  private literal(word: string): string | undefined {
    for (let i = 1; i < word.length; i++) {
      this.at++;
      if (this.char() !== word[i]) return this.bad(`in literal ${word} (expecting ${quoted(word[i]!)})`);
    }
    this.at++;
    return undefined;
  }
  private string(): string | undefined {
    for (this.at++; this.char() !== '"'; this.at++) {
      if (this.char() === '' || this.char() < ' ') return this.bad('in string literal');
      if (this.char() !== '\\') continue;
      this.at++;
      if (!'"\\/bfnrtu'.includes(this.char()) || this.char() === '') return this.bad('in string escape code');
      if (this.char() !== 'u') continue;
      for (let i = 0; i < 4; i++) {
        this.at++;
        if (!/[\da-fA-F]/.test(this.char())) return this.bad('in \\u hexadecimal character escape');
      }
    }
    this.at++;
    return undefined;
  }
  private number(): string | undefined {
    if (this.char() === '-') this.at++;
    if (!/\d/.test(this.char())) return this.bad('in numeric literal');
    if (this.char() === '0') this.at++;
    else this.digits();
    if (this.char() === '.') {
      this.at++;
      if (!/\d/.test(this.char())) return this.bad('after decimal point in numeric literal');
      this.digits();
    }
    if (!/[eE]/.test(this.char())) return undefined;
    this.at++;
    if (/[-+]/.test(this.char())) this.at++;
    if (!/\d/.test(this.char())) return this.bad('in exponent of numeric literal');
    this.digits();
    return undefined;
  }
  private digits(): void {
    while (/\d/.test(this.char())) this.at++;
  }
  /** Of an object or an array. */
  private members(close: '}' | ']', open: '{' | '['): string | undefined {
    for (let isFirst = true; ; isFirst = false) {
      this.at++; // the opening, or a comma
      if (!this.skip()) return END;
      if (isFirst && this.char() === close) break;
      if (open === '{') {
        if (this.char() !== '"') return this.bad('looking for beginning of object key string');
        const key = this.string();
        if (key !== undefined) return key;
        if (!this.skip() || this.char() !== ':') return this.bad('after object key');
        this.at++;
      }
      const inner = this.value('looking for beginning of value');
      if (inner !== undefined) return inner;
      if (!this.skip()) return END;
      if (this.char() === close) break;
      if (this.char() !== ',') return this.bad(open === '{' ? 'after object key:value pair' : 'after array element');
    }
    this.at++;
    return undefined;
  }
}

/** quoteChar. */
const quoted = (char: string): string => (char === "'" ? "'\\''" : char === '"' ? `'"'` : `'${JSON.stringify(char).slice(1, -1)}'`);
