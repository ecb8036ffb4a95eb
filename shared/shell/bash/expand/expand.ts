/**
 * The expansions of words in bash's order (bash(1), EXPANSION): braces, then tilde, parameters, commands and arithmetic from left to right, then splitting,
 * file names, quote removal. A word without substitutions is expanded at once; one that has to wait for a command is a generator.
 */
import type { Bytes } from '../../../base/index.ts';
import type { Sys } from '../../process/wait.ts';
import { formatInt } from '../arithmetic.ts';
import { ShellFailure, checkSize } from '../failure.ts';
import type { MaybeSys, Shell } from '../shell.ts';
import type { Piece, Word } from '../syntax/tree.ts';
import { expandBraces } from './brace.ts';
import { DEFAULT_IFS, Fields, type Field, type Sink } from './fields.ts';
import { PatternSink, ShownPatternSink, RegexSink, TextSink } from './flat.ts';
import { globPaths } from './glob.ts';
import { evaluateText } from './lookup.ts';
import { addParameter, addParameterWaiting, type WordExpander } from './parameter.ts';
import { escapePattern, hasMagic } from './pattern.ts';
import { tildeEnd, tildeValue } from './tilde.ts';

/** What stands behind an unquoted `=` or `:` may begin with a tilde; the unquoted text of `${x:-…}` is split. */
interface Context {
  readonly isAssignment: boolean;
  readonly isOperand: boolean;
}
const PLAIN: Context = { isAssignment: false, isOperand: false };
const ASSIGNMENT: Context = { isAssignment: true, isOperand: false };
const OPERAND: Context = { isAssignment: false, isOperand: true };

// --- pieces ---

function addLiteral(shell: Shell, sink: Sink, piece: Piece & { kind: 'literal' }, isFirst: boolean, next: Piece | undefined, context: Context): void {
  if (piece.isQuoted) {
    sink.quoted(piece.text);
    return;
  }
  const { text } = piece;
  const add = (part: Bytes): void => (context.isOperand ? sink.expanded(part) : sink.literal(part));
  if (!text.includes('~')) {
    add(text);
    return;
  }
  let at = 0;
  for (let start = isFirst ? 0 : -1; ;) {
    if (start >= 0 && text.charAt(start) === '~') {
      const end = tildeEnd(text, start, context.isAssignment);
      const home = end === text.length && next ? undefined : tildeValue(shell, text.slice(start + 1, end));
      if (home !== undefined) {
        add(text.slice(at, start));
        sink.quoted(home);
        at = end;
      }
    }
    if (!context.isAssignment) break;
    const colon = text.indexOf(':', Math.max(start, 0));
    if (colon < 0) break;
    start = colon + 1;
  }
  add(text.slice(at));
}

/** Adds a word that holds no substitution. */
function addWord(shell: Shell, sink: Sink, word: Word, context: Context): void {
  const { pieces } = word;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    switch (piece?.kind) {
      case 'literal':
        addLiteral(shell, sink, piece, i === 0, pieces[i + 1], context);
        break;
      case 'parameter':
        addParameter(WORDS, shell, sink, piece.parameter, piece.isQuoted);
        break;
      case 'arithmetic':
        addResult(sink, arithmetic(shell, textOf(shell, piece.expression)), piece.isQuoted);
        break;
      default:
        break;
    }
  }
}

/** Adds any word. */
function* addWordWaiting(shell: Shell, sink: Sink, word: Word, context: Context): Sys {
  const { pieces } = word;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    switch (piece?.kind) {
      case 'literal':
        addLiteral(shell, sink, piece, i === 0, pieces[i + 1], context);
        break;
      case 'parameter':
        yield* addParameterWaiting(WORDS, shell, sink, piece.parameter, piece.isQuoted);
        break;
      case 'arithmetic':
        addResult(sink, arithmetic(shell, yield* textWaiting(shell, piece.expression)), piece.isQuoted);
        break;
      case 'command':
        addResult(sink, yield* shell.runner.substitute(shell, piece.script), piece.isQuoted);
        break;
      case 'process':
        sink.quoted(yield* shell.runner.substituteProcess(shell, piece.script, piece.direction));
        break;
      default:
        break;
    }
  }
}

const arithmetic = (shell: Shell, text: Bytes): Bytes => formatInt(evaluateText(shell, text));
function addResult(sink: Sink, text: Bytes, isQuoted: boolean): void {
  if (isQuoted) sink.quotedExpansion(text);
  else sink.expanded(text);
}

const WORDS: WordExpander = {
  add: (shell, sink, word) => addWord(shell, sink, word, PLAIN),
  addWaiting: (shell, sink, word) => addWordWaiting(shell, sink, word, PLAIN),
  addOperand: (shell, sink, word) => addWord(shell, sink, word, OPERAND),
  addOperandWaiting: (shell, sink, word) => addWordWaiting(shell, sink, word, OPERAND),
};

// --- one text ---

/** The value of a word that is one variable and nothing else; undefined where there is more to it. */
function plainValue(shell: Shell, word: Word): Bytes | undefined {
  const [piece] = word.pieces;
  if (word.pieces.length !== 1 || piece?.kind !== 'parameter') return undefined;
  const { parameter } = piece;
  if (parameter.operation || parameter.prefix !== '' || parameter.index || parameter.all) return undefined;
  const { name } = parameter;
  const code = name.charCodeAt(0);
  if (code >= 49 && code <= 57) return shell.positional[Number(name) - 1];
  return code < 65 ? undefined : shell.getVariable(name);
}
/** Text that splitting at the usual IFS and file names leave as it is. */
const isInert = (text: Bytes): boolean => text !== '' && !/[ \t\n*?[\\(]/.test(text);

function textOf(shell: Shell, word: Word, context = PLAIN): Bytes {
  const simple = word.literal ?? plainValue(shell, word);
  if (simple !== undefined) return simple;
  const sink = new TextSink();
  addWord(shell, sink, word, context);
  return checkSize(sink.text);
}
function* textWaiting(shell: Shell, word: Word, context = PLAIN): Sys<Bytes> {
  const sink = new TextSink();
  yield* addWordWaiting(shell, sink, word, context);
  return checkSize(sink.text);
}
/** Without splitting and file names: a case word, a here-document, an expression. */
export const expandText = (shell: Shell, word: Word): MaybeSys<Bytes> => (word.waits ? textWaiting(shell, word) : textOf(shell, word));
/** The value of an assignment. */
export const expandValue = (shell: Shell, word: Word): MaybeSys<Bytes> => (word.waits ? textWaiting(shell, word, ASSIGNMENT) : textOf(shell, word, ASSIGNMENT));

function flat<S extends PatternSink | RegexSink>(shell: Shell, word: Word, sink: S): MaybeSys<Bytes> {
  if (!word.waits) {
    addWord(shell, sink, word, PLAIN);
    return sink.text;
  }
  return (function* (): Sys<Bytes> {
    yield* addWordWaiting(shell, sink, word, PLAIN);
    return sink.text;
  })();
}
/** A pattern in which what was quoted is escaped. */
export const expandPattern = (shell: Shell, word: Word): MaybeSys<Bytes> =>
  word.literal !== undefined ? escapePattern(word.literal) : flat(shell, word, new PatternSink());
/** The same pattern as `set -x` shows it: a backslash before every character that was quoted. */
export const expandShownPattern = (shell: Shell, word: Word): MaybeSys<Bytes> => flat(shell, word, new ShownPatternSink());
/** A regular expression in which what was quoted is escaped. */
export const expandRegex = (shell: Shell, word: Word): MaybeSys<Bytes> => flat(shell, word, new RegexSink());

// --- fields ---

/** The arguments that words become. */
export function expandWords(shell: Shell, words: readonly Word[]): MaybeSys<Bytes[]> {
  if (words.some((word) => word.waits)) return expandWordsWaiting(shell, words);
  const out: Bytes[] = [];
  for (const word of words) expandInto(shell, word, out);
  return out;
}
function expandInto(shell: Shell, word: Word, out: Bytes[]): void {
  if (word.literal !== undefined) {
    out.push(word.literal);
    return;
  }
  const simple = plainValue(shell, word);
  if (simple !== undefined) {
    const [piece] = word.pieces;
    if (piece?.kind === 'parameter' && (piece.isQuoted || (isInert(simple) && (shell.getVariable('IFS') ?? DEFAULT_IFS) === DEFAULT_IFS))) {
      out.push(simple);
      return;
    }
  }
  const each = word.hasBraces && shell.options.braceexpand ? expandBraces(word) : undefined;
  if (each && each[0] !== word) {
    for (const one of each) expandInto(shell, one, out);
    return;
  }
  const fields = new Fields(shell.getVariable('IFS'), true);
  addWord(shell, fields, word, PLAIN);
  fields.finish();
  for (const field of fields.done) addPaths(shell, field, out);
}
function* expandWordsWaiting(shell: Shell, words: readonly Word[]): Sys<Bytes[]> {
  const out: Bytes[] = [];
  for (const word of words) {
    if (!word.waits) expandInto(shell, word, out);
    else for (const one of word.hasBraces && shell.options.braceexpand ? expandBraces(word) : [word]) yield* expandWaiting(shell, one, out);
  }
  return out;
}
function* expandWaiting(shell: Shell, word: Word, out: Bytes[]): Sys {
  const fields = new Fields(shell.getVariable('IFS'), true);
  yield* addWordWaiting(shell, fields, word, PLAIN);
  fields.finish();
  for (const field of fields.done) addPaths(shell, field, out);
}

/** File names in place of a pattern that matches any. */
function addPaths(shell: Shell, field: Field, out: Bytes[]): void {
  checkSize(field.text);
  if (field.pattern === undefined || shell.options.noglob || !hasMagic(field.pattern)) {
    out.push(field.text);
    return;
  }
  const { options } = shell;
  const paths = globPaths(shell.process.fs, field.pattern, {
    dotglob: options.has('dotglob'),
    nocaseglob: options.has('nocaseglob'),
    globstar: options.has('globstar'),
    extglob: options.has('extglob'),
  });
  if (paths.length > 0) for (const path of paths) out.push(path);
  else if (options.has('failglob')) throw new ShellFailure(`no match: ${field.text}`, 'discard');
  else if (!options.has('nullglob')) out.push(field.text);
}
