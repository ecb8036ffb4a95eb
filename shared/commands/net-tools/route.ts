/** route(8) of net-tools 2.10. Authority: route.c. */
import type { Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { familiesOf, FAMILY_OPTIONS, familyOption, showRoutes } from './address-family.ts';
import { familyList, features, isFamily, VERSION } from './families.ts';
import { changeRoute4, changeRoute6, INET6_USAGE, INET_USAGE, type Ending } from './route-change.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

const OPTIONS: readonly OptionSpec[] = [
  { id: 'v', short: 'v', long: 'verbose', argument: 'none', help: 'be verbose' },
  { id: 'n', short: 'n', long: 'numeric', argument: 'none', help: "don't resolve names" },
  { id: 'e', short: 'e', long: 'extend', argument: 'none', help: 'display other/more information' },
  { id: 'F', short: 'F', long: 'fib', argument: 'none', help: 'display Forwarding Information Base (default)' },
  { id: 'C', short: 'C', long: 'cache', argument: 'none', help: 'display routing cache instead of FIB' },
  { id: 'V', short: 'V', long: 'version', argument: 'none' },
  { id: 'h', short: 'h', long: 'help', argument: 'none' },
  { id: 'N', short: 'N', long: 'symbolic', argument: 'none' },
  { id: 'A', short: 'A', long: 'protocol', argument: 'required' },
  { id: '4', short: '4', argument: 'none' },
  { id: '6', short: '6', argument: 'none' },
  ...FAMILY_OPTIONS,
];
const optionLines = OPTIONS.filter(({ help }) => help !== undefined).map(({ short, long, help }) => `        ${`-${short}, --${long}`.padEnd(24)} ${help}\n`);
const HELP = [
  'Usage: route [-nNvee] [-FC] [<AF>]           List kernel routing tables\n',
  '       route [-v] [-FC] {add|del|flush} ...  Modify routing table for AF.\n\n',
  '       route {-h|--help} [<AF>]              Detailed usage syntax for specified AF.\n',
  '       route {-V|--version}                  Display version/author and exit.\n\n',
  ...optionLines,
  "\n  <AF>=Use -4, -6, '-A <af>' or '--<af>'; default: inet\n",
  '  List of possible address families (which support routing):\n',
].join('');
const OPTION_ERROR = 3;
const FEATURES = '+NEW_ADDRT +RTF_IRTT +RTF_REJECT +I18N +SELINUX';

const ACTIONS: ReadonlyMap<Bytes, 'add' | 'del' | 'flush'> = new Map([
  ['add', 'add'],
  ['del', 'del'],
  ['delete', 'del'],
  ['flush', 'flush'],
]);

const main: Program = function* (p) {
  // `-net` and `-host` are words, not options.
  const words = p.argv.map((word) => (word === '-net' || word === '-host' ? `#${word.slice(1)}` : word));
  const { options, operands, error } = parseOptions(words, OPTIONS);
  const families: string[] = [];
  const given = options.map(({ id }) => id);
  for (const option of options) {
    if (option.id === 'V') return (yield* p.print(VERSION + features(FEATURES)), 0);
    const name = familyOption(option);
    if (name === undefined) continue;
    const found = familiesOf(name);
    if (typeof found === 'string') return (yield* p.error(found), 1);
    families.push(...found);
  }
  if (error !== undefined) yield* p.error(error);
  if (error !== undefined || given.includes('h')) return yield* help(p, families);
  if (families.length === 0) families.push('inet');
  const [action, ...rest] = operands;
  const isNumeric = given.includes('n') || given.includes('N');
  const cached = given.includes('C');
  if (action === undefined) {
    const extent = Math.min(3, 1 + given.filter((id) => id === 'e').length) as 1 | 2 | 3;
    const caches = cached ? (given.includes('F') ? 'both' : 'cache') : 'fib';
    return yield* showRoutes(p, families, { extent, how: isNumeric ? 'numeric' : 'names', caches });
  }
  const change = ACTIONS.get(action);
  if (change === undefined) return (yield* p.error(HELP + familyList('routed')), OPTION_ERROR);
  const targets = rest.map((word) => (word === '#net' || word === '#host' ? `-${word.slice(1)}` : word));
  const ending = edit(p, families.join(','), change, cached, targets);
  if (ending.status === 0 && ending.error !== '') yield* p.print(ending.error);
  else yield* p.error(ending.error);
  return ending.status;
};
/** The lists of families go to standard error always. */
function* help(p: Process, families: readonly string[]): Sys<number> {
  const [family] = families;
  if (family === undefined) {
    yield* p.error(familyList('routed'));
    yield* p.print(HELP);
    return 0;
  }
  if (family === 'inet' || family === 'inet6') return (yield* p.print(family === 'inet' ? INET_USAGE : INET6_USAGE), 0);
  yield* p.error(noRouting(family));
  return OPTION_ERROR;
}
const noRouting = (family: string): Bytes =>
  isFamily(family) ? `No routing for address family \`${family}'.\n` : `Address family \`${family}' not supported.\n`;

function edit(p: Process, family: string, action: 'add' | 'del' | 'flush', cached: boolean, words: readonly Bytes[]): Ending {
  if (family !== 'inet' && family !== 'inet6') return { status: OPTION_ERROR, error: noRouting(family) };
  const usage = family === 'inet' ? INET_USAGE : INET6_USAGE;
  if (action === 'flush') return { status: OPTION_ERROR, error: `Flushing \`${family}' routing table not supported\n${usage}` };
  if (cached && family === 'inet') return { status: OPTION_ERROR, error: `Modifying \`${family}' routing cache not supported\n${usage}` };
  if (family === 'inet6') return changeRoute6(p, action, words);
  return words.length === 0 ? { status: 0, error: usage } : changeRoute4(p, action, words);
}

const DECLARATION: Declaration = {
  synopsis: '[options] [add|del|flush] ...',
  options: declaredOptions(OPTIONS),
  commands: ['add', 'del', 'flush'].map((name) => ({ name })),
};
export const ROUTE: InstalledProgram = { path: '/usr/sbin/route', main: declared(DECLARATION, main), origin: 'net-tools 2.10' };
