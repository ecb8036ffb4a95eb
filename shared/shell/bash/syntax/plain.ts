/**
 * Text as a shell without bash's syntax reads it. Words that mean something to bash alone are marked as plain words, operators it has of its own are
 * taken apart; what cannot be read at all is a mistake at its place. Works on what the parser found, so quotes and here-documents are safe.
 */
import { parse, type ParsedScript } from 'unbash';
import type { Bytes } from '../../../base/index.ts';
import type { Dialect } from '../dialect.ts';

/** A mistake that only these shells make of it. */
export interface Refusal {
  readonly pos: number;
  readonly words: string;
}

interface Edit {
  readonly pos: number;
  readonly length: number;
  readonly text: Bytes;
}
type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly pos: number; readonly end: number };

/** Nothing in a text without these is anybody's but POSIX's. */
const SUSPECT = /\[\[|\(\(|\b(?:function|select|coproc|time|for)\b|&>|\|&|\$['"]|\+=|\]=|<<<|[<>]\(|=\(|;;?&|[@+!?*]\(/;
/** Each turn changes what the parser found first; more of it than this stays as it is. */
const MOST_EDITS = 200;

export function plainText(text: Bytes, dialect: Dialect): { readonly text: Bytes; readonly script: ParsedScript; readonly refusal: Refusal | undefined } {
  let plain = text;
  let script = parse(plain);
  for (let count = 0; SUSPECT.test(plain) && count < MOST_EDITS; count++) {
    const edit = firstOf(plain, script, (node) => editOf(plain, node, dialect));
    if (!edit) break;
    plain = plain.slice(0, edit.pos) + edit.text + plain.slice(edit.pos + edit.length);
    script = parse(plain);
  }
  return { text: plain, script, refusal: SUSPECT.test(plain) ? firstOf(plain, script, (node) => refusalOf(plain, node)) : undefined };
}

function firstOf<T extends { readonly pos: number }>(text: Bytes, script: ParsedScript, of: (node: Node) => T | undefined): T | undefined {
  let first: T | undefined;
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && 'pos' in value) {
      const found = of(value as Node);
      if (found && found.pos < (first?.pos ?? Infinity)) first = found;
    }
    // A script of backquotes stands in a text of its own.
    if ('source' in value && typeof value.source === 'string' && value.source !== text) return;
    Object.values(value).forEach(visit);
    // Parts of words are found when they are asked for.
    if ('parts' in value) visit(value.parts);
  };
  visit(script.commands);
  return first;
}

const insert = (pos: number, text: Bytes): Edit => ({ pos, length: 0, text });

function editOf(text: Bytes, node: Node, dialect: Dialect): Edit | undefined {
  const isDash = dialect === 'dash';
  switch (node.type) {
    case 'TestCommand':
      return isDash ? insert(node.pos, '\\') : undefined;
    case 'ArithmeticCommand':
      return text.startsWith('((', node.pos)
        ? { pos: node.pos, length: node.end - node.pos, text: `( ( ${text.slice(node.pos + 2, node.end - 2)} ) )` }
        : undefined;
    case 'Function':
      return text.startsWith('function', node.pos) ? insert(node.pos, '\\') : undefined;
    case 'Select':
    case 'Coproc':
      return insert(node.pos, '\\');
    case 'Time':
      return insert(node.pos, '\\');
    case 'AnsiCQuoted':
    case 'LocaleString':
      return isDash ? insert(node.pos, '\\') : undefined;
    case 'Assignment':
      if (node['append'] === true) return insert(node.pos + Math.max(0, text.slice(node.pos, node.end).indexOf('+=')), '\\');
      return node['index'] === undefined ? undefined : insert(text.indexOf('[', node.pos), '\\');
    default:
      break;
  }
  const operator = node['operator'];
  if (isDash && (operator === '&>' || operator === '&>>')) return { pos: node.pos, length: operator.length, text: operator === '&>' ? '& >' : '& >>' };
  return undefined;
}

function refusalOf(text: Bytes, node: Node): Refusal | undefined {
  const parenthesis = (pos: number): Refusal => ({ pos, words: "syntax error near unexpected token `('" });
  switch (node.type) {
    case 'ArithmeticFor':
      return { pos: node.pos, words: 'Bad for loop variable' };
    case 'ProcessSubstitution':
    case 'ExtendedGlob':
      return parenthesis(node.pos);
    case 'Assignment':
      return typeof node['value'] === 'object' && (node['value'] as Node).type !== 'Word' ? parenthesis(node.pos) : undefined;
    case 'For':
      return /^[A-Za-z_]\w*$/.test((node['name'] as { text: string }).text) ? undefined : { pos: node.pos, words: 'Bad for loop variable' };
    case 'Pipeline': {
      const operators = node['operators'] as readonly string[];
      if (!operators.includes('|&')) return undefined;
      return { pos: text.indexOf('|&', node.pos), words: "syntax error near unexpected token `&'" };
    }
    case 'CaseItem':
      return node['terminator'] === ';&' || node['terminator'] === ';;&' ? { pos: node.end, words: "syntax error near unexpected token `&'" } : undefined;
    default:
      return node['operator'] === '<<<' ? { pos: node.pos, words: 'redirection unexpected' } : undefined;
  }
}
