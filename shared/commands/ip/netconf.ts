/** `ip netconf`: what a namespace and its devices are set to. Authority: ip/ipnetconf.c, net/ipv4/devinet.c (inet_netconf_fill_devconf). */
import { devicesInOrder, type Ipv4Conf, type Ipv6Conf, type Netns, type RtnlEvent } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, leave } from '../iproute2/exit.ts';
import { Family } from '../iproute2/prefix.ts';
import { USAGE_ERROR, type Session } from '../iproute2/session.ts';

const USAGE = 'Usage: ip netconf show [ dev STRING ]\n';
const RP_FILTER = ['off', 'strict', 'loose'];

type Field = NonNullable<Extract<RtnlEvent, { kind: 'netconf' }>['field']>;
interface Shown {
  readonly family: 4 | 6;
  readonly name: string;
  readonly conf: Ipv4Conf | Ipv6Conf;
}

/** `field`: only that one; undefined: all. */
function printConf(session: Session, { family, name, conf }: Shown, field?: Field, change: 'new' | 'del' = 'new'): void {
  const { printer } = session;
  const wants = (key: Field): boolean => change === 'new' && (field === undefined || field === key);
  const is4 = family === 4;
  const v4 = conf as Ipv4Conf;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  const familyWord = is4 ? 'inet' : 'inet6';
  printer.any('family', `${familyWord} `, familyWord);
  printer.any('interface', `${name} `, name, 'ifname');
  const flag = (key: string, on: boolean): void => printer.any(key, `${key} ${on ? 'on' : 'off'} `, on);
  if (wants('forwarding')) flag('forwarding', conf.forwarding !== 0);
  if (is4 && wants('rp_filter')) {
    const word = RP_FILTER[v4.rp_filter] ?? 'unknown mode';
    printer.any('rp_filter', `rp_filter ${word} `, word);
  }
  if (wants('mc_forwarding')) flag('mc_forwarding', is4 && v4.mc_forwarding !== 0);
  if (wants('proxy_arp')) flag('proxy_neigh', (is4 ? v4.proxy_arp : (conf as Ipv6Conf).proxy_ndp) !== 0);
  if (wants('ignore_routes_with_linkdown')) flag('ignore_routes_with_linkdown', conf.ignore_routes_with_linkdown !== 0);
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}

/** What `ip monitor` is told. */
export function printNetconf(session: Session, event: Extract<RtnlEvent, { kind: 'netconf' }>): void {
  const { netns } = session;
  const { family, device, change, field } = event;
  const name = typeof device === 'string' ? device : session.callOf(device);
  const conf =
    typeof device === 'string'
      ? confOf(netns, family, device)
      : ((family === 4 ? device.ipv4?.conf : device.ipv6?.conf) ?? (family === 4 ? netns.ipv4Default : netns.ipv6Default));
  printConf(session, { family, name, conf }, field, change);
}
const confOf = (netns: Netns, family: 4 | 6, which: 'all' | 'default'): Ipv4Conf | Ipv6Conf =>
  family === 4 ? (which === 'all' ? netns.ipv4All : netns.ipv4Default) : which === 'all' ? netns.ipv6All : netns.ipv6Default;

export function netconfCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (!args.isAtEnd && !args.begins('show', 'lst', 'list')) {
    if (args.begins('help')) leave(255, USAGE);
    leave(255, `Command "${args.word}" is unknown, try "ip netconf help".\n`);
  }
  const { netns, printer, options } = session;
  let index = 0;
  for (args.advance(); !args.isAtEnd; args.advance()) {
    if (!args.is('dev')) continue;
    const name = args.next();
    index = session.indexOf(name) || giveUp(USAGE_ERROR, `Device "${name}" does not exist.\n`);
  }
  const shown: Shown[] = [];
  for (const family of [4, 6] as const) {
    if (options.family !== Family.UNSPEC && options.family !== (family === 4 ? Family.INET : Family.INET6)) continue;
    for (const device of devicesInOrder(netns)) {
      const conf = family === 4 ? device.ipv4?.conf : device.ipv6?.conf;
      if (conf && (index === 0 || device.index === index)) shown.push({ family, name: device.name, conf });
    }
    if (index !== 0) continue;
    for (const which of ['all', 'default'] as const) shown.push({ family, name: which, conf: confOf(netns, family, which) });
  }
  // One device of one family is asked for without a dump, and answered without JSON (do_show).
  printer.startJson(options.json && (index === 0 || options.family === Family.UNSPEC), options.pretty);
  for (const each of shown) printConf(session, each);
  printer.endJson();
  return 0;
}
