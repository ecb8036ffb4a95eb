/** The words of a capture filter. Authority: libpcap 1.10 scanner.l. */

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'mac' | 'ipv4' | 'ipv6'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string };

/** A filter that cannot be understood: its message is printed as it is. */
export class FilterError extends Error {}

export const syntaxError = (): FilterError => new FilterError("can't parse filter expression: syntax error");

const PATTERNS: readonly (readonly [RegExp, (text: string) => Token])[] = [
  [/^(?:[0-9a-f]{1,2}[:.-]){5}[0-9a-f]{1,2}(?![\w:])/i, (text) => ({ kind: 'mac', text: text.replaceAll(/[.-]/g, ':') })],
  [/^(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{0,4}|(?:\d+\.){3}\d+)(?![\w:])/i, (text) => ({ kind: 'ipv6', text })],
  [/^(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.-]*[\w])/, (text) => ({ kind: 'number', value: Number(/^0\d/.test(text) ? parseInt(text, 8) : text), text })],
  [/^\d+(?:\.\d+){1,3}(?![\w.-]*[\w])/, (text) => ({ kind: 'ipv4', text })],
  [/^(?:&&|\|\||<<|>>|<=|>=|==|!=|[-()[\]:!=<>&|^+*/%])/, (text) => ({ kind: 'operator', text })],
  [/^\\?[A-Za-z0-9](?:[-\w.]*[\w.])?/, (text) => ({ kind: 'word', text })],
];
const SAME: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };

/** Throws FilterError for a character that means nothing. */
export function scan(expression: string): Token[] {
  const tokens: Token[] = [];
  for (let rest = expression.trimStart(); rest !== ''; rest = rest.trimStart()) {
    const found = PATTERNS.map(([pattern, make]) => ({ text: pattern.exec(rest)?.[0], make })).find(({ text }) => text !== undefined);
    if (found?.text === undefined) throw new FilterError(`can't parse filter expression: syntax error`);
    const { text, make } = found;
    rest = rest.slice(text.length);
    const same = SAME[text];
    tokens.push(same === undefined ? make(text) : { kind: 'word', text: same });
  }
  return tokens;
}
