/** awk's own functions. */
import type { Bytes } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import type { AwkMachine } from './machine.ts';
import type { AwkRun } from './run.ts';
import type { Expr } from './tree.ts';
import { formatC, fromInput, toNumber, type Value } from './value.ts';

const MATH: Readonly<Record<string, (x: number, y: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  int: Math.trunc,
  atan2: Math.atan2,
};

export function* callBuiltin(run: AwkRun, name: Bytes, args: readonly Expr[]): Sys<Value> {
  const { machine } = run;
  const value = function* (i: number): Sys<Value> {
    const arg = args[i];
    return arg ? yield* run.value(arg) : undefined;
  };
  const text = function* (i: number): Sys<Bytes> {
    return machine.text(yield* value(i));
  };
  const source = function* (i: number): Sys<Bytes> {
    const arg = args[i];
    return arg?.kind === 'regex' ? arg.source : yield* text(i);
  };
  const math = MATH[name];
  if (math) return math(toNumber(yield* value(0)), toNumber(yield* value(1)));
  switch (name) {
    case 'length': {
      const [arg] = args;
      if (!arg) return machine.text(machine.field(0)).length;
      if (arg.kind === 'name' && machine.arrays.has(arg.name) && !machine.globals.has(arg.name)) return run.arrayOf(arg.name).size;
      return (yield* text(0)).length;
    }
    case 'substr':
      return substr(yield* text(0), toNumber(yield* value(1)), args[2] ? toNumber(yield* value(2)) : Infinity);
    case 'index':
      return (yield* text(0)).indexOf(yield* text(1)) + 1;
    case 'tolower':
      return (yield* text(0)).replace(/[A-Z]/g, (char) => char.toLowerCase());
    case 'toupper':
      return (yield* text(0)).replace(/[a-z]/g, (char) => char.toUpperCase());
    case 'split': {
      const whole = yield* text(0);
      const separator = args[2] ? yield* source(2) : machine.text(machine.get('FS'));
      const parts =
        args[2]?.kind === 'regex' && separator.length === 1 && separator !== ' '
          ? whole === ''
            ? []
            : whole.split(machine.regex(separator))
          : machine.split(whole, separator);
      const [, target] = args;
      if (target?.kind !== 'name') return parts.length;
      const array = run.arrayOf(target.name);
      array.clear();
      for (const [i, part] of parts.entries()) array.set(String(i + 1), fromInput(part));
      return parts.length;
    }
    case 'sub':
    case 'gsub':
      return yield* substitute(run, name === 'gsub', yield* source(0), yield* text(1), args[2] ?? { kind: 'field', of: { kind: 'number', value: 0 } });
    case 'match': {
      const found = machine.regex(yield* source(1)).exec(yield* text(0));
      machine.globals.set('RSTART', found ? found.index + 1 : 0);
      machine.globals.set('RLENGTH', found ? found[0].length : -1);
      return found ? found.index + 1 : 0;
    }
    case 'sprintf': {
      const values: Value[] = [];
      for (const [i] of args.entries()) values.push(yield* value(i));
      return formatC(machine.text(values[0]), values.slice(1), (each) => machine.text(each));
    }
    case 'rand':
      return random(machine);
    case 'srand': {
      const before = machine.previousSeed;
      machine.previousSeed = args.length > 0 ? toNumber(yield* value(0)) : Math.floor(machine.p.unixUs / 1e6);
      machine.seed = machine.previousSeed >>> 0;
      return before;
    }
    case 'system':
      return yield* machine.system(yield* text(0));
    case 'close':
      return yield* machine.close(yield* text(0));
    case 'fflush':
      yield* machine.flush();
      return 0;
    case 'systime':
      return Math.floor(machine.p.unixUs / 1e6);
    default:
      return undefined;
  }
}

/** As mawk 1.3.4-20200120 counts: fractions are cut off, and a start before the text makes it longer by as much. */
function substr(text: Bytes, start: number, length: number): Bytes {
  const from = Math.trunc(start);
  const count = Math.trunc(length) + (from < 0 ? -from : 0);
  const begin = Math.max(0, from - 1);
  return count <= 0 || Number.isNaN(count) ? '' : text.slice(begin, begin + count);
}

function* substitute(run: AwkRun, isGlobal: boolean, source: Bytes, replacement: Bytes, target: Expr): Sys<number> {
  const { machine } = run;
  const before = machine.text(yield* run.value(target));
  const regex = new RegExp(machine.regex(source).source, isGlobal ? 'g' : '');
  let count = 0;
  const after = before.replace(regex, (match: string) => {
    count++;
    return replacement.replace(/\\\\&|\\&|&|\\\\/g, (token) => (token === '&' ? match : token === '\\&' ? '&' : token === '\\\\' ? '\\' : `\\${match}`));
  });
  if (count > 0) yield* run.assign(target, after);
  return count;
}

/** A small generator of its own, so that srand(N) repeats. */
function random(machine: AwkMachine): number {
  machine.seed = (Math.imul(machine.seed, 1_664_525) + 1_013_904_223) >>> 0;
  return machine.seed / 0x1_0000_0000;
}
