/** Brace expansion (bash(1)): purely of text, before everything else: one word becomes several. */
import type { Bytes } from '../../../base/index.ts';
import { finishWord, literalWord } from '../syntax/lower-word.ts';
import type { Piece, Word } from '../syntax/tree.ts';

/** More words than this are not made: the word stays as it is, as where bash runs out of memory. */
const MAX_WORDS = 1 << 20;

/** A character of unquoted text, or something opaque. */
type Atom = string | Piece;
type Atoms = readonly Atom[];

const kept = new WeakMap<Word, readonly Word[]>();

export function expandBraces(word: Word): readonly Word[] {
  const known = kept.get(word);
  if (known) return known;
  const atoms = word.pieces.flatMap<Atom>((piece) => (piece.kind === 'literal' && !piece.isQuoted ? [...piece.text] : [piece]));
  const expanded = expand(atoms);
  const words = expanded[0] === atoms || expanded.length > MAX_WORDS ? [word] : expanded.map(wordOf);
  if (words.length <= 1024) kept.set(word, words);
  return words;
}

function wordOf(atoms: Atoms): Word {
  const [only] = atoms;
  if (atoms.length === 1 && typeof only === 'object' && only.kind === 'literal' && (only.isQuoted || /^[\w-]*$/.test(only.text))) return literalWord(only.text);
  return finishWord(textOf(atoms), piecesOf(atoms));
}

function piecesOf(atoms: Atoms): Piece[] {
  return atoms.map((atom) => (typeof atom === 'string' ? { kind: 'literal', text: atom, isQuoted: false } : atom));
}
const textOf = (atoms: Atoms): Bytes => atoms.map((atom) => (typeof atom === 'string' ? atom : atom.kind === 'literal' ? atom.text : '')).join('');

function expand(atoms: Atoms): Atoms[] {
  for (let open = atoms.indexOf('{'); open >= 0; open = atoms.indexOf('{', open + 1)) {
    const close = closing(atoms, open);
    if (close < 0) continue;
    const inner = atoms.slice(open + 1, close);
    const choices = splitChoices(inner) ?? range(inner);
    if (!choices) continue;
    const before = atoms.slice(0, open);
    const ends = expand(atoms.slice(close + 1));
    const middles = choices.flatMap((choice) => (choice.isDone ? [choice.atoms] : expand(choice.atoms)));
    if (middles.length * ends.length > MAX_WORDS) return [atoms];
    return middles.flatMap((middle) => ends.map((end) => [...before, ...middle, ...end]));
  }
  return [atoms];
}

function closing(atoms: Atoms, open: number): number {
  let depth = 0;
  for (let at = open; at < atoms.length; at++) {
    if (atoms[at] === '{') depth++;
    else if (atoms[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

interface Choice {
  readonly atoms: Atoms;
  /** Holds no further braces. */
  readonly isDone: boolean;
}

/** By the commas outside of inner braces; undefined when there is none. */
function splitChoices(inner: Atoms): Choice[] | undefined {
  const choices: Choice[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= inner.length; at++) {
    const atom = inner[at];
    if (atom === '{') depth++;
    else if (atom === '}') depth--;
    if (at < inner.length && (atom !== ',' || depth > 0)) continue;
    choices.push({ atoms: inner.slice(start, at), isDone: false });
    start = at + 1;
  }
  return choices.length > 1 ? choices : undefined;
}

/** `1..9`, `a..e`, `01..10..2`. */
function range(inner: Atoms): Choice[] | undefined {
  if (!inner.every((atom) => typeof atom === 'string')) return undefined;
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(inner.join(''));
  if (!match) return undefined;
  const [, first = '', last = '', stepText] = match;
  const isNumeric = /\d/.test(first);
  if (isNumeric !== /\d/.test(last)) return undefined;
  const from = isNumeric ? Number(first) : first.charCodeAt(0);
  const to = isNumeric ? Number(last) : last.charCodeAt(0);
  const step = Math.abs(Number(stepText ?? 1)) || 1;
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > MAX_WORDS || !Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined;
  const isPadded = isNumeric && [first, last].some((text) => /^-?0\d/.test(text));
  const width = isPadded ? Math.max(first.length, last.length) : 0;
  return Array.from({ length: count }, (_unused, i) => {
    const value = from <= to ? from + i * step : from - i * step;
    const text = isNumeric ? pad(value, width) : String.fromCharCode(value);
    return { atoms: [{ kind: 'literal', text, isQuoted: !isNumeric && !/\w/.test(text) } satisfies Piece], isDone: true };
  });
}

function pad(value: number, width: number): string {
  const digits = String(Math.abs(value));
  return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
}
