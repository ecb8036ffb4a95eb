/** Words of nft's language with their places, and its mistakes: a message and the columns that it underlines (nftables' scanner.l, erec.c). */

export interface Token {
  readonly text: string;
  readonly line: number;
  /** Column in the whole text. */
  readonly at: number;
  readonly kind: 'word' | 'quoted' | 'sign' | 'newline' | 'end';
}

/** What is wrong: underlined at one place, perhaps with another one that it refers to (`~`). */
export class NftMistake extends Error {
  constructor(
    message: string,
    readonly at: number,
    readonly width = 1,
    readonly other: { readonly at: number; readonly width: number } | null = null,
  ) {
    super(message);
  }
}
export const mistakeAt = (message: string, token: Token): NftMistake => new NftMistake(message, token.at, Math.max(1, widthOf(token)));
export const widthOf = (token: Token): number => (token.kind === 'quoted' ? token.text.length + 2 : token.text.length);

const SIGN = /^(?:==|!=|<=|>=|<<|>>|&&|[{}(),;=<>&|^!])/;
const WORD = /^(?:\[[^\]\s]*\]|[^\s{}(),;=<>&|^!"#])+/;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  const push = (kind: Token['kind'], value: string, length: number): void => {
    tokens.push({ text: value, line, at, kind });
    at += length;
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = /^(?:[ \t]|\\\n)+/.exec(rest)?.[0];
    if (blank !== undefined) {
      line += blank.split('\n').length - 1;
      at += blank.length;
    } else if (rest.startsWith('\n')) {
      push('newline', '\n', 1);
      line++;
    } else if (rest.startsWith('#')) at += /^[^\n]*/.exec(rest)![0].length;
    else if (rest.startsWith('"')) {
      const close = rest.indexOf('"', 1);
      if (close < 0) throw new NftMistake('syntax error, unexpected junk', at);
      push('quoted', rest.slice(1, close), close + 1);
    } else {
      const sign = SIGN.exec(rest)?.[0];
      const word = sign ?? WORD.exec(rest)?.[0];
      if (word === undefined) throw new NftMistake('syntax error, unexpected junk', at);
      // `80: accept` and `80 : accept` are the same; an address keeps its colons.
      const value = sign === undefined && word.length > 1 && word.endsWith(':') && !word.endsWith('::') ? word.slice(0, -1) : word;
      push(sign === undefined ? 'word' : 'sign', value, value.length);
    }
  }
  tokens.push({ text: '', line, at, kind: 'end' });
  return tokens;
}

/** Reads tokens one after the other. */
export class Cursor {
  index = 0;
  /** What `define` has given names to. */
  readonly variables = new Map<string, readonly Token[]>();
  constructor(private tokens: readonly Token[]) {}
  get token(): Token {
    return this.tokens[this.index]!;
  }
  get previous(): Token {
    return this.tokens[Math.max(0, this.index - 1)]!;
  }
  next(): Token {
    const { token } = this;
    if (token.kind === 'end' || token.kind === 'newline') throw this.unexpected();
    this.index++;
    return token;
  }
  /** Puts the tokens that a variable stands for in its place. */
  expand(): void {
    const { token } = this;
    if (token.kind !== 'word' || !token.text.startsWith('$')) return;
    const value = this.variables.get(token.text.slice(1));
    if (value === undefined) throw mistakeAt(`unknown identifier '${token.text.slice(1)}'`, token);
    const placed = value.map((each) => ({ ...each, at: token.at, line: token.line }));
    this.tokens = [...this.tokens.slice(0, this.index), ...placed, ...this.tokens.slice(this.index + 1)];
  }
  is(...texts: readonly string[]): boolean {
    const { token } = this;
    return token.kind !== 'quoted' && token.kind !== 'end' && texts.includes(token.text);
  }
  /** Takes the next token if it is one of these. */
  take(...texts: readonly string[]): boolean {
    if (!this.is(...texts)) return false;
    this.index++;
    return true;
  }
  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(text === '\n' ? 'newline or semicolon' : `'${text}'`);
    const { token } = this;
    this.index++;
    return token;
  }
  atEnd(): boolean {
    return this.token.kind === 'end';
  }
  atLineEnd(): boolean {
    return this.token.kind === 'end' || this.token.kind === 'newline' || this.is(';');
  }
  skipLines(): void {
    while (this.token.kind === 'newline' || this.is(';')) this.index++;
  }
  unexpected(expected?: string): NftMistake {
    const { token } = this;
    const what =
      token.kind === 'end' || token.kind === 'newline'
        ? 'newline'
        : token.kind === 'quoted'
          ? 'quoted string'
          : token.kind === 'sign'
            ? `'${token.text}'`
            : 'string';
    return new NftMistake(`syntax error, unexpected ${what}${expected === undefined ? '' : `, expecting ${expected}`}`, token.at, Math.max(1, widthOf(token)));
  }
}
