/**
 * Objects of `ip` that a host has and nothing here fills: VRFs, IPsec, multicast routing, MPTCP. Listing them shows that there is none;
 * making one says that it is not modelled. Authority: ip/ipvrf.c, ipxfrm.c, ipmroute.c, ipmptcp.c, iptoken.c, tcp_metrics.c.
 */
import { devicesInOrder, Iff } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, leave } from '../iproute2/exit.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';

type Command = (session: Session, words: readonly string[]) => number;

const LISTING = ['show', 'lst', 'list'] as const;
/** Lists by `print`; any other known word is beyond the model. */
function listing(object: string, what: string, print: (session: Session) => void, verbs: readonly string[]): Command {
  return (session, words) => {
    const args = new Arguments(words);
    if (args.isAtEnd || args.begins(...LISTING)) {
      print(session);
      return 0;
    }
    if (verbs.some((verb) => args.begins(verb))) giveUp(KERNEL_ERROR, `not modelled: ${what}\n`);
    return leave(255, `Command "${args.word}" is unknown, try "ip ${object} help".\n`);
  };
}
const nothing = ({ printer, options }: Session): void => {
  printer.startJson(options.json, options.pretty);
  printer.endJson();
};

export const vrfCommand: Command = (session, words) => {
  const args = new Arguments(words);
  const { printer } = session;
  if (args.isAtEnd || args.begins(...LISTING)) {
    if (args.advance()) leave(255, 'Invalid VRF\n');
    printer.out('Name              Table\n-----------------------\nNo VRF has been configured\n');
    return 0;
  }
  if (args.begins('identify', 'pids')) return 0;
  if (args.begins('exec')) giveUp(KERNEL_ERROR, 'not modelled: VRF\n');
  return leave(255, `Command "${args.word}" is unknown, try "ip vrf help".\n`);
};

export const xfrmCommand: Command = (session, words) => {
  const args = new Arguments(words);
  const object = args.begins('state') ? 'state' : args.begins('policy') ? 'policy' : undefined;
  if (object === undefined) return giveUp(KERNEL_ERROR, 'not modelled: IPsec\n');
  const rest = new Arguments(words.slice(1));
  if (rest.isAtEnd || rest.begins(...LISTING)) return 0;
  if (!rest.begins('count')) giveUp(KERNEL_ERROR, 'not modelled: IPsec\n');
  session.printer.out(object === 'state' ? '\t SAD count 0\n' : '\t SPD IN  0 OUT 0 FWD 0\n');
  return 0;
};

export const mptcpCommand: Command = (session, words) => {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.begins('endpoint') && (rest.isAtEnd || rest.begins(...LISTING))) return 0;
  if (!args.begins('limits') || !(rest.isAtEnd || rest.begins(...LISTING))) return giveUp(KERNEL_ERROR, 'not modelled: MPTCP\n');
  session.printer.out('add_addr_accepted 0 subflows 2 \n');
  return 0;
};

export const mrouteCommand = listing('mroute', 'multicast routing', nothing, ['flush']);
export const mruleCommand = listing('mrule', 'multicast routing', ({ printer }) => printer.out('32767:\tfrom all lookup default\n'), [
  'add',
  'delete',
  'flush',
]);

/** Tokens are set on no device: each that could have one has the empty one. */
export const tokenCommand: Command = (session, words) => {
  const { printer, netns } = session;
  const args = new Arguments(words);
  const tell = (name: string): void => printer.out(`token :: dev ${name}\n`);
  if (args.isAtEnd || args.begins(...LISTING)) {
    for (const device of devicesInOrder(netns)) if (device.ipv6 && (device.flags & (Iff.LOOPBACK | Iff.NOARP)) === 0) tell(device.name);
    return 0;
  }
  if (args.begins('get')) {
    if (args.next() === 'dev') args.next();
    const device = netns.device(args.word);
    if (!device) return giveUp(USAGE_ERROR, `Cannot find device "${args.word}"\n`);
    tell(device.name);
    return 0;
  }
  if (args.begins('set', 'delete')) giveUp(KERNEL_ERROR, 'not modelled: interface tokens\n');
  return leave(255, `Command "${args.word}" is unknown, try "ip token help".\n`);
};
