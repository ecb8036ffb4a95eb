/** jq(1) 1.6: filters over the JSON values of its input. */
import { strerror, utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Program } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { closeInput, openInput } from '../coreutils/index.ts';
import { JqError, JqHalt } from './error.ts';
import { evaluate, Scope, type At, type CallBuiltin } from './evaluate.ts';
import { callBuiltin } from './functions.ts';
import { formatJson, isTruthy, parseJsonStream, type Json } from './json.ts';
import { parseJq } from './syntax.ts';

/** Letter, long name, how many words it takes, what it does. */
const OPTIONS: readonly (readonly [letter: string, long: string, takes: 0 | 1 | 2, help: string])[] = [
  ['c', 'compact-output', 0, 'compact instead of pretty-printed output'],
  ['n', 'null-input', 0, 'use `null` as the single input value'],
  ['e', 'exit-status', 0, 'set the exit status code based on the output'],
  ['s', 'slurp', 0, 'read (slurp) all inputs into an array; apply filter to it'],
  ['r', 'raw-output', 0, 'output raw strings, not JSON texts'],
  ['R', 'raw-input', 0, 'read raw strings, not JSON texts'],
  ['j', 'join-output', 0, 'raw output without newlines'],
  ['C', 'color-output', 0, 'colorize JSON'],
  ['M', 'monochrome-output', 0, "monochrome (don't colorize JSON)"],
  ['S', 'sort-keys', 0, 'sort keys of objects on output'],
  ['a', 'ascii-output', 0, 'only ASCII in the output'],
  ['f', 'from-file', 0, 'the filter from a file'],
  ['', 'tab', 0, 'use tabs for indentation'],
  ['', 'indent', 1, 'so many blanks of indentation'],
  ['', 'arg', 2, 'set variable $a to value <v>'],
  ['', 'argjson', 2, 'set variable $a to JSON value <v>'],
  ['', 'slurpfile', 2, 'set variable $a to an array of JSON texts read from <f>'],
  ['', 'rawfile', 2, 'set variable $a to a string consisting of the contents of <f>'],
  ['', 'args', 0, 'remaining arguments are string arguments, not files'],
  ['', 'jsonargs', 0, 'remaining arguments are JSON arguments, not files'],
  ['', 'seq', 0, 'a record separator before each output'],
  ['', 'stream', 0, 'parse the input in streaming fashion'],
  ['', 'unbuffered', 0, 'flush after each output'],
  ['h', 'help', 0, 'show the help'],
  ['V', 'version', 0, 'show the version'],
];
const takesOf = (name: string): number => OPTIONS.find(([, long]) => long === name)?.[2] ?? 0;
const DECLARATION: Declaration = {
  synopsis: '[OPTIONS] FILTER [FILES...]',
  options: OPTIONS.map(([letter, long, takes, help]) => ({
    ...{ names: [letter === '' ? '' : `-${letter}`, `--${long}`].filter((name) => name !== ''), help },
    value: takes === 0 ? undefined : takes === 1 ? 'n' : 'a v',
  })),
};
const HINT = 'Use jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n';
const USAGE = 'Usage:\tjq [OPTIONS] FILTER [FILES...]\n\tjq [OPTIONS] --args FILTER [ARGUMENTS...]\n\tjq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]\n\n';

/** As many blanks as stand before what was not expected. */
function placeOf(script: Bytes, error: string): string {
  if (error.includes('unexpected $end')) return ' '.repeat(Math.max(0, script.length - 1));
  const token = /unexpected '(.)'/.exec(error)?.[1];
  const at = token === undefined ? -1 : script.indexOf(token);
  return at > 0 && script.lastIndexOf(token ?? '') === at ? ' '.repeat(at) : '';
}
/** Constants are divided before anything runs. */
const dividesByZero = (script: Bytes): boolean => !script.includes('"') && /(?:^|[^\w.)\]])\d+(?:\.\d+)?\s*[/%]\s*0+(?:\.0+)?(?![\w.])/.test(script);

const jq: Program = function* (p) {
  const on = new Set<string>();
  const values = new Map<string, Json>();
  const operands: Bytes[] = [];
  let indent = 2;
  const rest = p.argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!/^-[-A-Za-z]/.test(word)) {
      operands.push(word);
      continue;
    }
    const names = word.startsWith('--') ? [word.slice(2)] : [...word.slice(1)].map((letter) => OPTIONS.find(([each]) => each === letter)?.[1] ?? '');
    for (const name of names) {
      if (!OPTIONS.some(([, long]) => long === name)) return (yield* p.error(`${p.name}: Unknown option ${word}\n${HINT}`), 2);
      on.add(name);
      const taken = rest.splice(0, takesOf(name));
      if (taken.length < takesOf(name))
        return (
          yield* p.error(`${p.name}: --${name} takes ${name === 'indent' ? 'one parameter' : `two parameters (e.g. --${name} varname value)`}\n${HINT}`),
          2
        );
      const [key = '', text = ''] = taken.map(utf8Decode);
      if (name === 'indent') indent = Number(key);
      if (name === 'arg') values.set(key, text);
      if (name === 'argjson') {
        const parsed = parseJsonStream(text);
        if (parsed.problem !== undefined || parsed.values.length !== 1) return (yield* p.error(`${p.name}: invalid JSON text passed to --argjson\n${HINT}`), 2);
        values.set(key, parsed.values[0] ?? null);
      }
      if (name === 'slurpfile' || name === 'rawfile') {
        const file = p.fs.readFile(taken[1] ?? '');
        if (!file.ok) return (yield* p.error(`${p.name}: Bad JSON in --${name} ${key} ${text}: Could not open ${text}: ${strerror(file.error)}\n`), 2);
        values.set(key, name === 'rawfile' ? utf8Decode(file.value) : parseJsonStream(utf8Decode(file.value)).values);
      }
    }
  }
  if (on.has('version')) return (yield* p.print('jq-1.6\n'), 0);
  const isPiped = !p.isTerminal(0) || !p.isTerminal(1);
  const given = operands.shift() ?? (isPiped ? '.' : undefined);
  if (given === undefined) return (yield* p.error(USAGE + HINT), 2);
  const script = on.has('from-file') ? p.fs.readFile(given) : { ok: true as const, value: given };
  if (!script.ok) return (yield* p.error(`${p.name}: error: Could not open ${given}: ${strerror(script.error)}\n`), 2);
  const filter = parseJq(utf8Decode(script.value));
  if (!filter.ok)
    return (
      yield* p.error(`jq: error: ${filter.error} at <top-level>, line 1:\n${script.value}${placeOf(script.value, filter.error)}\njq: 1 compile error\n`),
      3
    );
  if (dividesByZero(script.value)) return (yield* p.error(`jq: error: Division by zero? at <top-level>, line 1:\n${script.value}\njq: 1 compile error\n`), 3);
  const extra = on.has('args') || on.has('jsonargs') ? operands.splice(0) : [];
  values.set('ENV', Object.fromEntries([...p.env].map(([name, value]) => [utf8Decode(name), utf8Decode(value)])));
  values.set('ARGS', {
    positional: extra.map((word) => (on.has('jsonargs') ? (parseJsonStream(word).values[0] ?? null) : utf8Decode(word))),
    named: Object.fromEntries(values),
  });

  let text = '';
  let status = 0;
  let file: Bytes = '<stdin>';
  const readsInput = !on.has('null-input') || /\binputs?\b/.test(script.value);
  if (readsInput) {
    for (const operand of operands.length > 0 ? operands : ['-']) {
      const opened = yield* openInput(p, operand);
      if (opened.kind === 'failed') {
        status = 2;
        yield* p.error(`${p.name}: error: Could not open file ${operand}: ${strerror(opened.errno)}\n`);
        continue;
      }
      const all = yield* p.readAll(opened.fd);
      closeInput(p, opened.fd);
      if (!all.ok) status = 2;
      text += all.ok ? all.value : '';
      if (operand !== '-') file = operand;
    }
  }
  const source = utf8Decode(text);
  const read = on.has('raw-input')
    ? {
        values: source
          .replace(/\n$/, '')
          .split('\n')
          .filter((_, __, all) => all.length > 1 || all[0] !== ''),
        problem: undefined,
      }
    : parseJsonStream(source);
  const everything: readonly Json[] = on.has('slurp') ? [on.has('raw-input') ? source : read.values] : read.values;
  /** What `input` has not taken. */
  const inputs = [...everything];
  const style = {
    indent: on.has('compact-output') || indent === 0 ? undefined : on.has('tab') ? '\t' : ' '.repeat(indent),
    sortKeys: on.has('sort-keys'),
    colour: on.has('color-output') || (p.isTerminal(1) && !on.has('monochrome-output')),
    ascii: on.has('ascii-output'),
  };
  const isRaw = on.has('raw-output') || on.has('join-output');
  let last: Json | undefined;
  const lines = source.split('\n').length - 1;
  const call: CallBuiltin = function* (name, args, at, scope) {
    const plain = (value: Json): At => ({ value, path: undefined });
    switch (`${name}/${args.length}`) {
      case 'input/0': {
        const next = inputs.shift();
        if (next === undefined) throw new JqError('break');
        return yield plain(next);
      }
      case 'inputs/0':
        for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) yield plain(next);
        return;
      case 'input_filename/0':
        return yield plain(readsInput ? file : null);
      case 'input_line_number/0':
        return yield plain(lines);
      case 'now/0':
        return yield plain(p.unixUs / 1e6);
      default:
        return yield* callBuiltin(name, args, at, scope);
    }
  };
  for (let input = on.has('null-input') ? null : inputs.shift(); input !== undefined; input = on.has('null-input') ? undefined : inputs.shift()) {
    yield* p.tick(10);
    try {
      for (const { value } of evaluate(filter.value, { value: input, path: undefined }, Scope.root(values, call))) {
        last = value;
        yield* p.print(utf8Encode(isRaw && typeof value === 'string' ? value : formatJson(value, style)) + (on.has('join-output') ? '' : '\n'));
      }
    } catch (error) {
      if (error instanceof RangeError) return (yield* p.error('jq: error: the filter is nested too deeply\n'), 5);
      if (error instanceof JqHalt) {
        yield* p.flush();
        const word = error.value;
        if (word !== undefined)
          yield* p.error(utf8Encode(typeof word === 'string' ? word : `${formatJson(word, { ...style, indent: undefined, colour: false })}\n`));
        return error.status;
      }
      if (!(error instanceof JqError)) throw error;
      if (/^\$?[\w:]+(?:\/\d+)? is not defined$/.test(error.message))
        return (yield* p.error(utf8Encode(`jq: error: ${error.message} at <top-level>, line 1:\n`) + `${script.value}\njq: 1 compile error\n`), 3);
      if (error.value === null) continue;
      status = 5;
      const isText = typeof error.value === 'string';
      yield* p.error(
        utf8Encode(`jq: error (at ${readsInput ? `${file}:${lines}` : '<unknown>'})${isText ? `: ${error.message}` : ` (not a string): ${error.message}`}\n`),
      );
    }
  }
  if (read.problem !== undefined && readsInput) {
    return (yield* p.error(utf8Encode(`parse error: ${read.problem}\n`)), 4);
  }
  if (status === 0 && on.has('exit-status')) return last === undefined ? 4 : isTruthy(last) ? 0 : 1;
  return status;
};

export const JQ_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/jq', main: declared(DECLARATION, jq), origin: 'jq 1.6' }];
