/**
 * Which options go with which command of conntrack(8), and what a command cannot do without (commands_v_options of conntrack.c and of each
 * protocol's extension).
 */
import type { ConntrackCommand, Options } from './options.ts';

/** Letters of options as getopt has them, in the order in which the program complains about them, with the names it then uses. */
const NAMES: readonly (readonly [letter: string, name: string])[] = [
  ['s', 'src'],
  ['d', 'dst'],
  ['r', 'reply-src'],
  ['q', 'reply-dst'],
  ['p', 'protonum'],
  ['t', 'timeout'],
  ['u', 'status'],
  ['z', 'zero'],
  ['e', 'event-mask'],
  ['[', 'tuple-src'],
  [']', 'tuple-dst'],
  ['{', 'mask-src'],
  ['}', 'mask-dst'],
  ['m', 'mark'],
  ['i', 'id'],
  ['f', 'family'],
  ['n', 'src-nat'],
  ['g', 'dst-nat'],
  ['o', 'output'],
  ['c', 'secmark'],
  ['b', 'buffer-size'],
  ['j', 'any-nat'],
  ['w', 'zone'],
  ['l', 'label'],
  ['<', 'label-add'],
  ['>', 'label-del'],
  ['(', 'orig-zone'],
  [')', 'reply-zone'],
];
const ALLOWED: Readonly<Record<ConntrackCommand, string>> = {
  list: 'sdrqpuz{}mfngocjwl()',
  insert: 'sdrqptumngw<()',
  add: 'sdrqptumngw<()',
  update: 'sdrqptu{}mifngol<>',
  delete: 'sdrqptu{}mifngowl()',
  get: 'sdrqpiol',
  flush: 'f',
  event: 'sdrqpemfngocbjwl{}()',
  version: '',
  help: 'p',
  count: 'f',
  statistics: '',
};
const EXPECT_ALLOWED: Readonly<Partial<Record<ConntrackCommand, string>>> = { list: 'fo', insert: 'sdrqptu[]{}', delete: 'sdrqp', get: 'sdrqp', event: 'o' };
const NEEDED: Readonly<Partial<Record<ConntrackCommand, string>>> = { insert: 'pt', add: 'pt', get: 'p' };
const EXPECT_NEEDED: Readonly<Partial<Record<ConntrackCommand, string>>> = { insert: 'sdpt', delete: 'sdp', get: 'sdp' };

/** What is wrong with the command line, as the program words it. */
export function misuse(options: Options): string | undefined {
  const { command, table, given } = options;
  const isExpect = table === 'expect';
  const allowed = (isExpect ? EXPECT_ALLOWED : ALLOWED)[command] ?? '';
  const needed = (isExpect ? EXPECT_NEEDED : NEEDED)[command] ?? '';
  for (const [letter, name] of NAMES) {
    if (!given.has(letter) && needed.includes(letter)) return `You need to supply the \`--${name}' option for this command`;
    if (given.has(letter) && !allowed.includes(letter)) return `Illegal option \`--${name}' with this command`;
  }
  if (isExpect || (command !== 'insert' && command !== 'add' && command !== 'get')) return undefined;
  const has = (...letters: readonly string[]): boolean => letters.every((letter) => given.has(letter));
  if (!has('s', 'd') && !has('r', 'q'))
    return given.has('r') || given.has('q') ? "you have to specify `--reply-src' and `--reply-dst'" : "you have to specify `--src' and `--dst'";
  return missingOfProtocol(options);
}
function missingOfProtocol({ command, filter, given }: Options): string | undefined {
  const { protocol = 0 } = filter;
  if (protocol === 1 || protocol === 58) {
    const prefix = protocol === 1 ? 'icmp' : 'icmpv6';
    const names = [['type', filter.icmpType], ['code', filter.icmpCode], ['id', filter.icmpId]] as const; // prettier-ignore
    const lacking = names.find(([, value]) => value === undefined);
    return lacking && `You need to supply the \`--${prefix}-${lacking[0]}' option for this command`;
  }
  const hasPorts = WITH_PORTS.has(protocol);
  const original = filter.originalSourcePort !== undefined && filter.originalDestinationPort !== undefined;
  const reply = filter.replySourcePort !== undefined && filter.replyDestinationPort !== undefined;
  if (hasPorts && !original && !reply) return "you have to specify `--sport' and `--dport'";
  if (command !== 'get' && (protocol === 6 || protocol === 132) && !given.has('state')) return "You need to supply the `--state' option for this command";
  return undefined;
}
const WITH_PORTS = new Set([6, 17, 33, 132, 136]);
