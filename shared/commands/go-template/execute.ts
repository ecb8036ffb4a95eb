/** Go's text/template, carried out on JSON data: what kubectl, crictl and docker print with -o go-template and --format. */
import { err, ok, type Result } from '../../base/index.ts';
import { goValue } from './go-value.ts';
import { parseTemplate, type Node, type Operand, type Pipe } from './parse.ts';

export type Value = null | undefined | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type TemplateFunction = (args: readonly Value[]) => Value;
type Record_ = { readonly [key: string]: Value };

/** Text, or the words of what is wrong without the name of the template. */
export interface Template {
  run(data: Value): Result<string, string>;
}

export interface TemplateOptions {
  /** In errors: `template: output:1: …`. */
  readonly name: string;
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  /** A missing key of a map prints `<no value>`, or is an error (Option("missingkey=error")). */
  readonly missingKey?: 'print' | 'error';
}

class Failure extends Error {}
const fail = (message: string): never => {
  throw new Failure(message);
};

export function compileTemplate(source: string, options: TemplateOptions): Result<Template, string> {
  const functions = { ...BUILT_IN, ...options.functions };
  const nodes = parseTemplate(source, new Set([...Object.keys(functions), 'and', 'or']));
  if (!nodes.ok) return err(`template: ${options.name}:${nodes.error}`);
  return ok({
    run(data) {
      const run = new Run(source, options, functions, data);
      try {
        run.walk(nodes.value, data);
        return ok(run.out);
      } catch (problem) {
        if (problem instanceof Failure) return err(`template: ${options.name}:${problem.message}`);
        throw problem;
      }
    },
  });
}

const isRecord = (value: Value): value is Record_ => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isTrue = (value: Value): boolean =>
  isList(value)
    ? value.length > 0
    : isRecord(value)
      ? Object.keys(value).length > 0
      : value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;

class Run {
  out = '';
  private readonly variables: { name: string; value: Value }[];
  constructor(
    private readonly source: string,
    private readonly options: TemplateOptions,
    private readonly functions: Readonly<Record<string, TemplateFunction>>,
    root: Value,
  ) {
    this.variables = [{ name: '$', value: root }];
  }

  walk(nodes: readonly Node[], dot: Value): void {
    for (const node of nodes) {
      if (node.kind === 'text') this.out += node.text;
      else if (node.kind === 'print') {
        const value = this.evaluate(node.pipe, dot, node.at);
        if (node.pipe.declares.length === 0) this.out += value === undefined ? '<no value>' : goValue(value);
      } else this.block(node, dot);
    }
  }
  private block(node: Exclude<Node, { readonly kind: 'text' | 'print' }>, dot: Value): void {
    const known = this.variables.length;
    if (node.kind === 'range') this.range(node, dot);
    else {
      const value = this.evaluate(node.pipe, dot, node.at);
      if (isTrue(value)) this.walk(node.body, node.kind === 'with' ? value : dot);
      else this.walk(node.other, dot);
    }
    this.variables.length = known;
  }
  private range(node: Exclude<Node, { readonly kind: 'text' | 'print' }>, dot: Value): void {
    const value = this.evaluate({ ...node.pipe, declares: [] }, dot, node.at);
    const entries: readonly (readonly [Value, Value])[] = isList(value)
      ? value.map((one, index) => [index, one])
      : isRecord(value)
        ? Object.keys(value)
            .sort()
            .map((key) => [key, value[key]])
        : value === undefined || value === null
          ? []
          : fail(
              `${this.place(node.at)}: executing "${this.options.name}" at <${node.pipe.stages.length > 0 ? node.pipe.text : ''}>: range can't iterate over ${goValue(value)}`,
            );
    if (entries.length === 0) {
      this.walk(node.other, dot);
      return;
    }
    const [first, second] = node.pipe.declares;
    for (const [key, one] of entries) {
      const known = this.variables.length;
      if (second !== undefined) this.variables.push({ name: first!, value: key }, { name: second, value: one });
      else if (first !== undefined) this.variables.push({ name: first, value: one });
      this.walk(node.body, one);
      this.variables.length = known;
    }
  }

  private place(at: number): string {
    const before = this.source.slice(0, at).split('\n');
    return `${before.length}:${before.at(-1)!.length}`;
  }
  private evaluate(pipe: Pipe, dot: Value, at: number): Value {
    let value: Value;
    for (const [index, stage] of pipe.stages.entries()) {
      const [first, ...rest] = stage as readonly [Operand, ...Operand[]];
      const last = index === 0 ? [] : [value];
      if (first.kind === 'call') value = this.call(first.name, rest, last, dot, at, pipe);
      else if (rest.length > 0 || index > 0)
        fail(`${this.place(at)}: executing "${this.options.name}" at <${pipe.text}>: can't give argument to non-function ${pipe.text.split(/\s/)[0]}`);
      else value = this.operand(first, dot, at);
    }
    for (const name of pipe.declares) {
      const known = pipe.isAssignment ? this.variables.findLast((one) => one.name === name) : undefined;
      if (known) known.value = value;
      else this.variables.push({ name, value });
    }
    return value;
  }
  private call(name: string, args: readonly Operand[], last: readonly Value[], dot: Value, at: number, pipe: Pipe): Value {
    if (name === 'and' || name === 'or') {
      let value: Value;
      for (const arg of [...args.map((one) => (): Value => this.operand(one, dot, at)), ...last.map((one) => (): Value => one)]) {
        value = arg();
        if (isTrue(value) === (name === 'or')) return value;
      }
      return value;
    }
    const values = [...args.map((one) => this.operand(one, dot, at)), ...last];
    try {
      return this.functions[name]!(values);
    } catch (problem) {
      if (problem instanceof Failure)
        throw new Failure(`${this.place(at)}: executing "${this.options.name}" at <${pipe.text}>: error calling ${name}: ${problem.message}`);
      throw problem;
    }
  }
  private operand(one: Operand, dot: Value, at: number): Value {
    switch (one.kind) {
      case 'literal':
        return one.value;
      case 'field':
        return this.follow(dot, one.path, `.${one.path.join('.')}`, at);
      case 'variable':
        return this.follow(this.variables.findLast((known) => known.name === one.name)?.value, one.path, `${one.name}.${one.path.join('.')}`, at);
      case 'group':
        return this.follow(this.evaluate(one.pipe, dot, at), one.path, one.pipe.text, at);
      case 'call':
        return this.call(one.name, [], [], dot, at, { declares: [], isAssignment: false, stages: [], text: one.name });
    }
  }
  private follow(from: Value, path: readonly string[], shown: string, at: number): Value {
    let value = from;
    for (const [index, name] of path.entries()) {
      if (value === undefined || value === null) {
        if (index === 0 && value === undefined) fail(`${this.place(at)}: executing "${this.options.name}" at <${shown}>: nil data; no entry for key "${name}"`);
        fail(`${this.place(at)}: executing "${this.options.name}" at <${shown}>: nil pointer evaluating interface {}.${name}`);
      }
      if (!isRecord(value)) {
        const type = isList(value) ? '[]interface {}' : typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : 'string';
        fail(
          `${this.place(at)}: executing "${this.options.name}" at <${shown}>: can't evaluate field ${name} in type ${isList(value) ? 'interface {}' : type}`,
        );
      }
      const next: Value = (value as Record_)[name];
      if (next === undefined && this.options.missingKey === 'error')
        fail(`${this.place(at)}: executing "${this.options.name}" at <${shown}>: map has no entry for key "${name}"`);
      value = next;
    }
    return value;
  }
}

function index([value, ...keys]: readonly Value[]): Value {
  let at = value;
  for (const key of keys) {
    if (isList(at)) {
      const number = Number(key);
      if (number < 0 || number >= at.length) fail(`error calling index: reflect: slice index out of range`.replace('error calling index: ', ''));
      at = at[number];
    } else if (isRecord(at)) at = at[goValue(key)];
    else if (at === undefined || at === null) fail('index of untyped nil');
    else fail(`can't index item of type ${typeof at === 'string' ? 'string' : 'float64'}`);
  }
  return at;
}
function compare(a: Value, b: Value): number {
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return fail('incompatible types for comparison');
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
}

/** Go's fmt verbs, as far as templates use them. */
function sprintf([format, ...args]: readonly Value[]): string {
  let next = 0;
  return goValue(format).replaceAll(
    /%([-+0# ]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = args[next++];
      const text =
        verb === 'q'
          ? JSON.stringify(value)
          : verb === 'f'
            ? Number(value).toFixed(precision === undefined ? 6 : Number(precision))
            : verb === 'x'
              ? Number(value).toString(16)
              : precision !== undefined
                ? goValue(value).slice(0, Number(precision))
                : goValue(value);
      const size = Number(width);
      return flags.includes('-') ? text.padEnd(size) : text.padStart(size, flags.includes('0') ? '0' : ' ');
    },
  );
}

const BUILT_IN: Readonly<Record<string, TemplateFunction>> = {
  len: ([value]) =>
    typeof value === 'string' || isList(value)
      ? value.length
      : isRecord(value)
        ? Object.keys(value).length
        : fail(value === undefined || value === null ? 'len of nil pointer' : 'len of type float64'),
  index,
  not: ([value]) => !isTrue(value),
  eq: ([first, ...rest]) => rest.some((one) => one === first),
  ne: ([a, b]) => a !== b,
  lt: ([a, b]) => compare(a, b) < 0,
  le: ([a, b]) => compare(a, b) <= 0,
  gt: ([a, b]) => compare(a, b) > 0,
  ge: ([a, b]) => compare(a, b) >= 0,
  print: (args) => args.map(goValue).join(args.every((one) => typeof one !== 'string') ? ' ' : ''),
  println: (args) => `${args.map(goValue).join(' ')}\n`,
  printf: sprintf,
  html: ([value]) => goValue(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  js: ([value]) => goValue(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('"', '\\"').replaceAll('\n', '\\n'),
  urlquery: ([value]) => encodeURIComponent(goValue(value)).replaceAll('%20', '+'),
  slice: ([value, from = 0, to]) =>
    typeof value === 'string' || isList(value) ? value.slice(Number(from), to === undefined ? undefined : Number(to)) : fail("can't slice item"),
};
