/** set, shopt, shift, getopts. */
import type { Bytes } from '../../../base/index.ts';
import { AssociativeArray, IndexedArray } from '../arrays.ts';
import { describeArray } from '../describe.ts';
import { listQuote } from '../expand/quote.ts';
import { ShellFailure } from '../failure.ts';
import { isSetOption, optionOfLetter, SET_OPTIONS, SHOPT_NAMES, type SetOption } from '../options.ts';
import type { Builtin, Shell } from '../shell.ts';
import { printFunction } from '../syntax/print.ts';
import type { Variable } from '../variables.ts';
import { isName, readOptions, usage } from './usage.ts';

/** `name=value` as `set` lists it. */
export function listValue(shell: Shell, variable: Variable): Bytes {
  const value = variable.current;
  if (value instanceof IndexedArray || value instanceof AssociativeArray) return `${variable.name}=${describeArray(value, shell.isUtf8)}`;
  return `${variable.name}=${value === undefined ? '' : listQuote(value, shell.isUtf8)}`;
}

function listOptions(shell: Shell, isReusable: boolean): void {
  for (const [name] of SET_OPTIONS) {
    const isOn = shell.options.isSet(name);
    shell.put(isReusable ? `set ${isOn ? '-' : '+'}o ${name}\n` : `${name.padEnd(15)}\t${isOn ? 'on' : 'off'}\n`);
  }
}

export function switchOption(shell: Shell, name: SetOption, isOn: boolean): void {
  shell.options.set(name, isOn);
  if (name === 'errexit' && !isOn) return;
}

const set: Builtin = (shell, args) => {
  if (args.length === 1) {
    for (const variable of shell.variables.listed()) if (variable.isSet || typeof variable.current === 'object') shell.put(`${listValue(shell, variable)}\n`);
    if (!shell.options.isSet('posix')) for (const definition of shell.functions.values()) shell.put(`${printFunction(definition.name, definition.body)}\n`);
    return 0;
  }
  let at = 1;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      shell.positional = args.slice(at + 1);
      return 0;
    }
    if (arg === '-') {
      shell.options.set('xtrace', false);
      shell.options.set('verbose', false);
      if (at + 1 < args.length) shell.positional = args.slice(at + 1);
      return 0;
    }
    if (!/^[-+]./.test(arg)) break;
    const isOn = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = args[at + 1];
        if (name === undefined) {
          listOptions(shell, !isOn);
          continue;
        }
        at++;
        if (!isSetOption(name)) {
          shell.fail(`${name}: invalid option name`);
          return 2;
        }
        switchOption(shell, name, isOn);
        continue;
      }
      const option = optionOfLetter(letter);
      if (!option) {
        shell.fail(`${arg.charAt(0)}${letter}: invalid option`);
        return usage(shell);
      }
      switchOption(shell, option, isOn);
    }
  }
  if (at < args.length) shell.positional = args.slice(at);
  return 0;
};

const shopt: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'psuoq');
  if (typeof parsed === 'number') return parsed;
  const isOn = parsed.has('s');
  const isOff = parsed.has('u');
  if (isOn && isOff) return shell.fail('cannot set and unset shell options simultaneously');
  const isSetNames = parsed.has('o');
  const read = (name: Bytes): boolean => (isSetNames ? shell.options.isSet(name as SetOption) : shell.options.has(name));
  const isKnown = (name: Bytes): boolean => (isSetNames ? isSetOption(name) : (SHOPT_NAMES as readonly string[]).includes(name));
  const show = (name: Bytes): void => {
    if (parsed.has('q')) return;
    if (parsed.has('p')) shell.put(isSetNames ? `set ${read(name) ? '-' : '+'}o ${name}\n` : `shopt ${read(name) ? '-s' : '-u'} ${name}\n`);
    else shell.put(`${name.padEnd(15)}\t${read(name) ? 'on' : 'off'}\n`);
  };
  if (parsed.rest.length === 0) {
    const names: readonly string[] = isSetNames ? SET_OPTIONS.map(([name]) => name) : SHOPT_NAMES;
    for (const name of names) if ((!isOn && !isOff) || read(name) === isOn) show(name);
    return 0;
  }
  let status = 0;
  for (const name of parsed.rest) {
    if (!isKnown(name)) {
      status = shell.fail(`${name}: invalid ${isSetNames ? '' : 'shell '}option name`);
      continue;
    }
    if (!isOn && !isOff) {
      if (!read(name)) status = 1;
      show(name);
    } else if (isSetNames) switchOption(shell, name as SetOption, isOn);
    else shell.options.setShopt(name, isOn);
  }
  return status;
};

const shift: Builtin = (shell, args) => {
  const [, text = '1'] = args[1] === '--' ? args.slice(1) : args;
  if (!/^[+-]?\d+$/.test(text)) {
    shell.fail(`${text}: numeric argument required`);
    return 1;
  }
  if (args.length > 2 && args[1] !== '--') throw new ShellFailure('shift: too many arguments', 'discard');
  const count = Number(text);
  if (count < 0) return shell.fail(`${text}: shift count out of range`);
  if (count > shell.positional.length) {
    if (shell.options.has('shift_verbose')) shell.fail(`${text}: shift count out of range`);
    return 1;
  }
  shell.positional = shell.positional.slice(count);
  return 0;
};

const getopts: Builtin = (shell, args) => {
  if (args.length < 3) return usage(shell);
  const [, spec = '', name = '', ...given] = args;
  const words = args.length > 3 ? given : shell.positional;
  const isSilent = spec.startsWith(':');
  let index = Number(shell.getVariable('OPTIND') ?? 1);
  if (!Number.isInteger(index) || index < 1) index = 1;
  if (index !== shell.getoptsIndex) {
    shell.getoptsOffset = 1;
    shell.getoptsIndex = index;
  }
  const end = (letter: Bytes, value: Bytes | undefined, status: number): number => {
    shell.getoptsIndex = index;
    shell.assign('OPTIND', String(index));
    if (value === undefined) shell.variables.unset('OPTARG');
    else shell.assign('OPTARG', value);
    if (!isName(name)) return shell.fail(`\`${name}': not a valid identifier`);
    shell.assign(name, letter);
    return status;
  };
  const word = words[index - 1];
  if (word === undefined || (shell.getoptsOffset === 1 && (!word.startsWith('-') || word === '-'))) return end('?', undefined, 1);
  if (word === '--') {
    index++;
    return end('?', undefined, 1);
  }
  const letter = word.charAt(shell.getoptsOffset);
  const isLast = shell.getoptsOffset + 1 >= word.length;
  const advance = (): void => {
    if (isLast) {
      index++;
      shell.getoptsOffset = 1;
    } else shell.getoptsOffset++;
  };
  const place = letter === ':' ? -1 : spec.indexOf(letter);
  const complain = (words_: Bytes): void => {
    if (!isSilent && shell.getVariable('OPTERR') !== '0') shell.say(`${shell.name}: ${words_} -- ${letter}\n`);
  };
  if (place < 0) {
    advance();
    complain('illegal option');
    return end('?', isSilent ? letter : undefined, 0);
  }
  if (spec.charAt(place + 1) !== ':') {
    advance();
    return end(letter, undefined, 0);
  }
  const rest = word.slice(shell.getoptsOffset + 1);
  shell.getoptsOffset = 1;
  index++;
  if (rest !== '') return end(letter, rest, 0);
  const value = words[index - 1];
  if (value === undefined) {
    complain('option requires an argument');
    return isSilent ? end(':', letter, 0) : end('?', undefined, 0);
  }
  index++;
  return end(letter, value, 0);
};

export const SETTINGS: readonly (readonly [string, Builtin])[] = [
  ['set', set],
  ['shopt', shopt],
  ['shift', shift],
  ['getopts', getopts],
];
