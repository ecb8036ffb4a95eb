/** declare, local, export, readonly, unset: variables and functions with their attributes. */
import type { Bytes } from '../../../base/index.ts';
import { AssociativeArray, IndexedArray } from '../arrays.ts';
import { describeVariable } from '../describe.ts';
import type { Sys } from '../../process/wait.ts';
import { assign, traceAssignment } from '../execute/assign.ts';
import { isTraced, trace } from '../execute/simple.ts';
import { arrayOf, evaluateIndex } from '../expand/lookup.ts';
import { ShellFailure } from '../failure.ts';
import type { Builtin, Resolved, Shell } from '../shell.ts';
import { printFunction } from '../syntax/print.ts';
import type { Attributes, Variable } from '../variables.ts';
import { listValue } from './settings.ts';
import { isName, readOptions, type Parsed } from './usage.ts';
import { SET_OPTIONS } from '../options.ts';

const ATTRIBUTE: Readonly<Record<string, keyof Attributes>> = {
  i: 'integer',
  l: 'lower',
  n: 'reference',
  r: 'readonly',
  t: 'trace',
  u: 'upper',
  x: 'exported',
};

/** One argument: a name, perhaps with a value that was expanded as an assignment. */
interface Target {
  readonly text: Bytes;
  readonly name: Bytes;
  readonly assignment: Resolved | undefined;
}

function targets(shell: Shell, args: readonly Bytes[], rest: readonly Bytes[]): Target[] {
  const { declared } = shell;
  shell.declared = new Map();
  const first = args.length - rest.length;
  return rest.map((text, i) => {
    const assignment = declared.get(first + i) ?? parseAssignment(text);
    return { text, name: assignment?.name ?? text, assignment };
  });
}

/** `name=value`, `name+=value`, `name[i]=value`, as a builtin finds them in an argument that was expanded as a word. */
function parseAssignment(text: Bytes): Resolved | undefined {
  const match = /^([A-Za-z_]\w*)(?:\[((?:[^\]]|\](?!\+?=))*)\])?(\+?)=([\s\S]*)$/.exec(text);
  if (!match) return undefined;
  const [, name = '', index, plus, value = ''] = match;
  return { name, index, isAppend: plus === '+', value };
}

const declare: Builtin = (shell, args) => {
  const isLocalBuiltin = args[0] === 'local';
  if (isLocalBuiltin && !shell.frames.some((frame) => frame.kind === 'function')) return shell.fail('can only be used in a function');
  const parsed = readOptions(shell, args, isLocalBuiltin ? '+aAilnrtuxIp' : '+aAfFgiIlnprtux');
  if (typeof parsed === 'number') return parsed;
  const wanted = targets(shell, args, parsed.rest);
  if (parsed.has('f') || parsed.has('F')) return declareFunctions(shell, parsed, wanted);
  if (parsed.has('p')) return printVariables(shell, parsed, wanted, isLocalBuiltin);
  if (wanted.length === 0) return listVariables(shell, parsed, isLocalBuiltin);
  const isInFunction = shell.frames.some((frame) => frame.kind === 'function');
  let status = 0;
  for (const target of wanted) {
    if (!declareOne(shell, parsed, target, isInFunction && !parsed.has('g'))) status = 1;
  }
  return status;
};

function declareOne(shell: Shell, parsed: Parsed, { text, name: fullName, assignment }: Target, isLocal: boolean): boolean {
  if (isLocal && fullName === '-') {
    const frame = shell.frames.findLast(({ kind }) => kind === 'function');
    if (frame) frame.options ??= SET_OPTIONS.map(([name]) => [name, shell.options.isSet(name)] as const);
    return true;
  }
  const name = fullName.replace(/\[.*\]$/s, '');
  if (!isName(name)) {
    shell.fail(`\`${text}': not a valid identifier`);
    return false;
  }
  const isReference = parsed.options.some(({ letter }) => letter === 'n');
  const existing = isReference ? shell.variables.find(name) : shell.variables.resolve(name).variable;
  const shadowed = isLocal && !shell.variables.isLocal(name);
  if (shadowed && existing?.readonly && shell.variables.global.get(name) !== existing) {
    shell.fail(`${name}: readonly variable`);
    return false;
  }
  if (shadowed && existing?.readonly) {
    shell.complain(`local: ${name}: readonly variable`);
    return false;
  }
  let variable: Variable;
  if (shadowed) {
    variable = shell.variables.declareHere(name);
    if (existing && (parsed.has('I') || shell.options.has('localvar_inherit'))) Object.assign(variable, existing.copy());
    else if (existing?.exported && shell.variables.isTemporary(name)) Object.assign(variable, { value: existing.value, exported: true });
  } else variable = (parsed.has('g') ? undefined : existing) ?? shell.variables.declareGlobal(name);
  const { value } = variable;
  const label = shell.builtin ?? 'declare';
  for (const { letter, sign } of parsed.options) {
    if (sign === '+' && letter === 'r' && variable.readonly) {
      shell.fail(`${name}: readonly variable`);
      return false;
    }
    if (letter === 'a' && sign === '-') {
      if (value instanceof AssociativeArray) {
        shell.fail(`${name}: cannot convert associative to indexed array`);
        return false;
      }
      if (value === undefined && assignment === undefined) {
        variable.value = new IndexedArray();
        variable.value.isBlank = true;
      } else arrayOf(variable);
    }
    if (letter === 'A' && sign === '-') {
      if (value instanceof IndexedArray) {
        shell.fail(`${name}: cannot convert indexed to associative array`);
        return false;
      }
      if (!(value instanceof AssociativeArray)) {
        const array = new AssociativeArray();
        if (typeof value === 'string') array.set('0', value);
        else array.isBlank = assignment === undefined;
        variable.value = array;
      }
    }
  }
  // Read-only comes last: the value of this very declaration is still assigned.
  const changes = parsed.options.filter(({ letter }) => letter in ATTRIBUTE && letter !== 'r');
  if (variable.readonly && (assignment || changes.some(({ letter, sign }) => letter !== 'x' && sign === '-'))) {
    shell.fail(`${name}: readonly variable`);
    return false;
  }
  for (const { letter, sign } of changes) {
    const attribute = ATTRIBUTE[letter];
    if (!attribute || (attribute === 'reference' && sign === '-' && assignment)) continue;
    variable[attribute] = sign === '-';
    if (letter === 'u' && sign === '-') variable.lower = false;
    if (letter === 'l' && sign === '-') variable.upper = false;
  }
  if (assignment) assignDeclared(shell, variable, assignment, label, isReference);
  if (isReference && assignment?.value === name) return false;
  if (parsed.options.some(({ letter, sign }) => letter === 'r' && sign === '-')) variable.readonly = true;
  shell.variables.changed(name);
  return true;
}

function assignDeclared(shell: Shell, variable: Variable, assignment: Resolved, label: Bytes, isReference: boolean): void {
  try {
    if (isReference && typeof assignment.value === 'string') {
      if (assignment.value === variable.name) shell.complain(`${label}: ${variable.name}: nameref variable self references not allowed`);
      else {
        variable.value = assignment.value;
        variable.reference = true;
      }
    } else if (assignment.index !== undefined && typeof assignment.value === 'string') {
      const array = arrayOf(variable);
      if (array instanceof AssociativeArray) array.set(assignment.index, shell.convert(variable, assignment.value));
      else array.set(evaluateIndex(shell, variable.name, assignment.index, array), shell.convert(variable, assignment.value));
    } else assign(shell, assignment, variable);
  } catch (error) {
    if (!(error instanceof ShellFailure) || error.words === undefined) throw error;
    throw new ShellFailure(`${label}: ${error.words}`, error.reach, error.status);
  }
}

function declareFunctions(shell: Shell, parsed: Parsed, wanted: readonly Target[]): number {
  const showsNames = parsed.has('F');
  if (wanted.length === 0) {
    for (const definition of [...shell.functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!showsNames) shell.put(`${printFunction(definition.name, definition.body)}\n`);
      if (showsNames || definition.isReadonly || definition.isExported) {
        shell.put(`declare -f${definition.isReadonly ? 'r' : ''}${definition.isExported ? 'x' : ''} ${definition.name}\n`);
      }
    }
    return 0;
  }
  let status = 0;
  for (const { name } of wanted) {
    const definition = shell.functions.get(name);
    if (!definition) {
      status = 1;
      continue;
    }
    const changes = parsed.options.filter(({ letter }) => letter === 'x' || letter === 'r');
    for (const { letter, sign } of changes) {
      if (letter === 'x') definition.isExported = sign === '-';
      else definition.isReadonly = sign === '-';
    }
    if (changes.length > 0) continue;
    if (!showsNames) shell.put(`${printFunction(name, definition.body)}\n`);
    else shell.put(shell.options.has('extdebug') ? `${name} ${definition.line} ${definition.source}\n` : `${name}\n`);
  }
  return status;
}

const hasKind = (variable: Variable, letter: string): boolean => {
  if (letter === 'a') return variable.current instanceof IndexedArray;
  if (letter === 'A') return variable.current instanceof AssociativeArray;
  const attribute = ATTRIBUTE[letter];
  return attribute !== undefined && variable[attribute];
};

function printVariables(shell: Shell, parsed: Parsed, wanted: readonly Target[], isLocalBuiltin: boolean): number {
  if (wanted.length === 0) {
    const letters = parsed.options.flatMap(({ letter }) => (letter === 'p' || letter === 'g' ? [] : [letter]));
    for (const variable of isLocalBuiltin ? shell.variables.locals() : shell.variables.listed()) {
      if (letters.every((letter) => hasKind(variable, letter))) shell.put(`${describeVariable(variable, shell.isUtf8)}\n`);
    }
    return 0;
  }
  let status = 0;
  for (const { name } of wanted) {
    const variable = shell.variables.find(name);
    if (variable) shell.put(`${describeVariable(variable, shell.isUtf8)}\n`);
    else status = shell.fail(`${name}: not found`);
  }
  return status;
}

function listVariables(shell: Shell, parsed: Parsed, isLocalBuiltin: boolean): number {
  const letters = parsed.options.map(({ letter }) => letter).filter((letter) => letter !== 'g');
  for (const variable of isLocalBuiltin ? shell.variables.locals() : shell.variables.listed()) {
    if (letters.length > 0) {
      if (letters.every((letter) => hasKind(variable, letter))) shell.put(`${describeVariable(variable, shell.isUtf8)}\n`);
    } else if (isLocalBuiltin) shell.put(`${describeVariable(variable, shell.isUtf8)}\n`);
    else if (variable.isSet) shell.put(`${listValue(shell, variable)}\n`);
  }
  if (letters.length === 0 && !isLocalBuiltin)
    for (const definition of shell.functions.values()) shell.put(`${printFunction(definition.name, definition.body)}\n`);
  return 0;
}

/** export and readonly: attributes of what exists or is assigned. */
const mark =
  (attribute: 'exported' | 'readonly', letters: string): Builtin =>
  (shell, args) => {
    const parsed = readOptions(shell, args, letters);
    if (typeof parsed === 'number') return parsed;
    const wanted = targets(shell, args, parsed.rest);
    if (isTraced(shell) && wanted.some(({ assignment }) => assignment)) return traced(shell, wanted, () => markAll(shell, parsed, wanted, attribute));
    return markAll(shell, parsed, wanted, attribute);
  };

/** `set -x` shows each assignment of export and readonly on its own. */
function* traced(shell: Shell, wanted: readonly Target[], work: () => number): Sys<number> {
  for (const { assignment, text } of wanted)
    if (assignment && typeof assignment.value === 'string') yield* trace(shell, traceAssignment(assignment, text, shell.isUtf8));
  return work();
}

function markAll(shell: Shell, parsed: Parsed, wanted: readonly Target[], attribute: 'exported' | 'readonly'): number {
  if (wanted.length === 0 || parsed.has('p')) {
    for (const variable of shell.variables.list())
      if (variable[attribute] && matchesKind(variable, parsed)) shell.put(`${describeVariable(variable, shell.isUtf8)}\n`);
    return 0;
  }
  const isOn = !parsed.has('n');
  let status = 0;
  for (const { text, name: fullName, assignment } of wanted) {
    const name = fullName.replace(/\[.*\]$/s, '');
    if (parsed.has('f')) {
      const definition = shell.functions.get(name);
      if (!definition) status = shell.fail(`${name}: not a function`);
      else if (attribute === 'exported') definition.isExported = isOn;
      else definition.isReadonly = true;
      continue;
    }
    if (!isName(name)) {
      status = shell.fail(`\`${text}': not a valid identifier`);
      continue;
    }
    const variable = shell.variables.ensure(name);
    if (parsed.has('a') && !(variable.value instanceof AssociativeArray)) arrayOf(variable);
    if (parsed.has('A') && !(variable.value instanceof AssociativeArray)) variable.value = new AssociativeArray();
    if (assignment) {
      if (variable.readonly) {
        // Said without the builtin's name.
        shell.complain(`${name}: readonly variable`);
        status = 1;
        continue;
      }
      assign(shell, assignment, assignment.index === undefined ? variable : undefined);
    }
    variable[attribute] = isOn;
  }
  return status;
}
const matchesKind = (variable: Variable, parsed: Parsed): boolean =>
  (!parsed.has('a') || variable.current instanceof IndexedArray) && (!parsed.has('A') || variable.current instanceof AssociativeArray);

const unset: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'fvn');
  if (typeof parsed === 'number') return parsed;
  if (parsed.has('f') && parsed.has('v')) return shell.fail('cannot simultaneously unset a function and a variable');
  let status = 0;
  for (const text of parsed.rest) {
    if (parsed.has('f')) {
      if (shell.functions.get(text)?.isReadonly) status = shell.fail(`${text}: cannot unset: readonly function`);
      else shell.functions.delete(text);
      continue;
    }
    const match = /^([^[]*)\[([\s\S]*)\]$/.exec(text);
    const name = match?.[1] ?? text;
    if (!isName(name)) {
      if (parsed.has('v') || match) status = shell.fail(`\`${text}': not a valid identifier`);
      else shell.functions.delete(name);
      continue;
    }
    const { variable, target } = parsed.has('n') ? { variable: shell.variables.find(name), target: name } : shell.variables.resolve(name);
    if (variable?.readonly) {
      status = shell.fail(`${name}: cannot unset: readonly variable`);
      continue;
    }
    if (match) status = unsetElement(shell, name, variable, match[2] ?? '') || status;
    else if (variable) {
      if (variable.compute) shell.variables.global.delete(target);
      shell.variables.unset(target);
    } else if (!parsed.has('v')) shell.functions.delete(name);
  }
  return status;
};

function unsetElement(shell: Shell, name: Bytes, variable: Variable | undefined, subscript: Bytes): number {
  const value = variable?.value;
  if (value instanceof AssociativeArray) value.delete(subscript);
  else if (subscript === '@' || subscript === '*') shell.variables.unset(name);
  else if (value instanceof IndexedArray) {
    const index = evaluateIndex(shell, name, subscript, value);
    value.delete(index);
  } else if (variable && evaluateIndex(shell, name, subscript, undefined) === 0) shell.variables.unset(name);
  else if (variable) return shell.fail(`${name}: not an array variable`);
  return 0;
}

export const VARIABLES: readonly (readonly [string, Builtin])[] = [
  ['declare', declare],
  ['typeset', declare],
  ['local', declare],
  ['export', mark('exported', 'aAfnp')],
  ['readonly', mark('readonly', 'aAfp')],
  ['unset', unset],
];
