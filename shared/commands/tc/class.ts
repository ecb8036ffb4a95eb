/** `tc class`: the bands of prio. Authority: tc/tc_class.c of iproute2 6.1. Deviation: classes that users make (htb …) are not modelled. */
import { devicesInOrder, Prio, rootQdisc, type Device } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import type { Session } from '../iproute2/session.ts';
import { printStatistics } from './qdisc.ts';
import { classIdText, parseClassId } from './quantities.ts';
import { CLASS_USAGE } from './usage.ts';

const FAILURE = 255;

export function classCommand(session: Session, words: readonly string[]): number {
  const [verb, ...rest] = words;
  if (verb === undefined) return 0;
  if (['add', 'change', 'replace', 'delete'].some((each) => each.startsWith(verb))) return giveUp(1, 'not modelled: classes that are made by hand\n');
  if (['list', 'show', 'lst'].some((each) => each.startsWith(verb))) return list(session, new Arguments(rest));
  if ('help'.startsWith(verb)) return (session.printer.error(CLASS_USAGE), 0);
  return giveUp(FAILURE, `Command "${verb}" is unknown, try "tc class help".\n`);
}

function list(session: Session, args: Arguments): number {
  let name: string | undefined;
  let only: number | undefined;
  let major: number | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.begins('classid')) {
      const id = parseClassId(args.next());
      only = id === undefined || id === 'root' ? invalidArgument('invalid class ID', args.word) : id;
    } else if (args.begins('parent')) {
      const id = parseClassId(args.next()) ?? invalidArgument('invalid parent ID', args.word);
      if (id !== 'root') major = id >>> 16;
    } else if (args.begins('help')) leave(FAILURE, CLASS_USAGE);
    else if (!args.is('root')) giveUp(FAILURE, `What is "${args.word}"? Try "tc class help".\n`);
  }
  const { printer, options, netns } = session;
  const index = name === undefined ? 0 : session.requireIndex(name);
  printer.startJson(options.json, options.pretty);
  for (const device of devicesInOrder(netns)) if (index === 0 || device.index === index) printClasses(session, device, index !== 0, only, major);
  printer.endJson();
  return 0;
}
function printClasses(session: Session, device: Device, isAlone: boolean, only: number | undefined, major: number | undefined): void {
  const { printer, options } = session;
  const root = rootQdisc(device);
  if (!(root instanceof Prio) || (major !== undefined && major !== root.handle >>> 16)) return;
  root.leaves.forEach((leaf, i) => {
    const id = root.handle + i + 1;
    if (only !== undefined && only !== id) return;
    printer.openObject();
    printer.any('class', `class ${root.name} `, root.name);
    printer.any('handle', `${classIdText(id)} `, classIdText(id));
    if (!isAlone) {
      printer.text('dev ');
      printer.any('dev', `${device.name} `, device.name, 'ifname');
    }
    printer.any('parent', `parent ${classIdText(root.handle)} `, classIdText(root.handle));
    if (leaf.handle !== 0) printer.any('leaf', `leaf ${classIdText(leaf.handle)} `, classIdText(leaf.handle));
    printer.newLine();
    if (options.stats > 0) printStatistics(session, leaf.stats);
    printer.closeObject();
    printer.flush();
  });
}
