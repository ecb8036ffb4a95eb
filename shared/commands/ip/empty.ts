/**
 * Objects of `ip` that a host has and nothing here fills: VRFs, IPsec, multicast routing, MPTCP. Listing them shows that there is none;
 * making one says that it is not modelled. Authority: ip/ipvrf.c, ipxfrm.c, ipmroute.c, ipmptcp.c, iptoken.c, tcp_metrics.c.
 */
import { devicesInOrder, Iff } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, leave } from '../iproute2/exit.ts';
import { Family } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { mptcpUsage, tokenUsage, xfrmUsage } from './usage-objects.ts';

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

export const xfrmCommand: Command = (session, words) => {
  const args = new Arguments(words);
  const object = args.begins('state') ? 'state' : args.begins('policy') ? 'policy' : undefined;
  if (object === undefined) return args.begins('monitor') ? giveUp(KERNEL_ERROR, 'not modelled: IPsec\n') : leave(255, xfrmUsage());
  const rest = new Arguments(words.slice(1));
  if (rest.isAtEnd || rest.begins(...LISTING)) return 0;
  if (!rest.begins('count')) giveUp(KERNEL_ERROR, 'not modelled: IPsec\n');
  session.printer.out(
    object === 'state' ? `\t SAD count 0${session.options.stats > 0 ? ' (buckets count 8 Max 1048576)' : ''}\n` : '\t SPD IN  0 OUT 0 FWD 0\n',
  );
  return 0;
};

export const mptcpCommand: Command = (session, words) => {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.begins('help')) leave(255, mptcpUsage());
  if (args.begins('endpoint') && (rest.isAtEnd || rest.begins(...LISTING))) return 0;
  if (!args.begins('limits') || !(rest.isAtEnd || rest.begins(...LISTING))) return giveUp(KERNEL_ERROR, 'not modelled: MPTCP\n');
  session.printer.out('add_addr_accepted 0 subflows 2 \n');
  return 0;
};

export const mrouteCommand = listing('mroute', 'multicast routing', nothing, ['flush']);
export const mruleCommand = listing(
  'mrule',
  'multicast routing',
  ({ printer, options }) => printer.out(`32767:\tfrom all lookup ${options.family === Family.INET6 ? 'main' : 'default'}\n`),
  ['add', 'delete', 'flush'],
);

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
  if (args.begins('help')) leave(255, tokenUsage());
  if (args.begins('set', 'delete')) giveUp(KERNEL_ERROR, 'not modelled: interface tokens\n');
  return leave(255, `Command "${args.word}" is unknown, try "ip token help".\n`);
};
