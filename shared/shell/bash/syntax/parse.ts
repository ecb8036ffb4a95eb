/**
 * From the text of a script to the commands that bash would read from it, one complete command after the other, up to the first syntax error; and
 * that error in bash's words (bash 5.2, parse.y). A script runs until it reaches its mistake, so whoever runs it needs both.
 * Patterns like `@(a|b)` are read everywhere: whoever runs a unit looks whether `shopt -s extglob` came before it.
 */
import { parse, type HereDoc, type ParsedScript, type ParseError, type Statement } from 'unbash';
import type { Bytes } from '../../../base/index.ts';
import { syntaxWords, type Dialect } from '../dialect.ts';
import { conditionProblem } from './condition.ts';
import { Lowering, SourceText, type Problem } from './lower.ts';
import { parseQuoted } from './lower-word.ts';
import { plainText } from './plain.ts';
import type { List, Word } from './tree.ts';

/** What bash reads at once: the commands up to the end of a line. */
export interface Unit {
  readonly list: List;
  readonly line: number;
  readonly text: Bytes;
  /** Where it begins and ends in the text that was parsed. */
  readonly start: number;
  readonly end: number;
  readonly openDocuments: readonly OpenDocument[];
  /** The mistake that extended patterns in it are without `shopt -s extglob`. */
  readonly withoutExtglob: SyntaxProblem | undefined;
}

/** A here-document whose end is missing: the end that was wanted, and the line that was read before it began. */
export interface OpenDocument {
  readonly end: Bytes;
  readonly line: number;
}

export interface SyntaxProblem {
  readonly line: number;
  /** `syntax error near unexpected token `)'`. */
  readonly message: string;
  /** The line that bash shows below it, if it does. */
  readonly shown: Bytes | undefined;
  /** More text could make it right: the end was reached too early. */
  readonly isIncomplete: boolean;
  /** `$?` after it; undefined leaves that of the command before. */
  readonly status: number | undefined;
  /** What is said first. */
  readonly before?: { readonly line: number; readonly message: string };
  /** Those that were read before it was found. */
  readonly openDocuments?: readonly OpenDocument[];
}

export interface Parsed {
  readonly units: readonly Unit[];
  readonly problem: SyntaxProblem | undefined;
}

/** Whether more lines could belong to what was read: it broke off, a here-document has no end, the last line goes on. */
export const isUnfinished = (text: Bytes, parsed: Parsed): boolean =>
  parsed.problem?.isIncomplete === true || /(^|[^\\])(\\\\)*\\\n?$/.test(text) || parsed.units.some((unit) => unit.openDocuments.length > 0);

export interface ParseOptions {
  readonly firstLine?: number;
  /** Every line counts as the first: `eval` in a prompt, a trap. */
  readonly isFlat?: boolean;
  /** Whose syntax it is; bash's unless told. */
  readonly dialect?: Dialect;
}

export function parseScript(given: Bytes, options: ParseOptions = {}): Parsed {
  const { dialect = 'bash' } = options;
  const { text, script, refusal } = dialect === 'bash' ? { text: given, script: parse(given), refusal: undefined } : plainText(given, dialect);
  const source = new SourceText(text, options.firstLine ?? 1, options.isFlat ?? false);
  const problems: Problem[] = [];
  const documents = text.includes('<<') ? openDocuments(source, script) : [];
  const units: Unit[] = [];
  let error: Problem | undefined = script.errors?.[0] ?? openBracket(text);
  const isRefused = refusal !== undefined && (!error || refusal.pos < error.pos);
  if (isRefused) error = { message: '', pos: refusal.pos };
  const condition = error && dialect !== 'dash' ? brokenCondition(text, source, script) : undefined;
  const cut = condition
    ? completeBefore(text, script.commands, { message: '', pos: condition.pos })
    : error
      ? completeBefore(text, script.commands, error)
      : script.commands.length;
  for (let at = 0; at < cut;) {
    let end = at + 1;
    while (end < cut && joined(text, script.commands[end - 1], script.commands[end])) end++;
    const group = script.commands.slice(at, end);
    const lowering = new Lowering(source, problems, [], dialect === 'dash');
    const list = lowering.list(group);
    const [problem] = problems;
    if (problem) {
      error = problem;
      break;
    }
    const [first] = group;
    const last = group.at(-1);
    if (first && last)
      units.push({
        list,
        line: source.lineAt(first.pos),
        text: text.slice(first.pos, last.end),
        start: first.pos,
        end: last.end,
        openDocuments: documents.filter(({ pos }) => pos >= first.pos && pos < last.end),
        withoutExtglob: lowering.extended[0] === undefined ? undefined : near('(', lowering.extended[0], text, source),
      });
    at = end;
  }
  if (!error) return { units, problem: undefined };
  const from = units.at(-1)?.end ?? 0;
  const problem = isRefused
    ? { line: source.lineAt(refusal.pos), message: refusal.words, shown: undefined, isIncomplete: false, status: 2 }
    : (condition?.problem ?? describe(text, source, error, script));
  const missing = /^expected '([^']+)'/.exec(error.message)?.[1];
  const worded = dialect === 'bash' ? problem : plainProblem(dialect, text, problem, missing);
  return { units, problem: { ...worded, openDocuments: documents.filter(({ pos }) => pos >= from) } };
}

/** The mistake as dash and ash tell it: where a text ends without a newline they count no line more, and miss the end, not a newline. */
function plainProblem(dialect: Dialect, text: Bytes, problem: SyntaxProblem, missing: string | undefined): SyntaxProblem {
  const isNewline = problem.message.endsWith("`newline'");
  const isOpen = isNewline && /(?:^|[;&|\n])\s*[\w.-]+[ \t]*\(\s*$/.test(text);
  const isLoop = isNewline && /(?:^|[\s;&|(])for\s*$/m.test(text);
  const isEnd = isNewline && !text.trimEnd().includes('\n') && !text.endsWith('\n');
  const message = isLoop ? 'Bad for loop variable' : isEnd ? 'unexpected end of file' : problem.message;
  const last = text.split('\n').length;
  return {
    ...problem,
    line: text.endsWith('\n') ? problem.line : Math.min(problem.line, last),
    message: syntaxWords(dialect, message, isOpen || missing === 'esac' ? ')' : isEnd ? undefined : missing),
    shown: undefined,
    status: 2,
  };
}

/** `$[` without its `]`, which the parser takes for text. */
function openBracket(text: Bytes): ParseError | undefined {
  if (!text.includes('$[')) return undefined;
  const plain = text.replace(/\\[^]|'[^']*'/g, (part) => ' '.repeat(part.length));
  const pos = plain.lastIndexOf('$[');
  return pos < 0 || plain.includes(']', pos) ? undefined : { message: 'unterminated bracket', pos };
}

/** Whether two commands stand on one line, so that bash reads both before it runs the first. */
function joined(text: Bytes, before: Statement | undefined, after: Statement | undefined): boolean {
  return before !== undefined && after !== undefined && !text.slice(before.end, after.pos).includes('\n');
}

/** A command whose end never came has none in the parser's tree. */
function isBroken(node: { readonly pos: number; readonly end: number }): boolean {
  const inner = [...('body' in node ? [node.body] : []), ...('commands' in node && Array.isArray(node.commands) ? (node.commands as unknown[]) : [])];
  const isNode = (value: unknown): value is { readonly pos: number; readonly end: number } =>
    typeof value === 'object' && value !== null && 'end' in value && 'pos' in value;
  return node.end <= node.pos || inner.some((each) => isNode(each) && isBroken(each));
}

/** How many statements are whole before a mistake: those on its own line are not run. */
function completeBefore(text: Bytes, statements: readonly Statement[], error: ParseError): number {
  let count = statements.findLastIndex((statement) => statement.pos <= error.pos) + 1;
  const last = statements[count - 1];
  if (!last) return 0;
  if (error.message.startsWith('unexpected token') && !isBroken(last.command) && text.slice(last.end, error.pos).includes('\n')) return count;
  count--;
  while (count > 0 && joined(text, statements[count - 1], statements[count])) count--;
  return count;
}

/** Looks through a whole tree: only where `<<` is in the text. */
function openDocuments(source: SourceText, script: ParsedScript): (OpenDocument & { readonly pos: number })[] {
  const found: (OpenDocument & { readonly pos: number })[] = [];
  const isDocument = (value: object): value is HereDoc => 'type' in value && value.type === 'HereDoc';
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isDocument(value) && value.closing === undefined && value.delimiter)
      found.push({ end: value.delimiter.value, line: source.lineAt(value.body.pos) - 1, pos: value.pos });
    Object.values(value).forEach(visit);
    // Parts of words are found when they are asked for.
    if ('parts' in value) visit(value.parts);
  };
  visit(script.commands);
  return found;
}

const OPERATOR = /^(?:;;&|;;|;&|&&|\|\||\|&|&>>|&>|<<<|<<-|<<|<&|<>|<\(|>>|>&|>\||>\(|[;&|()<>])/;

/** Bash's words for the first mistake. */
function describe(text: Bytes, source: SourceText, first: Problem, script: ParsedScript): SyntaxProblem {
  const all = script.errors ?? [];
  const atEnd = (message: string, line = source.lineAt(text.length) + (text.endsWith('\n') ? 0 : 1)): SyntaxProblem => ({
    line,
    message,
    shown: undefined,
    isIncomplete: true,
    status: 2,
  });
  // A parenthesis inside an array's is a mistake before the end is missed.
  const list = first.message === 'unterminated extended glob' ? /^[^=]*=\(\s*\(/.exec(text.slice(Math.max(0, text.lastIndexOf('\n', first.pos) + 1))) : null;
  if (list) return { ...near('(', source.lineAt(first.pos), text, source), status: 1 };
  const unterminated = /^unterminated (.*)$/.exec(first.message)?.[1];
  if (unterminated !== undefined) {
    const closer = CLOSERS.find(([pattern]) => pattern.test(unterminated))?.[1] ?? ')';
    // bash reads a command substitution to the end before it misses the parenthesis
    const isRead = (unterminated.startsWith('command') && !text.startsWith('$((', first.pos)) || unterminated.startsWith('process');
    const nested = all.some((other) => other !== first && other.message.startsWith('unterminated command'));
    if (nested) return atEnd("unexpected EOF while looking for matching `)'");
    const problem = atEnd(`unexpected EOF while looking for matching \`${closer}'`, isRead ? undefined : source.lineAt(first.pos));
    return unterminated.startsWith('extended') ? { ...problem, status: 1 } : problem;
  }
  const pos = placeOf(text, first, all);
  const isNamed =
    /(?:^|[\s;&|(])(?:for|select|case|function|coproc)$/.test(text.slice(0, first.pos).trimEnd()) && /^[ \t]*(?:\n|$)/.test(text.slice(first.pos));
  if (isNamed || (first.message === 'unexpected token' && /^(?:\n|$)/.test(text.slice(first.pos))))
    return near('newline', source.lineAt(first.pos), text, source);
  const isTarget = first.message.startsWith('expected redirect target');
  if (isTarget && (pos >= text.length || text.charAt(pos) === '\n')) return near('newline', source.lineAt(pos), text, source);
  if (pos >= text.length) return atEnd('syntax error: unexpected end of file');
  const token = OPERATOR.exec(text.slice(pos, pos + 3))?.[0] ?? /^[^\s;&|()<>]+/.exec(text.slice(pos))?.[0] ?? text.charAt(pos);
  return near(token, source.lineAt(pos), text, source);
}

/** The first mistake is inside of a `[[ … ]]`, which has words of its own; bash leaves `$?` as it was then. */
function brokenCondition(text: Bytes, source: SourceText, script: ParsedScript): { readonly pos: number; readonly problem: SyntaxProblem } | undefined {
  const [first, second] = script.errors ?? [];
  if (!first || !/'\[\['|test group|after unary/.test(`${first.message} ${second?.message ?? ''}`)) return undefined;
  for (let open = text.lastIndexOf('[[', first.pos); open >= 0; open = open === 0 ? -1 : text.lastIndexOf('[[', open - 1)) {
    if (!/(^|[\s;&|({!])$/.test(text.slice(Math.max(0, open - 1), open)) || !/\s/.test(text.charAt(open + 2))) continue;
    const found = conditionProblem(text, open);
    if (!found) return undefined;
    const end = source.lineAt(text.length) + (text.endsWith('\n') ? 0 : 1);
    const problem: SyntaxProblem = {
      line: found.isAtEnd ? end : source.lineAt(found.pos),
      message: found.message,
      shown: undefined,
      isIncomplete: found.isAtEnd ?? false,
      status: found.isAtEnd || found.message.includes('`newline') ? 2 : undefined,
    };
    if (found.openParenthesis === undefined) return { pos: open, problem };
    return {
      pos: open,
      problem: { ...problem, before: { line: source.lineAt(found.openParenthesis), message: "unexpected EOF while looking for matching `)'" } },
    };
  }
  return undefined;
}

/** Where the token is that bash stumbles over. */
function placeOf(text: Bytes, first: Problem, all: readonly Problem[]): number {
  let { pos } = first;
  if (/^expected command in (brace group|subshell)/.test(first.message)) pos++;
  // A keyword that is missing is missed when the token in its place has been read; where the text ends there is none.
  if (/^expected '(do|then|in)'/.test(first.message) && (all.length === 1 || /'else'$/.test(all[1]?.message ?? '')) && all[0] === first) {
    const before = /[^\s;&|()<>]+$/.exec(text.slice(0, pos).trimEnd())?.[0];
    if (before !== undefined) return text.slice(0, pos).trimEnd().length - before.length;
  }
  const skips = first.message.startsWith('expected redirect target') ? /[ \t]/ : /[ \t\n]/;
  while (pos < text.length && skips.test(text.charAt(pos))) pos++;
  return pos;
}

function near(token: Bytes, line: number, text: Bytes, source: SourceText): SyntaxProblem {
  return {
    line,
    message: `syntax error near unexpected token \`${token}'`,
    shown: text.split('\n')[line - source.firstLine] ?? '',
    isIncomplete: false,
    status: 2,
  };
}

const CLOSERS: readonly (readonly [RegExp, string])[] = [
  [/^bracket/, ']'],
  [/^double/, '"'],
  [/^single|^ansi/i, "'"],
  [/^backtick/, '`'],
  [/^parameter/, '}'],
];

/** A text that is expanded as if inside double quotes: PS1, PS4. */
export const parseText = (text: Bytes, line: number): Word => parseQuoted(text, new Lowering(new SourceText('', line, true), []));
