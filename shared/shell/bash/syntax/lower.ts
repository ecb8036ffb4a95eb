/** From unbash's commands to ours. The only file besides `lower-word.ts` and `parse.ts` that knows unbash's tree. */
import type * as Unbash from 'unbash';
import type { Bytes } from '../../../base/index.ts';
import { finishWord, lowerArithmetic, lowerQuoted, lowerWord, literalWord, parseQuoted, type ScriptLowering } from './lower-word.ts';
import type { ArrayElement, Assignment, Command, Item, List, Redirect, TestExpression, Word } from './tree.ts';

/** A text and the lines in it. */
export class SourceText {
  private starts: number[] | undefined = undefined;
  constructor(
    readonly text: Bytes,
    /** Number of its first line. */
    readonly firstLine: number,
    /** Everything counts as its first line. */
    private readonly isFlat: boolean,
  ) {}
  lineAt(pos: number): number {
    if (this.isFlat) return this.firstLine;
    const starts = (this.starts ??= this.findStarts());
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= pos) low = middle;
      else high = middle - 1;
    }
    return this.firstLine + low;
  }
  private findStarts(): number[] {
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
}

/** How a mistake inside a substitution is known to whoever asked for the lowering. */
export type Problem = { readonly message: string; readonly pos: number };

export class Lowering implements ScriptLowering {
  /** The line of the command that is being lowered, for text parsed apart. */
  private line: number;

  constructor(
    private readonly source: SourceText,
    readonly problems: Problem[],
    /** Lines on which extended patterns stand that are read as such only under `shopt -s extglob`: those outside of `[[ ]]`. */
    readonly extended: number[] = [],
    /** Without bash's operators in `${}`. */
    readonly isPlain = false,
  ) {
    this.line = source.firstLine;
  }
  private isInTest = false;
  sawExtended(pos: number): void {
    if (!this.isInTest) this.extended.push(this.source.lineAt(pos));
  }
  apart(): ScriptLowering {
    return new Lowering(new SourceText('', this.line, true), this.problems, this.extended, this.isPlain);
  }
  lower(script: Unbash.ParsedScript | undefined, _text: Bytes): List {
    if (!script) return [];
    for (const error of script.errors ?? []) this.problems.push(error);
    if (script.source === undefined) return this.list(script.commands);
    return new Lowering(new SourceText(script.source, this.line, false), this.problems, this.extended, this.isPlain).list(script.commands);
  }

  list(statements: readonly Unbash.Statement[]): List {
    this.checkJoints(statements);
    return statements.map((statement) => this.statement(statement));
  }
  /** A parenthesis behind words begins no command of its own, though the parser passes over it. */
  private checkJoints(statements: readonly Unbash.Statement[]): void {
    const { text } = this.source;
    for (const { command } of statements) {
      if (command.type !== 'Command' || !text.startsWith(command.name?.text ?? '', command.pos)) continue;
      const gap = /^[ \t]*\([ \t]*/.exec(text.slice(command.end, command.end + 80))?.[0];
      if (gap === undefined) continue;
      const isName = command.suffix.length === 0 && command.prefix.length === 0;
      this.problems.push({ message: 'unexpected token', pos: command.end + (isName ? gap.length : gap.indexOf('(')) });
    }
  }
  statement(statement: Unbash.Statement): Item {
    return { command: this.node(statement.command), isBackground: statement.background ?? false };
  }
  private node(node: Unbash.PipelineNode | Unbash.AndOr): Command {
    const line = this.source.lineAt(node.pos);
    this.line = line;
    if (node.type === 'AndOr')
      return { kind: 'and-or', line, redirects: [], commands: node.commands.map((command) => this.node(command)), operators: node.operators };
    if (node.type === 'Pipeline') {
      const time = node.prefixes.find((prefix) => prefix.type === 'Time');
      return {
        kind: 'pipeline',
        line,
        redirects: [],
        commands: node.commands.map((command) => this.command(command)),
        withErrors: node.operators.map((operator) => operator === '|&'),
        isNegated: node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1,
        time: !time ? 'no' : time.posix ? 'posix' : 'bash',
      };
    }
    return this.command(node);
  }
  private command(node: Unbash.CommandNode): Command {
    const line = this.source.lineAt(node.pos);
    this.line = line;
    switch (node.type) {
      case 'Command':
        return this.simple(node);
      case 'Redirected': {
        const inner = this.command(node.command);
        return { ...inner, redirects: node.redirects.map((redirect) => this.redirect(redirect)) };
      }
      case 'Function':
        return { kind: 'function', line, redirects: [], name: node.name.text, body: this.body(node.body) };
      case 'Coproc':
        return { kind: 'coproc', line, redirects: [], name: node.name?.text ?? 'COPROC', body: this.body(node.body) };
      default:
        return this.compound(node, line);
    }
  }
  private body(node: Unbash.Function['body'] | Unbash.Coproc['body']): Command {
    return node.type === 'CompoundList' ? { kind: 'group', line: this.line, redirects: [], body: this.list(node.commands) } : this.command(node);
  }
  private compound(node: Unbash.CompoundCommand, line: number): Command {
    const base = { line, redirects: [] };
    switch (node.type) {
      case 'If':
        return {
          ...base,
          kind: 'if',
          branches: [node, ...node.elif].map((branch) => ({ condition: this.list(branch.clause.commands), body: this.list(branch.then.commands) })),
          otherwise: node.else && this.list(node.else.commands),
        };
      case 'While':
        return { ...base, kind: 'while', isUntil: node.kind === 'until', condition: this.list(node.clause.commands), body: this.list(node.body.commands) };
      case 'For':
      case 'Select':
        return {
          ...base,
          kind: node.type === 'For' ? 'for' : 'select',
          name: node.name.text,
          words: node.wordlist?.map((word) => this.word(word)),
          body: this.list(node.body.commands),
        };
      case 'ArithmeticFor':
        return {
          ...base,
          kind: 'arithmetic-for',
          ...this.forHeader(node),
          body: this.list(node.body.commands),
        };
      case 'Case':
        return {
          ...base,
          kind: 'case',
          word: this.word(node.word),
          items: node.items.map((item) => ({
            patterns: item.pattern.map((word) => this.word(word)),
            body: this.list(item.body.commands),
            end: item.terminator ?? ';;',
          })),
        };
      case 'Subshell':
        return { ...base, kind: 'subshell', body: this.list(node.body.commands) };
      case 'BraceGroup':
        return { ...base, kind: 'group', body: this.list(node.body.commands) };
      case 'TestCommand':
        return { ...base, kind: 'test', expression: this.condition(node.expression) };
      case 'ArithmeticCommand':
        return { ...base, kind: 'arithmetic', expression: lowerArithmetic(node.body, this) };
    }
  }
  /** The three parts of `for ((a; b; c))` as text: they are expanded before they are read. */
  private forHeader(node: Unbash.ArithmeticFor): { initialize: Word | undefined; test: Word | undefined; update: Word | undefined } {
    const part = (expression: Unbash.ArithmeticExpression | undefined): Word | undefined =>
      expression && lowerArithmetic(this.source.text.slice(expression.pos, expression.end), this);
    return { initialize: part(node.initialize), test: part(node.test), update: part(node.update) };
  }
  /** bash takes the line that it has read up to when it knows the first word: where the second ends, if there is one. */
  private lineOf(node: Unbash.Command): number {
    const [first, second] = [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix];
    const element = second ?? first;
    return this.source.lineAt(element ? (element.type === 'HereDoc' ? element.pos : element.end - 1) : node.pos);
  }
  private simple(node: Unbash.Command): Command {
    const line = this.lineOf(node);
    const words: (Word | Assignment)[] = node.name ? [this.word(node.name)] : [];
    const assignments: Assignment[] = [];
    const redirects: Redirect[] = [];
    for (const part of node.prefix) {
      if (part.type === 'Assignment') assignments.push(this.assignment(part));
      else redirects.push(this.redirect(part));
    }
    for (const part of node.suffix) {
      if (part.type === 'Word') words.push(this.word(part));
      else if (part.type === 'Assignment') words.push(this.assignment(part));
      else redirects.push(this.redirect(part));
    }
    const waits = redirects.length > 0 || assignments.some(assignmentWaits) || words.some((word) => ('pieces' in word ? word.waits : assignmentWaits(word)));
    return { kind: 'simple', line, assignments, words, redirects, waits };
  }
  word(word: Unbash.Word): Word {
    return lowerWord(word, this);
  }
  private assignment(node: Unbash.Assignment): Assignment {
    const { value } = node;
    return {
      name: node.name,
      index: node.index && this.word(node.index),
      isAppend: node.append ?? false,
      value: value.type === 'Word' ? this.word(value) : value.elements.map((element) => this.element(element)),
      text: node.text,
    };
  }
  /** `[index]=value`, or a word that takes the next index. */
  private element(word: Unbash.Word): ArrayElement {
    const plain = this.word(word);
    if (!word.text.startsWith('[')) return { index: undefined, isAppend: false, value: plain };
    return splitElement(plain) ?? { index: undefined, isAppend: false, value: plain };
  }
  private redirect(node: Unbash.Redirection): Redirect {
    const base = {
      fd: node.descriptor?.type === 'FileDescriptor' ? node.descriptor.value : undefined,
      variable: node.descriptor?.type === 'FileDescriptorVariable' ? node.descriptor.name : undefined,
      delimiter: undefined,
      isQuoted: false,
      line: this.source.lineAt(node.pos),
    };
    if (node.type !== 'HereDoc') return { ...base, operator: node.operator, target: node.target ? this.word(node.target) : literalWord('') };
    const isQuoted = node.delimiter?.quoted ?? false;
    const isClosed = node.closing !== undefined;
    const text = isClosed || this.isPlain || node.body.text === '' || node.body.text.endsWith('\n') ? node.body.text : `${node.body.text}\n`;
    const body = node.operator === '<<-' ? text.replace(/^\t+/gm, '') : text;
    return {
      ...base,
      operator: node.operator,
      target: isQuoted ? literalWord(body) : body === node.body.text ? lowerQuoted(body, node.body.parts, this) : parseQuoted(body, this),
      delimiter: node.delimiter?.value ?? '',
      isQuoted,
    };
  }
  private condition(node: Unbash.TestExpression): TestExpression {
    this.isInTest = true;
    const expression = this.test(node);
    this.isInTest = false;
    return expression;
  }
  private test(node: Unbash.TestExpression): TestExpression {
    switch (node.type) {
      case 'TestUnary':
        return { kind: 'unary', operator: node.operator, operand: this.word(node.operand) };
      case 'TestBinary':
        return { kind: 'binary', operator: node.operator, left: this.word(node.left), right: this.word(node.right) };
      case 'TestLogical':
        return { kind: 'logical', operator: node.operator, operands: node.operands.map((operand) => this.test(operand)) };
      case 'TestNot':
        return node.negations.length % 2 === 1 ? { kind: 'not', operand: this.test(node.operand) } : this.test(node.operand);
      case 'TestGroup':
        return { kind: 'group', expression: this.test(node.expression) };
    }
  }
}

/** Arrays are always put together step by step. */
const assignmentWaits = ({ index, value }: Assignment): boolean => (index?.waits ?? false) || !('pieces' in value) || value.waits;

/** Takes `[index]=` or `[index]+=` off a lowered word; undefined when it does not begin so. */
function splitElement(word: Word): ArrayElement | undefined {
  let depth = 0;
  for (const [at, piece] of word.pieces.entries()) {
    if (piece.kind !== 'literal' || piece.isQuoted) continue;
    for (let i = 0; i < piece.text.length; i++) {
      const char = piece.text.charAt(i);
      if (char === '[') depth++;
      if (char !== ']' || --depth > 0) continue;
      const rest = piece.text.slice(i + 1);
      const operator = rest.startsWith('+=') ? '+=' : rest.startsWith('=') ? '=' : undefined;
      if (!operator) return undefined;
      const first = word.pieces[0];
      const head = at === 0 ? piece.text.slice(1, i) : first?.kind === 'literal' ? first.text.slice(1) : '';
      const index = at === 0 ? [unquoted(head)] : [unquoted(head), ...word.pieces.slice(1, at), unquoted(piece.text.slice(0, i))];
      return {
        index: finishWord('', index),
        isAppend: operator === '+=',
        value: finishWord('', [unquoted(rest.slice(operator.length)), ...word.pieces.slice(at + 1)]),
      };
    }
  }
  return undefined;
}
const unquoted = (text: Bytes) => ({ kind: 'literal', text, isQuoted: false }) as const;
