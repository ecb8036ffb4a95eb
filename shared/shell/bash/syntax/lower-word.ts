/** From unbash's words to ours: quoting taken apart, escapes resolved, everything that never changes computed once. */
import { parse, type ParameterExpansionPart, type ParsedScript, type Word as SourceWord, type WordPart } from 'unbash';
import type { Bytes } from '../../../base/index.ts';
import { decodeEscapes } from '../expand/escapes.ts';
import type { List, Parameter, ParameterOperation, Piece, Word } from './tree.ts';

/** Lowers the scripts of substitutions, which stand in one source. */
export interface ScriptLowering {
  lower(script: ParsedScript | undefined, text: Bytes): List;
  /** For a substitution in text that is parsed apart from its script: everything is on the line where that text begins. */
  apart(): ScriptLowering;
  /** An extended pattern begins there. */
  sawExtended(pos: number): void;
  /** Without bash's operators in `${}`. */
  readonly isPlain: boolean;
}

type Quoting = 'none' | 'double';

export function lowerWord(word: SourceWord, script: ScriptLowering, quoting: Quoting = 'none'): Word {
  return finishWord(word.text, lowerParts(word.parts, word, script, quoting));
}

/** Here-document bodies, arithmetic and prompts: expanded as inside double quotes. */
export function lowerQuoted(text: Bytes, parts: readonly WordPart[] | undefined, script: ScriptLowering): Word {
  const pieces = parts ? parts.flatMap((part) => lowerPart(part, script, 'double')) : [literal(text.replace(/\\([$`\\])|\\\n/g, '$1'), true)];
  return finishWord(text, pieces.length > 0 ? pieces : [literal('', true)]);
}

/** A word that is its own value. */
export const literalWord = (text: Bytes): Word => ({ text, pieces: [literal(text, true)], literal: text, waits: false, hasBraces: false });

const literal = (text: Bytes, isQuoted: boolean): Piece => ({ kind: 'literal', text, isQuoted });

export function finishWord(text: Bytes, pieces: readonly Piece[]): Word {
  const merged = merge(pieces);
  const isPlain = merged.every((piece) => piece.kind === 'literal' && (piece.isQuoted || !/[~*?[{(\\]/.test(piece.text)));
  return {
    text,
    pieces: merged,
    literal: isPlain && merged.length > 0 ? merged.map((piece) => (piece.kind === 'literal' ? piece.text : '')).join('') : undefined,
    waits: merged.some(pieceWaits),
    hasBraces: merged.some((piece) => piece.kind === 'literal' && !piece.isQuoted && piece.text.includes('{')),
  };
}

/** Neighbouring literals of one kind become one; an empty unquoted one says nothing. */
function merge(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'literal') {
      out.push(piece);
      continue;
    }
    if (piece.text === '' && !piece.isQuoted) continue;
    const last = out.at(-1);
    if (last?.kind === 'literal' && last.isQuoted === piece.isQuoted) out[out.length - 1] = literal(last.text + piece.text, piece.isQuoted);
    else out.push(piece);
  }
  return out;
}

function pieceWaits(piece: Piece): boolean {
  switch (piece.kind) {
    case 'literal':
      return false;
    case 'command':
    case 'process':
      return true;
    case 'arithmetic':
      return piece.expression.waits;
    case 'parameter':
      return parameterWaits(piece.parameter);
  }
}

function parameterWaits({ index, operation }: Parameter): boolean {
  if (index?.waits) return true;
  switch (operation?.kind) {
    case 'default':
      return operation.word.waits;
    case 'remove':
      return operation.pattern.waits;
    case 'replace':
      return operation.pattern.waits || operation.replacement.waits;
    case 'slice':
      return operation.offset.waits || (operation.length?.waits ?? false);
    case 'case':
      return operation.pattern?.waits ?? false;
    default:
      return false;
  }
}

function lowerParts(
  parts: readonly WordPart[] | undefined,
  whole: { readonly text: string; readonly value: string },
  script: ScriptLowering,
  quoting: Quoting,
): Piece[] {
  if (parts) return parts.flatMap((part) => lowerPart(part, script, quoting));
  return quoting === 'double' ? [literal(whole.value, true)] : unescape(whole.text);
}

/** Unquoted text: what follows a backslash is quoted, an escaped newline is nothing. */
function unescape(text: Bytes): Piece[] {
  if (!text.includes('\\')) return [literal(text, false)];
  const out: Piece[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char !== '\\') out.push(literal(char, false));
    else if (i + 1 >= text.length) out.push(literal('\\', true));
    else if (text.charAt(++i) !== '\n') out.push(literal(text.charAt(i), true));
  }
  return out;
}

function lowerPart(part: WordPart, script: ScriptLowering, quoting: Quoting): Piece[] {
  const isQuoted = quoting === 'double';
  switch (part.type) {
    case 'Literal':
      return isQuoted ? [literal(part.value.replaceAll('\\\n', ''), true)] : unescape(part.text);
    case 'SingleQuoted':
      return [literal(isQuoted ? part.text : part.value, true)];
    case 'AnsiCQuoted':
      return [literal(decodeEscapes(part.text.slice(2, -1), 'ansi').text.replace(/\0[\s\S]*$/, ''), true)];
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.length === 0 ? [literal('', true)] : part.parts.flatMap((child) => lowerPart(child, script, 'double'));
    case 'Glob':
      return part.kind === 'bracket'
        ? [literal('[', isQuoted), ...part.parts.flatMap((child) => lowerPart(child, script, quoting)), literal(']', isQuoted)]
        : [literal(part.text, isQuoted)];
    case 'ExtendedGlob': {
      script.sawExtended(part.pos);
      const inner = part.parts
        ? part.parts.flatMap((child) => lowerPart(child, script, quoting))
        : isQuoted
          ? [literal(part.pattern, true)]
          : unescape(part.pattern);
      return [literal(`${part.operator}(`, isQuoted), ...inner, literal(')', isQuoted)];
    }
    case 'BraceExpansion': {
      const inner = part.parts ? part.parts.flatMap((child) => lowerPart(child, script, quoting)) : unescape(part.text.slice(1, -1));
      return [literal('{', isQuoted), ...inner, literal('}', isQuoted)];
    }
    case 'SimpleExpansion':
      return [{ kind: 'parameter', parameter: simpleParameter(part.text), isQuoted }];
    case 'ParameterExpansion':
      return [{ kind: 'parameter', parameter: lowerParameter(part, script, quoting), isQuoted }];
    case 'CommandExpansion':
      return [{ kind: 'command', script: script.lower(part.script, part.text), isQuoted, text: part.text }];
    case 'ArithmeticExpansion':
      return [
        { kind: 'arithmetic', expression: lowerArithmetic(part.text.startsWith('$((') ? part.text.slice(3, -2) : part.text.slice(2, -1), script), isQuoted },
      ];
    case 'ProcessSubstitution':
      return [{ kind: 'process', direction: part.operator, script: script.lower(part.script, part.text), text: part.text }];
  }
}

function simpleParameter(text: Bytes): Parameter {
  const name = text.slice(1);
  return { name, prefix: '', index: undefined, all: name === '@' || name === '*' ? name : undefined, operation: undefined, text };
}

function lowerParameter(part: ParameterExpansionPart, script: ScriptLowering, quoting: Quoting): Parameter {
  const whole = part.index?.text;
  const isAll = whole === '@' || whole === '*';
  const name = part.parameter;
  return {
    name,
    prefix: part.prefix ?? '',
    index: part.index && !isAll ? lowerWord(part.index, script) : undefined,
    all: isAll ? whole : (name === '@' || name === '*') && part.prefix !== '!' ? name : undefined,
    operation: script.isPlain && isOfBash(part) ? { kind: 'bad' } : lowerOperation(part, script, quoting),
    text: part.text,
  };
}

/** What POSIX does not have: arrays, indirection, and all but defaults and the removal of patterns. */
const isOfBash = ({ index, prefix, operation }: ParameterExpansionPart): boolean =>
  index !== undefined || prefix === '!' || (operation !== undefined && operation.type !== 'Default' && operation.type !== 'Remove');

function lowerOperation(part: ParameterExpansionPart, script: ScriptLowering, quoting: Quoting): ParameterOperation | undefined {
  const { operation } = part;
  if (!operation) return part.parameter === '' ? { kind: 'bad' } : undefined;
  switch (operation.type) {
    case 'Default':
      return {
        kind: 'default',
        test: operation.operator.at(-1) as '-' | '=' | '+' | '?',
        alsoEmpty: operation.operator.startsWith(':'),
        word: lowerWord(operation.operand, script, quoting),
      };
    case 'Remove':
      return {
        kind: 'remove',
        from: operation.operator.startsWith('#') ? 'start' : 'end',
        isLongest: operation.operator.length === 2,
        pattern: lowerWord(operation.operand, script),
      };
    case 'Replace':
      return {
        kind: 'replace',
        where: ({ '/': 'first', '//': 'all', '/#': 'start', '/%': 'end' } as const)[operation.operator],
        pattern: lowerWord(operation.pattern, script),
        replacement: lowerWord(operation.replacement, script),
      };
    case 'Slice':
      return {
        kind: 'slice',
        offset: lowerArithmetic(operation.offset.text, script),
        length: operation.length && lowerArithmetic(operation.length.text, script),
      };
    case 'CaseModification':
      return {
        kind: 'case',
        to: operation.operator.startsWith('^') ? 'upper' : 'lower',
        isAll: operation.operator.length === 2,
        pattern: operation.operand && operation.operand.text !== '' ? lowerWord(operation.operand, script) : undefined,
      };
    case 'Transform':
      return operation.operand.text.length === 1 && 'QEPAKaUuLk'.includes(operation.operand.text)
        ? { kind: 'transform', letter: operation.operand.text }
        : { kind: 'bad' };
    case 'Names':
      return { kind: 'names', joined: operation.operator === '*' };
    case 'Unknown':
      return operation.operator === '~' || operation.operator === '~~'
        ? { kind: 'case', to: 'toggle', isAll: operation.operator === '~~', pattern: undefined }
        : { kind: 'bad' };
  }
}

/** No line of a script: ends the here-document that text is parsed as. */
const END = '\x01end\x01';

/** Text that is expanded as if inside double quotes, where quotes themselves mean nothing. */
export function parseQuoted(text: Bytes, script: ScriptLowering): Word {
  if (!/[$`\\]/.test(text)) return literalWord(text);
  const command = parse(`: <<${END}\n${text}\n${END}\n`).commands[0]?.command;
  const document = command?.type === 'Command' ? command.redirects[0] : undefined;
  if (document?.type !== 'HereDoc') return literalWord(text);
  const word = lowerQuoted(document.body.text, document.body.parts, script.apart());
  return trimNewline(word, text);
}

/** Without the newline that ended the here-document. */
function trimNewline(word: Word, text: Bytes): Word {
  const last = word.pieces.at(-1);
  if (last?.kind !== 'literal' || !last.text.endsWith('\n')) return { ...word, text };
  const kept = last.text.slice(0, -1);
  return finishWord(text, [...word.pieces.slice(0, -1), ...(kept === '' && word.pieces.length > 1 ? [] : [literal(kept, true)])]);
}

/** An arithmetic expression: expanded, then read. */
export const lowerArithmetic = (text: Bytes, script: ScriptLowering): Word => parseQuoted(text, script);
