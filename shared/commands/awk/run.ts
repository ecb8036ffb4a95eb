/** Running an awk program: statements and expressions over an AwkMachine. */
import type { Bytes } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { callBuiltin } from './builtins.ts';
import { AwkError, type AwkMachine } from './machine.ts';
import type { AwkProgram, Expr, Fn, Rule, Statement } from './tree.ts';
import { compareValues, formatC, toBoolean, toNumber, type Value } from './value.ts';

type Flow = { readonly kind: 'break' | 'continue' | 'next' | 'nextfile' } | { readonly kind: 'exit' | 'return'; readonly value: Value };
/** Parameters of one call: values, and arrays by name. */
interface Frame {
  readonly values: Map<Bytes, Value>;
  readonly arrays: Map<Bytes, Map<Bytes, Value>>;
}
/** Calls within calls at most; deeper ones end the program. */
const MAX_DEPTH = 1000;

export class AwkRun {
  private frame: Frame | undefined;
  private depth = 0;
  exitStatus = 0;

  constructor(
    private readonly program: AwkProgram,
    readonly machine: AwkMachine,
  ) {}

  *run(): Sys<number> {
    const { rules } = this.program;
    const of = (kind: 'begin' | 'end'): readonly Rule[] => rules.filter((rule) => rule.pattern.kind === kind);
    let isOver = false;
    for (const rule of of('begin')) {
      if (isOver) break;
      isOver = yield* this.top(rule);
    }
    const main = rules.filter((rule) => rule.pattern.kind !== 'begin' && rule.pattern.kind !== 'end');
    if (!isOver && (main.length > 0 || of('end').length > 0)) {
      for (let record; !isOver && (record = yield* this.machine.record()) !== undefined;) {
        this.machine.setRecord(record);
        isOver = yield* this.record(main);
        yield* this.machine.p.tick();
      }
    }
    if (!this.leftByExit || !this.leftInEnd) for (const rule of of('end')) if (!this.leftInEnd && (yield* this.top(rule, true))) break;
    yield* this.machine.closeAll();
    return this.exitStatus !== 0 ? this.exitStatus : this.machine.failed ? 2 : 0;
  }
  private leftByExit = false;
  private leftInEnd = false;

  /** True when the program was left. */
  private *top(rule: Rule, isEnd = false): Sys<boolean> {
    const flow = rule.body ? yield* this.statement(rule.body) : undefined;
    if (flow?.kind !== 'exit') return false;
    if (flow.value !== undefined) this.exitStatus = toNumber(flow.value) & 255;
    this.leftByExit = true;
    this.leftInEnd = isEnd;
    return true;
  }
  private *record(rules: readonly Rule[]): Sys<boolean> {
    for (const rule of rules) {
      if (!(yield* this.selects(rule))) continue;
      if (!rule.body) {
        yield* this.machine.write(this.machine.text(this.machine.field(0)) + this.machine.text(this.machine.get('ORS')), undefined);
        continue;
      }
      const flow = yield* this.statement(rule.body);
      if (flow?.kind === 'next') return false;
      if (flow?.kind === 'nextfile') {
        this.machine.skipFile();
        return false;
      }
      if (flow?.kind === 'exit') {
        if (flow.value !== undefined) this.exitStatus = toNumber(flow.value) & 255;
        this.leftByExit = true;
        return true;
      }
    }
    return false;
  }
  private *selects(rule: Rule): Sys<boolean> {
    const { pattern } = rule;
    if (pattern.kind === 'test') return toBoolean(yield* this.value(pattern.test));
    if (pattern.kind !== 'range') return true;
    if (!rule.active && !toBoolean(yield* this.value(pattern.from))) return false;
    rule.active = !toBoolean(yield* this.value(pattern.to));
    return true;
  }

  // --- statements ---

  private *statement(statement: Statement): Sys<Flow | undefined> {
    yield* this.machine.p.tick();
    switch (statement.kind) {
      case 'expression':
        yield* this.value(statement.expr);
        return undefined;
      case 'print':
      case 'printf':
        yield* this.print(statement);
        return undefined;
      case 'block':
        for (const each of statement.body) {
          const flow = yield* this.statement(each);
          if (flow) return flow;
        }
        return undefined;
      case 'if':
        if (toBoolean(yield* this.value(statement.test))) return yield* this.statement(statement.yes);
        return statement.no ? yield* this.statement(statement.no) : undefined;
      case 'while':
      case 'do':
      case 'for':
        return yield* this.loop(statement);
      case 'forin':
        for (const key of [...this.arrayOf(statement.array).keys()]) {
          if (!this.arrayOf(statement.array).has(key)) continue;
          yield* this.assign(statement.variable, key);
          const flow = yield* this.statement(statement.body);
          if (flow?.kind === 'break') break;
          if (flow && flow.kind !== 'continue') return flow;
        }
        return undefined;
      case 'exit':
      case 'return':
        return { kind: statement.kind, value: statement.value ? yield* this.value(statement.value) : undefined };
      case 'delete':
        if (statement.keys) this.arrayOf(statement.name).delete(yield* this.key(statement.keys));
        else this.arrayOf(statement.name).clear();
        return undefined;
      default:
        return statement;
    }
  }
  private *loop(statement: Extract<Statement, { kind: 'while' | 'do' | 'for' }>): Sys<Flow | undefined> {
    if (statement.kind === 'for' && statement.first) yield* this.statement(statement.first);
    for (let isFirst = true; ; isFirst = false) {
      const test = statement.kind === 'do' && isFirst ? undefined : statement.test;
      if (test && !toBoolean(yield* this.value(test))) return undefined;
      const flow = yield* this.statement(statement.body);
      if (flow?.kind === 'break') return undefined;
      if (flow && flow.kind !== 'continue') return flow;
      if (statement.kind === 'for' && statement.next) yield* this.statement(statement.next);
    }
  }
  private *print(statement: Extract<Statement, { kind: 'print' | 'printf' }>): Sys {
    const { machine } = this;
    const values: Value[] = [];
    for (const arg of statement.args) values.push(yield* this.value(arg));
    let text: Bytes;
    if (statement.kind === 'printf') text = formatC(machine.text(values[0]), values.slice(1), (value) => machine.text(value));
    else if (statement.args.length === 0) text = machine.text(machine.field(0)) + machine.text(machine.get('ORS'));
    else text = values.map((value) => machine.output(value)).join(machine.text(machine.get('OFS'))) + machine.text(machine.get('ORS'));
    const to = statement.to ? { how: statement.to.how, target: machine.text(yield* this.value(statement.to.target)) } : undefined;
    yield* machine.write(text, to);
  }

  // --- variables ---

  arrayOf(name: Bytes): Map<Bytes, Value> {
    const { frame } = this;
    if (frame && (frame.values.has(name) || frame.arrays.has(name))) {
      let array = frame.arrays.get(name);
      if (!array) frame.arrays.set(name, (array = new Map<Bytes, Value>()));
      return array;
    }
    return this.machine.array(name);
  }
  private *key(keys: readonly Expr[]): Sys<Bytes> {
    const parts: Bytes[] = [];
    for (const key of keys) parts.push(this.machine.text(yield* this.value(key)));
    return parts.join(this.machine.text(this.machine.get('SUBSEP')));
  }
  *assign(to: Expr, value: Value): Sys {
    if (to.kind === 'name') {
      if (this.frame?.values.has(to.name)) this.frame.values.set(to.name, value);
      else this.machine.set(to.name, value);
    } else if (to.kind === 'index') this.arrayOf(to.name).set(yield* this.key(to.keys), value);
    else if (to.kind === 'field') this.machine.setField(toNumber(yield* this.value(to.of)), value);
    else if (to.kind === 'group' && to.items[0]) yield* this.assign(to.items[0], value);
  }

  // --- expressions ---

  *value(expr: Expr): Sys<Value> {
    const { machine } = this;
    switch (expr.kind) {
      case 'number':
      case 'string':
        return expr.value;
      case 'regex':
        return machine.regex(expr.source).test(machine.text(machine.field(0))) ? 1 : 0;
      case 'name':
        return this.frame?.values.has(expr.name) ? this.frame.values.get(expr.name) : machine.get(expr.name);
      case 'index': {
        const array = this.arrayOf(expr.name);
        const key = yield* this.key(expr.keys);
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case 'field':
        return machine.field(toNumber(yield* this.value(expr.of)));
      case 'group': {
        if (expr.items.length > 1) return yield* this.key(expr.items);
        return expr.items[0] ? yield* this.value(expr.items[0]) : undefined;
      }
      case 'unary': {
        const value = yield* this.value(expr.of);
        return expr.op === '!' ? (toBoolean(value) ? 0 : 1) : expr.op === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'step': {
        const before = toNumber(yield* this.value(expr.of));
        const after = expr.op === '++' ? before + 1 : before - 1;
        yield* this.assign(expr.of, after);
        return expr.isPrefix ? after : before;
      }
      case 'and':
        return toBoolean(yield* this.value(expr.left)) && toBoolean(yield* this.value(expr.right)) ? 1 : 0;
      case 'or':
        return toBoolean(yield* this.value(expr.left)) || toBoolean(yield* this.value(expr.right)) ? 1 : 0;
      case 'choose':
        return yield* this.value(toBoolean(yield* this.value(expr.test)) ? expr.yes : expr.no);
      case 'in':
        return this.arrayOf(expr.name).has(yield* this.key(expr.keys)) ? 1 : 0;
      case 'match': {
        const text = machine.text(yield* this.value(expr.left));
        const source = expr.right.kind === 'regex' ? expr.right.source : machine.text(yield* this.value(expr.right));
        return machine.regex(source).test(text) !== expr.isNegated ? 1 : 0;
      }
      case 'binary':
        return this.binary(expr.op, yield* this.value(expr.left), yield* this.value(expr.right));
      case 'assign': {
        const given = yield* this.value(expr.value);
        const value = expr.op === '' ? given : this.binary(expr.op, yield* this.value(expr.to), given);
        yield* this.assign(expr.to, value);
        return value;
      }
      case 'getline':
        return yield* this.getline(expr);
      case 'call':
        return expr.isBuiltin ? yield* callBuiltin(this, expr.name, expr.args) : yield* this.call(expr.name, expr.args);
    }
  }
  private binary(op: string, a: Value, b: Value): Value {
    const { machine } = this;
    switch (op) {
      case ' ':
        return machine.text(a) + machine.text(b);
      case '+':
        return toNumber(a) + toNumber(b);
      case '-':
        return toNumber(a) - toNumber(b);
      case '*':
        return toNumber(a) * toNumber(b);
      case '/':
        if (toNumber(b) === 0) throw new AwkError('division by zero');
        return toNumber(a) / toNumber(b);
      case '%':
        if (toNumber(b) === 0) throw new AwkError('division by zero in %');
        return toNumber(a) % toNumber(b);
      case '^':
        return toNumber(a) ** toNumber(b);
      default: {
        const order = compareValues(a, b, machine.text(machine.get('CONVFMT')));
        return (op === '<' ? order < 0 : op === '<=' ? order <= 0 : op === '==' ? order === 0 : op === '!=' ? order !== 0 : op === '>' ? order > 0 : order >= 0)
          ? 1
          : 0;
      }
    }
  }
  private *getline(expr: Extract<Expr, { kind: 'getline' }>): Sys<Value> {
    const { machine } = this;
    const line = expr.from
      ? yield* machine.lineFrom(machine.text(yield* this.value(expr.from)), expr.how === 'file' ? 'file' : 'command')
      : yield* machine.record();
    if (line === null) return -1;
    if (line === undefined) return 0;
    if (expr.how === 'command') {
      machine.globals.set('NR', toNumber(machine.globals.get('NR')) + 1);
    }
    if (expr.into) yield* this.assign(expr.into, line);
    else machine.setRecord(line);
    return 1;
  }
  private *call(name: Bytes, args: readonly Expr[]): Sys<Value> {
    const fn: Fn | undefined = this.program.functions.get(name);
    if (!fn) throw new AwkError(`function ${name} never defined`);
    if (this.depth >= MAX_DEPTH) throw new AwkError('function call stack is too deep');
    const frame: Frame = { values: new Map(), arrays: new Map() };
    for (const [i, param] of fn.params.entries()) {
      const arg = args[i];
      // a bare name may be an array: it is passed by reference
      const isArray = arg?.kind === 'name' && !this.frame?.values.has(arg.name) && (this.machine.arrays.has(arg.name) || !this.machine.globals.has(arg.name));
      const isParamArray = arg?.kind === 'name' && (this.frame?.arrays.has(arg.name) ?? false);
      if (arg?.kind === 'name' && (isArray || isParamArray)) frame.arrays.set(param, this.arrayOf(arg.name));
      frame.values.set(param, arg && !(isArray || isParamArray) ? yield* this.value(arg) : undefined);
    }
    const outer = this.frame;
    this.frame = frame;
    this.depth++;
    const flow = yield* this.statement(fn.body);
    this.depth--;
    this.frame = outer;
    return flow?.kind === 'return' ? flow.value : undefined;
  }
}
