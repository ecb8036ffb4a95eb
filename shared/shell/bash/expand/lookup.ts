/** What a parameter stands for at this moment: its value, or all values of an array or of the positional parameters. */
import type { Bytes } from '../../../base/index.ts';
import { ArithmeticError, evaluate, formatInt, type Int, type Names } from '../arithmetic.ts';
import { AssociativeArray, IndexedArray } from '../arrays.ts';
import { ShellFailure } from '../failure.ts';
import type { Shell } from '../shell.ts';
import type { Variable } from '../variables.ts';

/** The values of `name` and `name[index]` in arithmetic; indexes are expressions themselves. */
export class ShellNames implements Names {
  constructor(private readonly shell: Shell) {}
  read(name: Bytes, index: Bytes | undefined): Bytes | undefined {
    const value = index === undefined ? this.shell.getVariable(name) : readElement(this.shell, name, index);
    if (value === undefined && this.shell.options.nounset) throw unbound(index === undefined ? name : `${name}[${index}]`);
    return value;
  }
  write(name: Bytes, index: Bytes | undefined, value: Bytes): void {
    if (index === undefined) this.shell.assign(name, value);
    else assignElement(this.shell, name, index, value);
  }
}

export const unbound = (name: Bytes): ShellFailure => new ShellFailure(`${name}: unbound variable`, 'exit', 127);

/** Evaluates an expression whose expansions are done. Errors discard the command; `label` names the builtin in them. */
export function evaluateText(shell: Shell, text: Bytes, label?: Bytes): Int {
  if (shell.dialect === 'dash' && text.includes('**')) throw new ShellFailure(`arithmetic expression: expecting primary: "${text}"`, 'discard');
  try {
    return evaluate(text, new ShellNames(shell));
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    throw new ShellFailure(label === undefined ? error.words : `${label}: ${error.words}`, 'discard');
  }
}

/** An index of an indexed array; negative ones count from its end. */
export function evaluateIndex(shell: Shell, name: Bytes, subscript: Bytes, array: IndexedArray | undefined): number {
  const value = Number(/^\d{1,9}$/.test(subscript) ? subscript : formatInt(evaluateText(shell, subscript)));
  const index = value < 0 ? (array?.lastIndex ?? -1) + 1 + value : value;
  if (index < 0) throw new ShellFailure(`${name}[${subscript}]: bad array subscript`, 'discard');
  return index;
}

export function readElement(shell: Shell, name: Bytes, subscript: Bytes): Bytes | undefined {
  const { variable } = shell.variables.resolve(name);
  const value = variable?.current;
  if (value instanceof AssociativeArray) return value.get(subscript);
  if (value instanceof IndexedArray) return value.get(readIndex(shell, name, subscript, value));
  return readIndex(shell, name, subscript, undefined) === 0 ? value : undefined;
}

/** As bash reads: an index before the beginning is only complained about. */
function readIndex(shell: Shell, name: Bytes, subscript: Bytes, array: IndexedArray | undefined): number {
  const value = Number(/^\d{1,9}$/.test(subscript) ? subscript : formatInt(evaluateText(shell, subscript)));
  if (value >= 0) return value;
  const index = (array?.lastIndex ?? 0) + 1 + value;
  if (index < 0) shell.complain(`${name}: bad array subscript`);
  return index;
}

/** Assigns an element; a scalar becomes an indexed array whose element 0 it was. */
export function assignElement(shell: Shell, name: Bytes, subscript: Bytes, value: Bytes, isAppend = false): Variable {
  const variable = shell.variables.ensure(name);
  shell.checkWritable(variable);
  if (subscript === '' || ((subscript === '@' || subscript === '*') && !(variable.value instanceof AssociativeArray))) {
    throw new ShellFailure(`${name}[${subscript}]: bad array subscript`, 'discard');
  }
  const array = arrayOf(variable);
  const before = (key: Bytes | undefined): Bytes => (isAppend ? (key ?? '') : '');
  const combine = (old: Bytes | undefined): Bytes =>
    variable.integer && isAppend ? formatInt(evaluateText(shell, `(${old ?? '0'})+(${value})`)) : shell.convert(variable, before(old) + value);
  if (array instanceof AssociativeArray) array.set(subscript, combine(array.get(subscript)));
  else {
    const index = evaluateIndex(shell, name, subscript, array);
    array.set(index, combine(array.get(index)));
  }
  if (shell.options.allexport) variable.exported = true;
  shell.variables.changed(name);
  return variable;
}

/** The variable's array, made of its scalar when it has none. */
export function arrayOf(variable: Variable): IndexedArray | AssociativeArray {
  if (typeof variable.value === 'object') return variable.value;
  const array = new IndexedArray(variable.value === undefined ? [] : [variable.value]);
  variable.value = array;
  return array;
}

/** What a parameter's name and index give. */
export interface Looked {
  /** One value; undefined when unset. Of `@` and `*` undefined. */
  readonly value: Bytes | undefined;
  /** Of `@` and `*`. */
  readonly values: readonly Bytes[] | undefined;
  /** Indexes or keys of `values`, where it is an array's. */
  readonly keys: readonly Bytes[] | undefined;
  /** As messages name it. */
  readonly label: Bytes;
  readonly variable: Variable | undefined;
  assign(value: Bytes): void;
}

const cannotAssign = (label: Bytes) => (): never => {
  throw new ShellFailure(`$${label}: cannot assign in this way`, 'discard');
};

/** `index` has been expanded. */
export function lookup(shell: Shell, name: Bytes, index: Bytes | undefined, all: '@' | '*' | undefined): Looked {
  const code = name.charCodeAt(0);
  if (!(code >= 65 && code <= 90) && !(code >= 97 && code <= 122) && (code !== 95 || name === '_')) return lookupSpecial(shell, name, all);
  if (all) return lookupAll(shell, name);
  const { variable, target } = shell.variables.resolve(name);
  if (!variable && target.includes('[')) {
    const open = target.indexOf('[');
    const subscript = target.slice(open + 1, -1);
    const isAll = subscript === '@' || subscript === '*';
    return isAll ? lookupAll(shell, target.slice(0, open)) : lookup(shell, target.slice(0, open), subscript, undefined);
  }
  if (index !== undefined) {
    return {
      value: readElement(shell, name, index),
      values: undefined,
      keys: undefined,
      label: `${name}[${index}]`,
      variable,
      assign: (value) => void assignElement(shell, name, index, value),
    };
  }
  return { value: variable?.scalar, values: undefined, keys: undefined, label: name, variable, assign: (value) => void shell.assign(name, value) };
}

function lookupAll(shell: Shell, name: Bytes): Looked {
  const { variable } = shell.variables.resolve(name);
  const value = variable?.current;
  const base = { value: undefined, label: name, variable, assign: cannotAssign(`${name}[@]`) };
  if (typeof value !== 'object') return { ...base, values: value === undefined ? [] : [value], keys: value === undefined ? [] : ['0'] };
  return { ...base, values: value.values(), keys: value instanceof IndexedArray ? value.keys().map(String) : value.keys() };
}

function lookupSpecial(shell: Shell, name: Bytes, all: '@' | '*' | undefined): Looked {
  const base = { values: undefined, keys: undefined, label: `$${name}`, variable: undefined, assign: cannotAssign(name) };
  if (all) return { ...base, value: undefined, values: shell.positional };
  switch (name) {
    case '#':
      return { ...base, value: String(shell.positional.length) };
    case '?':
      return { ...base, value: String(shell.status) };
    case '$':
      return { ...base, value: String(shell.pid) };
    case '!':
      return { ...base, value: shell.lastBackground === undefined ? undefined : String(shell.lastBackground) };
    case '-':
      return { ...base, value: shell.dialect === 'bash' ? shell.options.flags : shell.options.flags.replace('h', '') };
    case '_':
      return { ...base, value: shell.lastArgument };
    case '0':
      return { ...base, value: shell.name };
    default:
      return { ...base, value: shell.positional[Number(name) - 1] };
  }
}
