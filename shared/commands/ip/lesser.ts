/**
 * Objects of `ip` that nothing here fills: segment routing, ILA, MACsec, foo-over-UDP, L2TP, IOAM, TCP metrics. Listing shows what a kernel
 * without any shows; making one says that it is not modelled. Authority: ip/ipseg6.c, ipila.c, ipmacsec.c, ipfou.c, ipl2tp.c, ipioam6.c, tcp_metrics.c.
 */
import { strerror } from '../../base/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, leave } from '../iproute2/exit.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { fouUsage, ilaUsage, ioamUsage, l2tpUsage, macsecUsage, srUsage, tcpMetricsUsage } from './usage-objects.ts';

type Command = (session: Session, words: readonly string[]) => number;

/** Generic netlink asks for a right that root of a user namespace has not. */
function refuseRootless(session: Session, status: number, after = ''): void {
  if (!session.netns.host.mayLoadModules) giveUp(status, `RTNETLINK answers: ${strerror('EPERM')}\n${after}`);
}
const beyond = (what: string): never => giveUp(KERNEL_ERROR, `not modelled: ${what}\n`);
const unknown = (object: string, word: string): never => leave(255, `Command "${word}" is unknown, try "ip ${object} help".\n`);

export const srCommand: Command = (session, words) => {
  const [object = 'help', verb = ''] = words;
  const args = new Arguments(words);
  if (args.begins('help')) leave(255, srUsage());
  if (object === 'tunsrc' && verb === 'show') refuseRootless(session, KERNEL_ERROR);
  else if (object === 'tunsrc' && verb === 'set') refuseRootless(session, USAGE_ERROR);
  else if (object === 'hmac' && verb === 'show') refuseRootless(session, USAGE_ERROR, 'Dump terminated\n');
  else if (object === 'hmac' && verb === 'set') refuseRootless(session, USAGE_ERROR);
  else leave(255, `Command "${object}" is unknown, try "ip sr help".\n`);
  return beyond('segment routing');
};
/** The module is not there, and so not the family of generic netlink that is asked for. */
const noFamily = (): never => giveUp(USAGE_ERROR, `RTNETLINK answers: ${strerror('ENOENT')}\nError talking to the kernel\n`);
export const ilaCommand: Command = (_session, words) => {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('help')) leave(255, ilaUsage());
  return args.begins('add', 'del', 'list') ? noFamily() : unknown('ila', args.word);
};
export const fouCommand: Command = (_session, words) => {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('help')) leave(255, fouUsage());
  return args.begins('add', 'del', 'show') ? noFamily() : leave(255, `Command "${args.word}" is unknown, try "ip fou help".\n`);
};
export const macsecCommand: Command = (_session, words) => {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('show')) return 0;
  if (args.begins('help')) leave(255, macsecUsage());
  return args.begins('add', 'set', 'delete', 'offload') ? beyond('MACsec') : unknown('macsec', args.word);
};
export const l2tpCommand: Command = (_session, words) => {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('help')) leave(255, l2tpUsage());
  const rest = new Arguments(words.slice(1));
  if (args.begins('show', 'list', 'lst')) {
    if (rest.begins('tunnel', 'session')) return 0;
    return leave(255, `Command "${rest.word}" is unknown, try "ip l2tp help".\n`);
  }
  return args.begins('add', 'delete') ? beyond('L2TP') : unknown('l2tp', args.word);
};
export const ioamCommand: Command = (session, words) => {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('help')) leave(255, ioamUsage());
  if (!args.is('namespace') && !args.is('schema')) return unknown('ioam', args.word);
  refuseRootless(session, USAGE_ERROR, words[1] === 'show' ? 'Dump terminated\n' : '');
  return beyond('IOAM');
};
export const tcpMetricsCommand: Command = (session, words) => {
  const args = new Arguments(words);
  if (args.isAtEnd || args.begins('show', 'list', 'lst')) return 0;
  if (args.begins('help')) leave(255, tcpMetricsUsage());
  if (!args.begins('delete', 'flush')) return unknown('tcp_metrics', args.word);
  refuseRootless(session, KERNEL_ERROR);
  // There are none to delete.
  return args.begins('flush') ? 0 : giveUp(KERNEL_ERROR, `RTNETLINK answers: ${strerror('ESRCH')}\n`);
};
