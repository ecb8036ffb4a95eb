/** `ip stats`: counters of devices by group. Authority: ip/ipstats.c. What cards and bonds count besides is empty here, as on devices that are not. */
import { devicesInOrder, type Device } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { printStatistics } from './statistics.ts';
import { statsUsage } from './usage-objects.ts';

interface Leaf {
  readonly path: readonly string[];
  /** What follows the name of the leaf. */
  readonly text: (session: Session, device: Device) => string;
}
const NOTHING = (): string => '';
/** In the order in which they are shown. */
const LEAVES: readonly Leaf[] = [
  { path: ['afstats', 'mpls'], text: NOTHING },
  { path: ['link'], text: NOTHING },
  { path: ['offload', 'l3_stats'], text: () => ' off used off' },
  { path: ['offload', 'hw_stats_info'], text: () => '\n    l3_stats off used off' },
  { path: ['offload', 'cpu_hit'], text: () => '\n' },
  ...(['xstats_slave', 'xstats'] as const).map((group) => ({ path: [group, 'bond', '802.3ad'], text: NOTHING })),
  ...(['xstats_slave', 'xstats'] as const).flatMap((group) => ['mcast', 'stp'].map((suite) => ({ path: [group, 'bridge', suite], text: NOTHING }))),
];
const LEVELS = ['group', 'subgroup', 'suite'] as const;

export function statsCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.is('help')) {
    session.printer.out(statsUsage());
    return 0;
  }
  const isShow = args.isAtEnd || args.is('show');
  if (args.is('set')) giveUp(KERNEL_ERROR, 'not modelled: counters of cards\n');
  if (!isShow) giveUp(USAGE_ERROR, `Command "${args.word}" is unknown, try "ip stats help".\n`);
  args.advance();
  return show(session, args);
}

function show(session: Session, args: Arguments): number {
  const { netns, printer } = session;
  let device: Device | undefined;
  const chosen: string[][] = [];
  for (; !args.isAtEnd; args.advance()) {
    const level = LEVELS.findIndex((name) => args.is(name));
    if (args.is('dev')) device = netns.devices.get(session.requireIndex(args.next()));
    else if (level >= 0) choose(chosen, level, args.next());
    else if (args.is('help')) {
      printer.out(statsUsage());
      return 0;
    } else giveUp(USAGE_ERROR, `What is "${args.word}"?\n`);
  }
  const wanted = LEAVES.filter(({ path }) => chosen.length === 0 || chosen.some((prefix) => prefix.every((word, i) => path[i] === word)));
  if (session.options.json) return giveUp(KERNEL_ERROR, 'not modelled: counters by group as JSON\n');
  const devices = device === undefined ? devicesInOrder(netns) : [device];
  for (const one of devices) {
    for (const leaf of wanted) printLeaf(session, one, leaf);
    if (device === undefined && chosen.length === 0) printer.out('\n');
  }
  return 0;
}
/** A subgroup belongs to the group before it. */
function choose(chosen: string[][], level: number, word: string): void {
  if (level === 0) chosen.push([word]);
  else {
    const last = chosen.at(-1);
    if (last === undefined || last.length < level)
      giveUp(USAGE_ERROR, `Error: ${LEVELS[level]} ${word} requested without selecting a ${LEVELS[level - 1]} first\n`);
    else last.splice(level, 2, word);
  }
  const known = chosen.at(-1) ?? [];
  if (!LEAVES.some(({ path }) => known.every((part, i) => path[i] === part))) {
    const inside = level === 0 ? 'top-level' : (known[level - 1] ?? '');
    giveUp(USAGE_ERROR, `Error: no ${LEVELS[level]} named ${word} found inside ${inside}\n`);
  }
}
function printLeaf(session: Session, device: Device, leaf: Leaf): void {
  const { printer } = session;
  printer.out(`${device.index}: ${device.name}: ${leaf.path.map((word, i) => `${LEVELS[i] ?? ''} ${word}`).join(' ')}`);
  if (leaf.path[0] === 'link') {
    printer.out('\n');
    printStatistics(session, device, 'stats64');
  } else printer.out(leaf.text(session, device));
  printer.out('\n');
}
