/** Variables as `declare -p` writes them. */
import type { Bytes } from '../../base/index.ts';
import { AssociativeArray, IndexedArray } from './arrays.ts';
import { declareQuote } from './expand/quote.ts';
import type { Variable } from './variables.ts';

/** Attribute letters in bash's order. */
export function describeFlags(variable: Variable): string {
  const value = variable.current;
  return [
    value instanceof IndexedArray ? 'a' : '',
    value instanceof AssociativeArray ? 'A' : '',
    variable.integer ? 'i' : '',
    variable.reference ? 'n' : '',
    variable.readonly ? 'r' : '',
    variable.trace ? 't' : '',
    variable.exported ? 'x' : '',
    variable.lower ? 'l' : '',
    variable.upper ? 'u' : '',
  ].join('');
}

const quoteKey = (key: Bytes, isUtf8: boolean): Bytes => (/^[\w%+,./:=@-]+$/.test(key) ? key : declareQuote(key, isUtf8));

/** `([0]="a" [1]="b")`. */
export function describeArray(value: IndexedArray | AssociativeArray, isUtf8: boolean): Bytes {
  if (value instanceof IndexedArray) {
    const keys = value.keys();
    return `(${keys.map((key) => `[${key}]=${declareQuote(value.get(key) ?? '', isUtf8)}`).join(' ')})`;
  }
  return `(${value
    .keys()
    .map((key) => `[${quoteKey(key, isUtf8)}]=${declareQuote(value.get(key) ?? '', isUtf8)} `)
    .join('')})`;
}

/** `declare -x PATH="…"`. */
export function describeVariable(variable: Variable, isUtf8: boolean): Bytes {
  const flags = describeFlags(variable);
  const value = variable.current;
  const head = `declare -${flags === '' ? '-' : flags} ${variable.name}`;
  if (value === undefined || (typeof value === 'object' && value.isBlank)) return head;
  return typeof value === 'string' ? `${head}=${declareQuote(value, isUtf8)}` : `${head}=${describeArray(value, isUtf8)}`;
}
