/**
 * Parameter expansion (bash(1)). Finding the value and applying the operator is done at once; only words behind an operator may have to wait for a
 * command, so there are two drivers, one that waits and one that does not, over the same steps.
 */
import type { Bytes } from '../../../base/index.ts';
import type { Sys } from '../../process/wait.ts';
import { formatInt } from '../arithmetic.ts';
import { AssociativeArray } from '../arrays.ts';
import { ShellFailure } from '../failure.ts';
import type { Shell } from '../shell.ts';
import type { Parameter, ParameterOperation, Word } from '../syntax/tree.ts';
import type { Sink } from './fields.ts';
import { PatternSink, ReplacementSink, TextSink } from './flat.ts';
import { evaluateText, lookup, unbound, type Looked } from './lookup.ts';
import { changeCase, lengthOf, removeMatch, replaceMatches, sliceText } from './operate.ts';
import { transform, transformAll } from './transform.ts';

/** How the words behind an operator are expanded: by the expander that called. */
export interface WordExpander {
  add(shell: Shell, sink: Sink, word: Word): void;
  addWaiting(shell: Shell, sink: Sink, word: Word): Sys;
  /** As a part of the expansion itself: its unquoted text is split. */
  addOperand(shell: Shell, sink: Sink, word: Word): void;
  addOperandWaiting(shell: Shell, sink: Sink, word: Word): Sys;
}

/** The words behind an operator, expanded. */
interface Operands {
  readonly pattern?: Bytes;
  readonly replacement?: readonly Bytes[];
  readonly offset?: Bytes;
  readonly length?: Bytes;
}

// --- the two drivers ---

export function addParameter(words: WordExpander, shell: Shell, sink: Sink, parameter: Parameter, isQuoted: boolean): void {
  const { operation } = parameter;
  const looked = find(shell, parameter, parameter.index && textNow(words, shell, parameter.index));
  if (operation?.kind === 'default') {
    if (!usesWord(looked, operation)) addLooked(shell, sink, parameter, looked, isQuoted, operation.test === '+');
    else if (operation.test === '-' || operation.test === '+') addOperandWord(words, shell, sink, operation.word, isQuoted);
    else assignOrFail(sink, looked, operation, textNow(words, shell, operation.word), isQuoted);
    return;
  }
  const operands: Operands = operation
    ? {
        ...('pattern' in operation && operation.pattern && { pattern: patternNow(words, shell, operation.pattern) }),
        ...(operation.kind === 'replace' && { replacement: replacementNow(words, shell, operation.replacement) }),
        ...(operation.kind === 'slice' && {
          offset: textNow(words, shell, operation.offset),
          ...(operation.length && { length: textNow(words, shell, operation.length) }),
        }),
      }
    : {};
  finish(shell, sink, parameter, looked, operands, isQuoted);
}

export function* addParameterWaiting(words: WordExpander, shell: Shell, sink: Sink, parameter: Parameter, isQuoted: boolean): Sys {
  const { operation } = parameter;
  const looked = find(shell, parameter, parameter.index && (yield* textLater(words, shell, parameter.index)));
  if (operation?.kind === 'default') {
    if (!usesWord(looked, operation)) addLooked(shell, sink, parameter, looked, isQuoted, operation.test === '+');
    else if (operation.test === '-' || operation.test === '+') yield* addOperandWordLater(words, shell, sink, operation.word, isQuoted);
    else assignOrFail(sink, looked, operation, yield* textLater(words, shell, operation.word), isQuoted);
    return;
  }
  let operands: Operands = {};
  if (operation && 'pattern' in operation && operation.pattern) operands = { ...operands, pattern: yield* patternLater(words, shell, operation.pattern) };
  if (operation?.kind === 'replace') operands = { ...operands, replacement: yield* replacementLater(words, shell, operation.replacement) };
  if (operation?.kind === 'slice') {
    operands = { ...operands, offset: yield* textLater(words, shell, operation.offset) };
    if (operation.length) operands = { ...operands, length: yield* textLater(words, shell, operation.length) };
  }
  finish(shell, sink, parameter, looked, operands, isQuoted);
}

function textNow(words: WordExpander, shell: Shell, word: Word): Bytes {
  const sink = new TextSink();
  words.add(shell, sink, word);
  return sink.text;
}
function* textLater(words: WordExpander, shell: Shell, word: Word): Sys<Bytes> {
  const sink = new TextSink();
  yield* words.addWaiting(shell, sink, word);
  return sink.text;
}
function patternNow(words: WordExpander, shell: Shell, word: Word): Bytes {
  const sink = new PatternSink();
  words.add(shell, sink, word);
  return sink.text;
}
function* patternLater(words: WordExpander, shell: Shell, word: Word): Sys<Bytes> {
  const sink = new PatternSink();
  yield* words.addWaiting(shell, sink, word);
  return sink.text;
}
function replacementNow(words: WordExpander, shell: Shell, word: Word): readonly Bytes[] {
  const sink = new ReplacementSink(shell.options.has('patsub_replacement'));
  words.add(shell, sink, word);
  return sink.parts;
}
function* replacementLater(words: WordExpander, shell: Shell, word: Word): Sys<readonly Bytes[]> {
  const sink = new ReplacementSink(shell.options.has('patsub_replacement'));
  yield* words.addWaiting(shell, sink, word);
  return sink.parts;
}
/** `"${x:-}"` is an empty field, not none. */
function addOperandWord(words: WordExpander, shell: Shell, sink: Sink, word: Word, isQuoted: boolean): void {
  if (isQuoted && word.pieces.length === 0) sink.quotedExpansion('');
  else words.addOperand(shell, sink, word);
}
function* addOperandWordLater(words: WordExpander, shell: Shell, sink: Sink, word: Word, isQuoted: boolean): Sys {
  if (isQuoted && word.pieces.length === 0) sink.quotedExpansion('');
  else yield* words.addOperandWaiting(shell, sink, word);
}

// --- the steps ---

/** The parameter's value, through `${!name}` where that is asked. */
function find(shell: Shell, parameter: Parameter, index: Bytes | undefined): Looked {
  const { operation, prefix, name, all } = parameter;
  // Of what is not set nothing is made, whatever was wanted.
  if (operation?.kind === 'bad' && /^\$\{[A-Za-z_]\w*@/.test(parameter.text) && lookup(shell, name, index, all).value === undefined)
    return lookup(shell, name, index, all);
  if (operation?.kind === 'bad' || (name === '' && operation?.kind !== 'names')) throw new ShellFailure(`${parameter.text}: bad substitution`, 'discard');
  if (operation?.kind === 'names') return namesWith(shell, name, operation.joined);
  if (prefix !== '!') return lookup(shell, name, index, all);
  if (all && name !== '@' && name !== '*') {
    const looked = lookup(shell, name, undefined, all);
    if (!operation) return { ...looked, values: looked.keys ?? [] };
  }
  const { variable } = shell.variables.resolve(name);
  const own = shell.variables.find(name);
  if (own?.reference && index === undefined && !operation)
    return { ...lookup(shell, name, undefined, undefined), value: typeof own.value === 'string' ? own.value : '' };
  const target = lookup(shell, name, index, all);
  const reference = target.values ? target.values.join(' ') : target.value;
  if (reference === undefined || reference === '') {
    if (!variable && !/^[\d@*#?$!_-]/.test(name) && operation?.kind !== 'default') throw new ShellFailure(`${name}: invalid indirect expansion`, 'discard');
    if (operation?.kind === 'default') return { ...target, value: undefined };
    throw new ShellFailure(`${reference ?? name}: invalid ${reference === undefined ? 'indirect expansion' : 'variable name'}`, 'discard');
  }
  const match = /^(?:([A-Za-z_]\w*)(?:\[([\s\S]*)\])?|(\d+|[@*#?$!-]))$/.exec(reference);
  if (!match) throw new ShellFailure(`${reference}: invalid variable name`, 'discard');
  const [, identifier, subscript, special] = match;
  if (special !== undefined) return lookup(shell, special, undefined, special === '@' || special === '*' ? special : undefined);
  const isAll = subscript === '@' || subscript === '*';
  return lookup(shell, identifier ?? '', isAll ? undefined : subscript, isAll ? subscript : undefined);
}

function namesWith(shell: Shell, prefix: Bytes, _joined: boolean): Looked {
  const names = shell.variables.list().flatMap((variable) => (variable.name.startsWith(prefix) && variable.isSet ? [variable.name] : []));
  return { value: undefined, values: names, keys: undefined, label: prefix, variable: undefined, assign: () => undefined };
}

function usesWord(looked: Looked, operation: ParameterOperation & { kind: 'default' }): boolean {
  const { values, value } = looked;
  const isSet = values ? values.length > 0 : value !== undefined;
  const isEmpty = values ? values.length === 0 || (values.length === 1 && values[0] === '') : value === '' || value === undefined;
  const isThere = operation.alsoEmpty ? isSet && !isEmpty : isSet;
  return operation.test === '+' ? isThere : !isThere;
}

function assignOrFail(sink: Sink, looked: Looked, operation: ParameterOperation & { kind: 'default' }, text: Bytes, isQuoted: boolean): void {
  if (operation.test === '=') {
    looked.assign(text);
    addOne(sink, text, isQuoted);
    return;
  }
  const words = text !== '' || operation.word.text !== '' ? text : operation.alsoEmpty ? 'parameter null or not set' : 'parameter not set';
  throw new ShellFailure(`${looked.label.replace(/^\$/, '')}: ${words}`, 'exit', 127);
}

function addOne(sink: Sink, text: Bytes, isQuoted: boolean): void {
  if (isQuoted) sink.quotedExpansion(text);
  else sink.expanded(text);
}

function addAll(shell: Shell, sink: Sink, values: readonly Bytes[], all: '@' | '*', isQuoted: boolean): void {
  const ifs = shell.getVariable('IFS');
  const glue = ifs === undefined ? ' ' : ifs.charAt(0);
  if (sink.isFlat || (isQuoted && all === '*')) {
    const text = values.join(all === '*' ? glue : ' ');
    if (isQuoted) sink.quotedExpansion(text);
    else sink.expanded(text);
    return;
  }
  if (values.length === 0) {
    if (isQuoted) sink.nothing();
    return;
  }
  values.forEach((value, i) => {
    if (i > 0) {
      if (isQuoted) sink.separate();
      else sink.separateExpanded();
    }
    if (isQuoted) sink.quoted(value);
    else sink.expanded(value);
  });
}

/** The value as it is. `isAllowedUnset`: `set -u` does not mind. */
function addLooked(shell: Shell, sink: Sink, parameter: Parameter, looked: Looked, isQuoted: boolean, isReplaced: boolean): void {
  if (isReplaced) {
    // `${x+word}` of an unset x.
    if (isQuoted) addOne(sink, '', true);
    return;
  }
  if (looked.values) addAll(shell, sink, looked.values, allOf(parameter), isQuoted);
  else addOne(sink, looked.value ?? '', isQuoted);
}

function allOf(parameter: Parameter): '@' | '*' {
  if (parameter.operation?.kind === 'names') return parameter.operation.joined ? '*' : '@';
  return parameter.all ?? '@';
}

function finish(shell: Shell, sink: Sink, parameter: Parameter, looked: Looked, operands: Operands, isQuoted: boolean): void {
  const { operation, prefix } = parameter;
  if (looked.value === undefined && looked.values === undefined) {
    if (shell.options.nounset && !(operation?.kind === 'transform' && 'aA'.includes(operation.letter))) throw unbound(looked.label);
  }
  if (prefix === '#' && !operation) {
    const array = looked.variable?.current;
    const isDeclared = typeof array === 'object' && !array.isBlank;
    if (shell.options.nounset && looked.values?.length === 0 && !isDeclared && /^\w/.test(parameter.name)) throw unbound(parameter.name);
    const count = looked.values ? looked.values.length : lengthOf(shell, looked.value ?? '');
    addOne(sink, String(count), isQuoted);
    return;
  }
  if (!operation || operation.kind === 'names') {
    if (looked.values) addAll(shell, sink, looked.values, allOf(parameter), isQuoted);
    else addOne(sink, looked.value ?? '', isQuoted);
    return;
  }
  if (operation.kind === 'slice' && looked.values) {
    addAll(shell, sink, sliceAll(shell, looked, operands), allOf(parameter), isQuoted);
    return;
  }
  if (operation.kind === 'transform' && looked.values) {
    addAll(shell, sink, transformAll(shell, operation.letter, looked), allOf(parameter), isQuoted);
    return;
  }
  if (looked.values) {
    const { values } = looked;
    addAll(
      shell,
      sink,
      values.map((value) => apply(shell, parameter, operation, value, operands, looked)),
      allOf(parameter),
      isQuoted,
    );
    return;
  }
  if (looked.value === undefined && operation.kind !== 'transform') addOne(sink, '', isQuoted);
  else addOne(sink, apply(shell, parameter, operation, looked.value, operands, looked), isQuoted);
}

function apply(shell: Shell, parameter: Parameter, operation: ParameterOperation, value: Bytes | undefined, operands: Operands, looked: Looked): Bytes {
  switch (operation.kind) {
    case 'remove':
      return removeMatch(shell, operation, value ?? '', operands.pattern ?? '');
    case 'replace':
      return replaceMatches(shell, operation.where, value ?? '', operands.pattern ?? '', operands.replacement ?? ['']);
    case 'case':
      return changeCase(shell, operation, value ?? '', operands.pattern);
    case 'slice': {
      const { offset, length } = bounds(shell, operands);
      const piece = sliceText(shell, value ?? '', offset, length);
      if (piece === undefined) throw new ShellFailure(`${operands.length ?? ''}: substring expression < 0`, 'discard');
      return piece;
    }
    case 'transform':
      return transform(shell, operation.letter, parameter.name, value, looked);
    default:
      return value ?? '';
  }
}

function bounds(shell: Shell, operands: Operands): { readonly offset: number; readonly length: number | undefined } {
  const number = (text: Bytes): number => Number(formatInt(evaluateText(shell, text)));
  return { offset: number(operands.offset ?? ''), length: operands.length === undefined ? undefined : number(operands.length) };
}

/** Of an indexed array by index, of positional parameters with `$0` first, of an associative array by order. */
function sliceAll(shell: Shell, looked: Looked, operands: Operands): readonly Bytes[] {
  const { offset, length } = bounds(shell, operands);
  const values = looked.values ?? [];
  const isPositional = looked.keys === undefined;
  const all = isPositional ? [shell.name, ...values] : values;
  let rest: readonly Bytes[];
  if (isPositional) {
    const start = offset < 0 ? all.length + offset : offset;
    rest = start < 0 ? [] : all.slice(start);
  } else if (looked.variable?.current instanceof AssociativeArray) rest = offset < 0 ? all.slice(offset) : all.slice(Math.max(0, offset - 1));
  else {
    const keys = looked.keys.map(Number);
    const last = keys.length === 0 ? -1 : keys[keys.length - 1];
    const from = offset < 0 ? Number(last) + 1 + offset : offset;
    rest = from < 0 ? [] : all.filter((_value, i) => (keys[i] ?? 0) >= from);
  }
  if (length === undefined) return rest;
  if (length < 0) {
    if (values.length === 0) return [];
    throw new ShellFailure(`${operands.length ?? ''}: substring expression < 0`, 'discard');
  }
  return rest.slice(0, length);
}
