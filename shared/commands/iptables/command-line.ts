/** The options of iptables themselves: letters, long names, and which of them each command may have (iptables/xshared.c, nft-shared.c). */
import type { CommandKind, UsedMatch, UsedTarget } from './command.ts';
import type { HasArgument, LongOption } from './getopt.ts';
import type { OptionEntry } from './option.ts';

export const SHORT = new Map<string, HasArgument>();
for (const [, letter = '', colons = ''] of 'A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x'.matchAll(/(\w)(:*)/g)) {
  SHORT.set(letter, colons === '' ? 'no' : colons === ':' ? 'required' : 'optional');
}
const LONG: readonly (readonly [string, HasArgument, string])[] = [
  ['append', 'required', 'A'],
  ['delete', 'required', 'D'],
  ['check', 'required', 'C'],
  ['insert', 'required', 'I'],
  ['replace', 'required', 'R'],
  ['list', 'optional', 'L'],
  ['list-rules', 'optional', 'S'],
  ['flush', 'optional', 'F'],
  ['zero', 'optional', 'Z'],
  ['new-chain', 'required', 'N'],
  ['delete-chain', 'optional', 'X'],
  ['rename-chain', 'required', 'E'],
  ['policy', 'required', 'P'],
  ['source', 'required', 's'],
  ['destination', 'required', 'd'],
  ['src', 'required', 's'],
  ['dst', 'required', 'd'],
  ['protocol', 'required', 'p'],
  ['in-interface', 'required', 'i'],
  ['jump', 'required', 'j'],
  ['table', 'required', 't'],
  ['match', 'required', 'm'],
  ['numeric', 'no', 'n'],
  ['out-interface', 'required', 'o'],
  ['verbose', 'no', 'v'],
  ['wait', 'optional', 'w'],
  ['wait-interval', 'optional', 'W'],
  ['exact', 'no', 'x'],
  ['fragments', 'no', 'f'],
  ['version', 'no', 'V'],
  ['help', 'optional', 'h'],
  ['line-numbers', 'no', '0'],
  ['modprobe', 'required', 'M'],
  ['set-counters', 'required', 'c'],
  ['goto', 'required', 'g'],
  ['ipv4', 'no', '4'],
  ['ipv6', 'no', '6'],
];

export type Value = { readonly letter: string } | { readonly owner: UsedMatch | UsedTarget; readonly entry: OptionEntry };
const letters = new Map<string, Value>();
export const letterValue = (letter: string): Value => {
  let value = letters.get(letter);
  if (!value) letters.set(letter, (value = { letter }));
  return value;
};
export const LONG_OPTIONS: readonly LongOption<Value>[] = LONG.map(([name, argument, letter]) => ({ name, argument, value: letterValue(letter) }));

/** Letters of commands in messages, by kind. */
export const COMMAND_LETTERS: Readonly<Record<CommandKind, string>> = {
  insert: 'I',
  delete: 'D',
  'delete-number': 'D',
  replace: 'R',
  append: 'A',
  list: 'L',
  flush: 'F',
  zero: 'Z',
  'new-chain': 'N',
  'delete-chain': 'X',
  policy: 'P',
  'rename-chain': 'E',
  'list-rules': 'S',
  'zero-number': 'Z',
  check: 'C',
};
/** Options in the order that they are checked. */
export const OPTION_LETTERS = 'nsdpjvxio0cf';
const RULE_OPTIONS = 'sdpjviocf';
/** Which options a command may have. */
export const ALLOWED: Readonly<Record<CommandKind, string>> = {
  insert: RULE_OPTIONS,
  delete: 'sdpjviof',
  'delete-number': 'v',
  replace: RULE_OPTIONS,
  append: RULE_OPTIONS,
  list: 'nvx0',
  flush: 'v',
  zero: 'v',
  'new-chain': 'v',
  'delete-chain': 'v',
  policy: 'vc',
  'rename-chain': 'v',
  'list-rules': 'v',
  'zero-number': 'v',
  check: 'sdpjviof',
};
export const INVERTIBLE = 'sdpiof';
