/** Assignments: scalars, elements, whole arrays (bash(1), PARAMETERS and Arrays). */
import type { Bytes } from '../../../base/index.ts';
import type { Sys } from '../../process/wait.ts';
import { formatInt } from '../arithmetic.ts';
import { AssociativeArray, IndexedArray } from '../arrays.ts';
import { expandText, expandValue, expandWords } from '../expand/expand.ts';
import { decodeEscapes } from '../expand/escapes.ts';
import { singleQuote, traceQuote } from '../expand/quote.ts';
import { arrayOf, assignElement, evaluateIndex, evaluateText } from '../expand/lookup.ts';
import type { Element, MaybeSys, Resolved, Shell } from '../shell.ts';
import type { Assignment, ArrayElement, Word } from '../syntax/tree.ts';
import type { Variable } from '../variables.ts';

export const isWord = (value: Word | readonly ArrayElement[]): value is Word => 'pieces' in value;

export function resolve(shell: Shell, assignment: Assignment): MaybeSys<Resolved> {
  const { name, index, isAppend, value } = assignment;
  if (isWord(value) && !value.waits && !index?.waits) {
    const key = index && expandText(shell, index);
    return { name, index: key as Bytes | undefined, isAppend, value: expandValue(shell, value) as Bytes };
  }
  return resolveWaiting(shell, assignment);
}
function* resolveWaiting(shell: Shell, { name, index, isAppend, value }: Assignment): Sys<Resolved> {
  const key = index && (yield* text(expandText(shell, index)));
  if (isWord(value)) return { name, index: key, isAppend, value: yield* text(expandValue(shell, value)) };
  const elements: Element[] = [];
  for (const element of value) {
    if (element.index) {
      elements.push({
        index: yield* text(expandText(shell, element.index)),
        isAppend: element.isAppend,
        value: yield* text(expandValue(shell, element.value)),
      });
      continue;
    }
    const words = expandWords(shell, [element.value]);
    for (const word of Array.isArray(words) ? words : yield* words) elements.push({ index: undefined, isAppend: false, value: word });
  }
  return { name, index: key, isAppend, value: elements };
}
function* text(value: MaybeSys<Bytes>): Sys<Bytes> {
  return typeof value === 'string' ? value : yield* value;
}

/** Performs it on the variable that the name means now, or on `variable`. */
export function assign(shell: Shell, { name, index, isAppend, value }: Resolved, variable?: Variable): Variable {
  if (index !== undefined && typeof value === 'string') return assignElement(shell, name, index, value, isAppend);
  if (typeof value === 'string') return assignScalar(shell, name, value, isAppend, variable);
  const meant = variable ?? shell.variables.ensure(name);
  shell.checkWritable(meant);
  assignArray(shell, meant, value, isAppend);
  if (shell.options.allexport) meant.exported = true;
  shell.variables.changed(name);
  return meant;
}

function assignScalar(shell: Shell, name: Bytes, value: Bytes, isAppend: boolean, variable: Variable | undefined): Variable {
  const meant = variable ?? shell.variables.resolve(name).variable;
  let full = value;
  if (isAppend && meant)
    full = meant.integer ? formatInt(evaluateText(shell, `(${meant.scalar ?? '0'})+(${value === '' ? '0' : value})`)) : (meant.scalar ?? '') + value;
  if (!variable) return shell.assign(name, full);
  shell.checkWritable(variable);
  const stored = shell.convert(variable, full);
  if (variable.assigned) variable.assigned(stored);
  else if (variable.value instanceof IndexedArray) variable.value.set(0, stored);
  else if (variable.value instanceof AssociativeArray) variable.value.set('0', stored);
  else variable.value = stored;
  shell.variables.changed(name);
  return variable;
}

function assignArray(shell: Shell, variable: Variable, elements: readonly Element[], isAppend: boolean): void {
  const old = variable.value;
  if (!isAppend) variable.value = old instanceof AssociativeArray ? new AssociativeArray() : new IndexedArray();
  const array = arrayOf(variable);
  if (array instanceof AssociativeArray) {
    // Without brackets keys and values alternate.
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i];
      if (!element) continue;
      if (element.index !== undefined)
        array.set(element.index, shell.convert(variable, (element.isAppend ? (array.get(element.index) ?? '') : '') + element.value));
      else array.set(element.value, shell.convert(variable, elements[++i]?.value ?? ''));
    }
    return;
  }
  let next = isAppend ? array.lastIndex + 1 : 0;
  for (const element of elements) {
    const index = element.index === undefined ? next : evaluateIndex(shell, variable.name, element.index, array);
    array.set(index, shell.convert(variable, (element.isAppend ? (array.get(index) ?? '') : '') + element.value));
    next = index + 1;
  }
}

/** As `set -x` shows it; an array as it stands in the script. */
export function traceAssignment(resolved: Resolved, source: Bytes, isUtf8: boolean): Bytes {
  const { name, index, isAppend, value } = resolved;
  if (typeof value !== 'string') return source.replace(/\$'((?:[^'\\]|\\[^])*)'/g, (_whole, text: string) => singleQuote(decodeEscapes(text, 'ansi').text));
  return `${name}${index === undefined ? '' : `[${index}]`}${isAppend ? '+=' : '='}${value === '' ? '' : traceQuote(value, isUtf8)}`;
}
