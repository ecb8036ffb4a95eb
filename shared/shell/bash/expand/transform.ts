/** `${x@operator}` (bash(1), Parameter transformation). */
import type { Bytes } from '../../../base/index.ts';
import { AssociativeArray, IndexedArray } from '../arrays.ts';
import { describeFlags } from '../describe.ts';
import type { Shell } from '../shell.ts';
import { decodeEscapes } from './escapes.ts';
import { decodePrompt } from '../prompt.ts';
import type { Looked } from './lookup.ts';
import { ShellFailure } from '../failure.ts';
import { declareQuote, readableQuote } from './quote.ts';

export function transform(shell: Shell, letter: string, name: Bytes, value: Bytes | undefined, looked: Looked): Bytes {
  const flags = looked.variable ? describeFlags(looked.variable) : '';
  if (letter === 'a') return flags;
  if (letter === 'A') {
    const assignment = value === undefined ? name : `${name}=${readableQuote(value, shell.isUtf8)}`;
    return value === undefined && flags === '' ? '' : flags === '' ? assignment : `declare -${flags} ${assignment}`;
  }
  if (value === undefined) return '';
  const change = (work: (text: string) => string): Bytes => shell.encode(work(shell.decode(value)));
  switch (letter) {
    case 'Q':
    case 'K':
    case 'k':
      return readableQuote(value, shell.isUtf8);
    case 'E':
      return decodeEscapes(value, 'ansi').text;
    case 'P':
      return decodePrompt(shell, value);
    case 'U':
      return change((text) => text.toUpperCase());
    case 'L':
      return change((text) => text.toLowerCase());
    case 'u':
      return change((text) => text.charAt(0).toUpperCase() + text.slice(1));
    default:
      throw new ShellFailure(`\${${name}@${letter}}: bad substitution`, 'exit');
  }
}

export function transformAll(shell: Shell, letter: string, looked: Looked): readonly Bytes[] {
  const values = looked.values ?? [];
  const { variable } = looked;
  const array = variable?.current;
  if (letter === 'A' || letter === 'K' || letter === 'k') {
    if (!(array instanceof IndexedArray || array instanceof AssociativeArray)) {
      return letter === 'A' && looked.keys === undefined ? [`set -- ${values.map((value) => readableQuote(value, shell.isUtf8)).join(' ')}`] : values;
    }
    const keys = looked.keys ?? [];
    const pairs = values.map(
      (value, i) => [array instanceof AssociativeArray ? quoteKey(keys[i] ?? '') : (keys[i] ?? ''), declareQuote(value, shell.isUtf8)] as const,
    );
    if (letter === 'k') return values.flatMap((value, i) => [keys[i] ?? '', value]);
    if (letter === 'K') return [pairs.map(([key, value]) => `${key} ${value}`).join(' ') + (array instanceof AssociativeArray ? ' ' : '')];
    const list = pairs.map(([key, value]) => `[${key}]=${value}`).join(' ');
    return [`declare -${variable ? describeFlags(variable) : 'a'} ${looked.label}=(${list}${array instanceof AssociativeArray ? ' ' : ''})`];
  }
  return values.map((value) => transform(shell, letter, looked.label, value, looked));
}

/** A key as `declare -p` writes it. */
export const quoteKey = (key: Bytes): Bytes => (/^[\w%+,./:=@-]+$/.test(key) ? key : declareQuote(key, false));
