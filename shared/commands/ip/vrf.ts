/** `ip vrf`, and names of VRFs where other commands take them. Authority: ip/ipvrf.c. */
import { strerror } from '../../base/index.ts';
import { devicesInOrder, type Device } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { vrfUsage } from './usage-objects.ts';

const vrfNamed = (session: Session, name: string): Device | undefined => {
  const device = session.netns.device(name);
  return device?.kind === 'vrf' ? device : undefined;
};
/** The VRF that a word names; `message` is what the command says when it names none. */
export const takeVrf = (session: Session, word: string, message: string): Device => vrfNamed(session, word) ?? invalidArgument(message, word);

export function vrfCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('show', 'lst', 'list')) return show(session, args.advance() ? args.word : undefined);
  const rest = new Arguments(words.slice(1));
  if (args.begins('identify')) {
    if (rest.isAtEnd) return 0;
    const pid = parseU32(rest.word) ?? invalidArgument('Invalid pid\n', rest.word);
    if (session.process.namespaces.pid.lookup(pid) === undefined) giveUp(USAGE_ERROR, `Failed to open cgroups file: ${strerror('ENOENT')}\n`);
    return 0;
  }
  if (args.begins('pids')) {
    if (rest.isAtEnd) leave(255, 'Invalid arguments\n');
    return withoutCgroups(session, USAGE_ERROR);
  }
  if (args.begins('exec')) {
    if (rest.isAtEnd) leave(255, 'No VRF name specified\n');
    if (!rest.hasNext) leave(255, 'No command specified\n');
    if (rest.word !== 'default' && vrfNamed(session, rest.word) === undefined) leave(255, 'Invalid VRF name\n');
    return withoutCgroups(session, 255);
  }
  if (args.begins('help')) leave(255, vrfUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip vrf help".\n`);
}
/** Processes are bound to a VRF by a control group, which root of a user namespace cannot make. */
function withoutCgroups(session: Session, status: number): number {
  if (!session.netns.host.mayLoadModules) return giveUp(status, `Failed to mount cgroup2: ${strerror('EPERM')}\n`);
  return giveUp(KERNEL_ERROR, 'not modelled: processes in VRFs\n');
}

function show(session: Session, name: string | undefined): number {
  const { printer, options, netns } = session;
  if (name !== undefined) {
    const device = vrfNamed(session, name) ?? leave(255, 'Invalid VRF\n');
    printer.out(`${device.name} ${device.vrfTable}\n`);
    return 0;
  }
  const vrfs = devicesInOrder(netns).filter(({ kind }) => kind === 'vrf');
  printer.startJson(options.json, options.pretty);
  printer.text(`${'Name'.padEnd(16)}  Table\n${'-'.repeat(23)}\n`);
  for (const { name: own, vrfTable } of vrfs) {
    printer.openObject();
    printer.any('name', own.padEnd(16), own);
    printer.any('table', ` ${String(vrfTable).padStart(5)}`, vrfTable);
    printer.text('\n');
    printer.closeObject();
  }
  if (vrfs.length === 0) printer.text('No VRF has been configured\n');
  printer.endJson();
  return 0;
}
