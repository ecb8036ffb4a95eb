/** Compound commands: loops, branches, groups, conditions (bash(1), Compound Commands). */
import type { Bytes } from '../../../base/index.ts';
import { NEXT_TURN, type Sys } from '../../process/wait.ts';
import { isTrue } from '../arithmetic.ts';
import { IndexedArray } from '../arrays.ts';
import { expandPattern, expandShownPattern, expandRegex, expandText, expandWords } from '../expand/expand.ts';
import { evaluateText } from '../expand/lookup.ts';
import { compilePattern, type PatternOptions } from '../expand/pattern.ts';
import { ShellFailure } from '../failure.ts';
import type { MaybeSys, Shell } from '../shell.ts';
import type { Arithmetic, ArithmeticFor, Case, For, If, List, Test, TestExpression, While, Word } from '../syntax/tree.ts';
import { printTest } from '../syntax/print.ts';
import { compileRegex } from './regex.ts';
import { isTraced, trace } from './simple.ts';
import { compareNumbers, testBinary, testUnary } from './test.ts';

/** Only bash tells what it loops over and looks at. */
function* traceHead(shell: Shell, head: Bytes): Sys {
  if (shell.dialect === 'bash') yield* trace(shell, head);
}

function* text(shell: Shell, word: Word): Sys<Bytes> {
  const expanded = expandText(shell, word);
  return typeof expanded === 'string' ? expanded : yield* expanded;
}

/** The DEBUG trap runs before the head of a compound command too, which BASH_COMMAND is meanwhile. */
function* debugHead(shell: Shell, line: number, head: Bytes): Sys {
  shell.line = line;
  if (shell.traps.running.size === 0) shell.current = head;
  yield* shell.runner.trap(shell, 'DEBUG');
}

/** A list whose status only decides: its failures are no errors. */
function* condition(shell: Shell, list: List): Sys<number> {
  shell.conditions++;
  const status = yield* shell.runner.runList(shell, list);
  shell.conditions--;
  return status;
}

export function* runIf(shell: Shell, node: If): Sys<number> {
  for (const branch of node.branches) {
    const status = yield* condition(shell, branch.condition);
    if (shell.leaving) return status;
    if (status === 0) return yield* shell.runner.runList(shell, branch.body);
  }
  return node.otherwise ? yield* shell.runner.runList(shell, node.otherwise) : 0;
}

/** After a loop's body: whether the loop is over. */
function endsLoop(shell: Shell): boolean {
  const { leaving } = shell;
  if (!leaving) return false;
  if (leaving.kind !== 'break' && leaving.kind !== 'continue') return true;
  if (leaving.levels > 1) {
    leaving.levels--;
    return true;
  }
  shell.leaving = undefined;
  return leaving.kind === 'break';
}

export function* runWhile(shell: Shell, node: While): Sys<number> {
  let status = 0;
  shell.loops++;
  for (;;) {
    const test = yield* condition(shell, node.condition);
    if (shell.leaving) {
      if (endsLoop(shell)) break;
      continue;
    }
    if ((test === 0) === node.isUntil) break;
    status = yield* shell.runner.runList(shell, node.body);
    if (endsLoop(shell)) break;
    if (shell.process.spend()) yield NEXT_TURN;
  }
  shell.loops--;
  return status;
}

export function* runFor(shell: Shell, node: For): Sys<number> {
  if (!/^[A-Za-z_]\w*$/.test(node.name)) throw new ShellFailure(`\`${node.name}': not a valid identifier`, 'discard');
  const expanded = node.words ? expandWords(shell, node.words) : [...shell.positional];
  const words = Array.isArray(expanded) ? expanded : yield* expanded;
  let status = 0;
  shell.loops++;
  for (const word of words) {
    if (shell.traps.get('DEBUG') !== undefined)
      yield* debugHead(shell, node.line, `for ${node.name} in ${node.words ? node.words.map((each) => each.text).join(' ') : '"$@"'}`);
    if (isTraced(shell)) yield* traceHead(shell, `for ${node.name} in ${node.words ? node.words.map((each) => each.text).join(' ') : '"$@"'}`);
    shell.line = node.line;
    try {
      shell.assign(node.name, word);
    } catch (error) {
      if (!(error instanceof ShellFailure)) throw error;
      shell.loops--;
      throw new ShellFailure(error.words, 'command');
    }
    status = yield* shell.runner.runList(shell, node.body);
    if (endsLoop(shell)) break;
    if (shell.process.spend()) yield NEXT_TURN;
  }
  shell.loops--;
  return status;
}

export function* runArithmeticFor(shell: Shell, node: ArithmeticFor): Sys<number> {
  const later = function* (word: Word): Sys<boolean> {
    if (shell.traps.get('DEBUG') !== undefined) yield* debugHead(shell, node.line, `((${word.text}))`);
    const expression = yield* text(shell, word);
    if (isTraced(shell)) yield* trace(shell, `(( ${expression} ))`);
    return isTrue(evaluateText(shell, expression, '(('));
  };
  const nothing = function* (): Sys<boolean> {
    yield* trace(shell, '(( 1 ))');
    return true;
  };
  const step = (word: Word | undefined): MaybeSys<boolean> => {
    if (!word) return isTraced(shell) ? nothing() : true;
    shell.line = node.line;
    return word.literal === undefined || isTraced(shell) || shell.traps.get('DEBUG') !== undefined
      ? later(word)
      : isTrue(evaluateText(shell, word.literal, '(('));
  };
  let status = 0;
  try {
    const first = step(node.initialize);
    if (typeof first !== 'boolean') yield* first;
    shell.loops++;
    for (;;) {
      const test = step(node.test);
      if (!(typeof test === 'boolean' ? test : yield* test)) break;
      status = yield* shell.runner.runList(shell, node.body);
      if (endsLoop(shell)) break;
      const update = step(node.update);
      if (typeof update !== 'boolean') yield* update;
      if (shell.process.spend()) yield NEXT_TURN;
    }
    shell.loops--;
  } catch (error) {
    if (!(error instanceof ShellFailure) || error.reach !== 'discard') throw error;
    shell.complain(error.words ?? '');
    return 1;
  }
  return status;
}

export function* runCase(shell: Shell, node: Case): Sys<number> {
  shell.line = node.line;
  if (shell.traps.get('DEBUG') !== undefined) yield* debugHead(shell, node.line, `case ${node.word.text} in `);
  const word = yield* text(shell, node.word);
  if (isTraced(shell)) yield* traceHead(shell, `case ${node.word.text} in`);
  const options = { ignoreCase: shell.options.has('nocasematch'), isPlain: !shell.options.has('extglob') };
  let status = 0;
  let fallsThrough = false;
  for (const item of node.items) {
    let isMatch = fallsThrough;
    for (const each of isMatch ? [] : item.patterns) {
      const pattern = expandPattern(shell, each);
      if (matches(shell, word, typeof pattern === 'string' ? pattern : yield* pattern, options)) {
        isMatch = true;
        break;
      }
    }
    if (!isMatch) continue;
    status = yield* shell.runner.runList(shell, item.body);
    if (shell.leaving || item.end === ';;') return status;
    fallsThrough = item.end === ';&';
  }
  return status;
}

function matches(shell: Shell, value: Bytes, pattern: Bytes, options: PatternOptions): boolean {
  return compilePattern(shell.isUtf8 ? shell.decode(pattern) : pattern, options).matches(shell.isUtf8 ? shell.decode(value) : value);
}

const PS3_DEFAULT = '#? ';

/** `select`: a menu on standard error, an answer from standard input. */
export function* runSelect(shell: Shell, node: For): Sys<number> {
  const expanded = node.words ? expandWords(shell, node.words) : [...shell.positional];
  const words = Array.isArray(expanded) ? expanded : yield* expanded;
  if (words.length === 0) return 0;
  let status: number;
  shell.loops++;
  let showsMenu = true;
  for (;;) {
    if (shell.traps.get('DEBUG') !== undefined)
      yield* debugHead(shell, node.line, `select ${node.name} in ${node.words ? node.words.map((each) => each.text).join(' ') : '"$@"'}`);
    if (showsMenu && isTraced(shell)) yield* trace(shell, `select ${node.name} in ${node.words ? node.words.map((each) => each.text).join(' ') : '"$@"'}`);
    if (showsMenu) shell.say(menu(shell, words));
    showsMenu = false;
    shell.say(yield* shell.runner.expandText(shell, shell.getVariable('PS3') ?? PS3_DEFAULT));
    if (shell.hasUnsaid) yield* shell.settle();
    const read = shell.runner.callBuiltin(shell, 'read', ['read', '-r', 'REPLY']);
    if ((typeof read === 'number' ? read : yield* read) !== 0) {
      shell.say('\n');
      status = 1;
      break;
    }
    const reply = (shell.getVariable('REPLY') ?? '').trim();
    if (reply === '') {
      showsMenu = true;
      continue;
    }
    shell.assign(node.name, /^\d+$/.test(reply) ? (words[Number(reply) - 1] ?? '') : '');
    status = yield* shell.runner.runList(shell, node.body);
    if (endsLoop(shell)) break;
  }
  shell.loops--;
  return status;
}
/** In columns, down first, as wide as COLUMNS; what fits into one row stands in one column (print_select_list). */
function menu(shell: Shell, words: readonly Bytes[]): Bytes {
  const width = Number(shell.getVariable('COLUMNS') ?? 80) || 80;
  const digits = String(words.length).length;
  const widest = words.reduce((most, word) => Math.max(most, word.length), 0) + digits + 4;
  const fitting = Math.ceil(words.length / Math.max(1, Math.floor(width / widest)));
  const rows = fitting === 1 ? words.length : fitting;
  let out = '';
  for (let row = 0; row < rows; row++) {
    let at = 0;
    for (let i = row, start = 0; i < words.length; i += rows, start += widest) {
      out += indent(at, start);
      const entry = `${String(i + 1).padStart(digits)}) ${words[i] ?? ''}`;
      out += entry;
      at = start + entry.length;
    }
    out += '\n';
  }
  return out;
}
/** With tabs where they reach. */
function indent(from: number, to: number): Bytes {
  let out = '';
  for (let at = from; at < to;) {
    if (Math.floor(to / 8) > Math.floor(at / 8)) {
      out += '\t';
      at += 8 - (at % 8);
    } else {
      out += ' ';
      at++;
    }
  }
  return out;
}

export function* runArithmetic(shell: Shell, node: Arithmetic): Sys<number> {
  shell.line = node.line;
  if (shell.traps.get('DEBUG') !== undefined) yield* debugHead(shell, node.line, `((${node.expression.text}))`);
  const expression = yield* text(shell, node.expression);
  if (isTraced(shell)) yield* trace(shell, `(( ${expression} ))`);
  return arithmeticStatus(shell, expression, '((');
}
/** 1 for zero; an error is said and is 1 too. */
export function arithmeticStatus(shell: Shell, expression: Bytes, label: Bytes): number {
  try {
    return isTrue(evaluateText(shell, expression, label)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ShellFailure) || error.reach !== 'discard') throw error;
    shell.complain(error.words ?? '');
    return 1;
  }
}
/** Without words that wait it needs no generator. */
export function runArithmeticNow(shell: Shell, node: Arithmetic): MaybeSys<number> {
  if (node.expression.waits || isTraced(shell) || shell.traps.get('DEBUG') !== undefined) return runArithmetic(shell, node);
  shell.line = node.line;
  const expression = expandText(shell, node.expression);
  return typeof expression === 'string' ? arithmeticStatus(shell, expression, '((') : runArithmetic(shell, node);
}

// --- [[ ]] ---

export function* runTest(shell: Shell, node: Test): Sys<number> {
  shell.line = node.line;
  if (shell.traps.get('DEBUG') !== undefined) yield* debugHead(shell, node.line, printTest(node.expression));
  try {
    return (yield* test(shell, node.expression)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ShellFailure) || error.reach !== 'discard') throw error;
    shell.complain(`[[: ${error.words ?? ''}`);
    return 1;
  }
}

/** `mark` is what `set -x` shows of a negation. */
function* test(shell: Shell, expression: TestExpression, mark = ''): Sys<boolean> {
  switch (expression.kind) {
    case 'not':
      return !(yield* test(shell, expression.operand, '! '));
    case 'group':
      return yield* test(shell, expression.expression);
    case 'logical': {
      for (const operand of expression.operands) if ((yield* test(shell, operand)) === (expression.operator === '||')) return expression.operator === '||';
      return expression.operator === '&&';
    }
    case 'unary': {
      const operand = yield* text(shell, expression.operand);
      if (isTraced(shell)) yield* trace(shell, `[[ ${mark}${expression.operator} ${operand === '' ? "''" : operand} ]]`);
      return testUnary(shell, expression.operator, operand);
    }
    case 'binary':
      return yield* binary(shell, expression, mark);
  }
}

function* binary(shell: Shell, { operator, left, right }: TestExpression & { kind: 'binary' }, mark: string): Sys<boolean> {
  const a = yield* text(shell, left);
  const isPattern = operator === '=' || operator === '==' || operator === '!=';
  const maybe = isPattern
    ? (isTraced(shell) ? expandShownPattern : expandPattern)(shell, right)
    : operator === '=~'
      ? expandRegex(shell, right)
      : expandText(shell, right);
  const b = typeof maybe === 'string' ? maybe : yield* maybe;
  if (isTraced(shell)) yield* trace(shell, `[[ ${mark}${a === '' ? "''" : a} ${operator} ${b === '' ? "''" : b} ]]`);
  const ignoreCase = shell.options.has('nocasematch');
  if (isPattern) return matches(shell, a, b, { ignoreCase }) === (operator !== '!=');
  if (operator === '=~') return matchRegex(shell, a, b, ignoreCase);
  if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) return compareNumbers(operator, evaluateText(shell, a), evaluateText(shell, b));
  return testBinary(shell, operator, a, b);
}

function matchRegex(shell: Shell, value: Bytes, source: Bytes, ignoreCase: boolean): boolean {
  const match = compileRegex(shell.decode(source), ignoreCase).exec(shell.decode(value));
  const variable = shell.variables.declareGlobal('BASH_REMATCH');
  variable.value = new IndexedArray(match ? Array.from(match, (group) => shell.encode((group as string | undefined) ?? '')) : []);
  return match !== null;
}
