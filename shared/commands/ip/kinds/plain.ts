/** Kinds with few or no options: dummy, ifb, veth, vlan, macvlan, ipvlan, tun. Authority: ip/link_veth.c, iplink_vlan.c, iplink_macvlan.c, iplink_ipvlan.c, ip/iptuntap.c. */
import { Ipvlan, Macvlan, Tun, type IpvlanOptions, type MacvlanOptions } from '../../../kernel/index.ts';
import { formatMac, parseMac, type Mac } from '../../../wire/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import { duplicateArgument, giveUp } from '../../iproute2/exit.ts';
import { parseU32 } from '../../iproute2/numbers.ts';
import { USAGE_ERROR } from '../../iproute2/session.ts';
import { parseLink, type LinkDraft } from '../link-parse.ts';
import { usageLines, type Kind } from './kind.ts';
import { VLAN_KIND } from './vlan.ts';

const vethUsage = (): string => usageLines('Usage: ip link <options> type veth [peer <options>]', "To get <options> type 'ip link add help'");

const veth: Kind = {
  names: ['veth'],
  plain: () => ({ kind: 'veth' }),
  parse: (session, args, command) => {
    if (!args.is('peer')) {
      // its usage goes to standard output
      session.printer.out(vethUsage());
      giveUp(USAGE_ERROR);
    }
    args.advance();
    const peer: LinkDraft = {};
    const parsed = parseLink(session, args, peer, true);
    if (parsed.type !== undefined) duplicateArgument('type', args.word);
    command.refusal ??= parsed.refusal;
    return { kind: 'veth', peer };
  },
  usage: vethUsage,
};

const dummy: Kind = { names: ['dummy'], plain: () => ({ kind: 'dummy' }) };
const ifb: Kind = { names: ['ifb'], plain: () => ({ kind: 'ifb' }) };

const MACVLAN_MODES = ['private', 'vepa', 'bridge', 'passthru', 'source'] as const;
const macvlanUsage = (name: string): string =>
  usageLines(
    ...[
      `Usage: ... ${name} mode MODE [flag MODE_FLAG] MODE_OPTS [bcqueuelen BC_QUEUE_LEN]`,
      '',
      'MODE: private | vepa | bridge | passthru | source',
      'MODE_FLAG: null | nopromisc | nodst',
    ],
    ...['MODE_OPTS: for mode "source":', '\tmacaddr { { add | del } <macaddr> | set [ <macaddr> [ <macaddr>  ... ] ] | flush }'],
    'BC_QUEUE_LEN: Length of the rx queue for broadcast/multicast: [0-4294967295]',
  );
/** `macaddr { add | del } MAC`, `macaddr set MAC…`, `macaddr flush`: it takes what is left of the line. */
function readSources(args: Arguments, options: MacvlanOptions): void {
  const word = args.next();
  const verb = (['add', 'del', 'set', 'flush'] as const).find((each) => each.startsWith(word)) ?? giveUp(USAGE_ERROR, macvlanUsage('macvlan'));
  const macs: Mac[] = [];
  const take = (): void => {
    const mac = parseMac(args.next());
    if (mac === undefined) giveUp(USAGE_ERROR, `"${args.word}" is invalid lladdr.\n`);
    macs.push(mac);
  };
  if (verb === 'add' || verb === 'del') take();
  else if (verb === 'set') while (args.hasNext) take();
  options.sources = { verb, macs };
}
const macvlan: Kind = {
  names: ['macvlan', 'macvtap'],
  plain: (name) => ({ kind: name as 'macvlan', options: {} }),
  parse: (_session, args, _command, name) => {
    const options: MacvlanOptions = {};
    for (; !args.isAtEnd; args.advance()) {
      if (args.begins('mode')) {
        const word = args.next();
        const mode = MACVLAN_MODES.find((each) => each === word);
        options.mode =
          mode ?? giveUp(USAGE_ERROR, `Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "${args.word}"\n`);
      } else if (args.begins('flag')) {
        const flag = { nopromisc: 1, nodst: 2, null: 0 }[args.next()];
        options.flags =
          (options.flags ?? 0) | (flag ?? giveUp(USAGE_ERROR, `Error: argument of "flag" must be "nopromisc", "nodst" or "null", not "${args.word}"\n`));
      } else if (args.begins('nopromisc')) options.flags = (options.flags ?? 0) | 1;
      else if (args.begins('nodst')) options.flags = (options.flags ?? 0) | 2;
      else if (args.begins('bcqueuelen')) {
        const word = args.next();
        options.queueLength =
          parseU32(word) ?? giveUp(USAGE_ERROR, `Error: argument of "bcqueuelen" must be a positive integer [0-4294967295], not "${word}"\n`);
      } else if (args.begins('macaddr')) readSources(args, options);
      else giveUp(USAGE_ERROR, `${args.begins('help') ? '' : `${name}: unknown option "${args.word}"?\n`}${macvlanUsage(name)}`);
    }
    if ((options.flags ?? 0) & 1 && options.mode !== 'passthru')
      giveUp(USAGE_ERROR, `${name}: nopromisc flag only valid in passthru mode\n${macvlanUsage(name)}`);
    return { kind: name as 'macvlan', options };
  },
  print: (session, device) => {
    if (!(device instanceof Macvlan)) return;
    const { printer } = session;
    printer.any('mode', `mode ${device.mode} `, device.mode);
    if ((device.flagBits & 1) !== 0) printer.any('nopromisc', 'nopromisc ', true);
    if ((device.flagBits & 2) !== 0) printer.any('nodst', 'nodst ', true);
    printer.any('bcqueuelen', `bcqueuelen ${device.queueLength} `, device.queueLength);
    printer.any('usedbcqueuelen', `usedbcqueuelen ${device.usedQueueLength} `, device.usedQueueLength);
    if (device.mode !== 'source') return;
    printer.any('macaddr_count', `remotes (${device.sources.size}) `, device.sources.size);
    if (device.sources.size === 0) return;
    printer.openArray('macaddr_data');
    for (const mac of device.sources) printer.any(null, `${formatMac(mac)} `, formatMac(mac));
    printer.closeArray();
  },
  usage: macvlanUsage,
};

const ipvlanUsage = (name: string): string =>
  usageLines(
    `Usage: ... ${name} [ mode MODE ] [ FLAGS ]`,
    '',
    'MODE: l3 | l3s | l2',
    'FLAGS: bridge | private | vepa',
    '(first values are the defaults if nothing is specified).',
  );
const ipvlan: Kind = {
  names: ['ipvlan', 'ipvtap'],
  plain: () => ({ kind: 'ipvlan', options: {} }),
  parse: (_session, args, _command, name) => {
    const options: IpvlanOptions = {};
    let flagGiven = false;
    for (; !args.isAtEnd; args.advance()) {
      const flag = flagGiven ? -1 : ['bridge', 'private', 'vepa'].findIndex((word) => args.begins(word));
      if (args.begins('mode')) {
        const word = args.next();
        const mode = (['l2', 'l3', 'l3s'] as const).find((each) => each === word);
        options.mode = mode ?? giveUp(USAGE_ERROR, 'Error: argument of "mode" must be either "l2", "l3" or "l3s"\n');
      } else if (flag >= 0) {
        options.flags = flag;
        flagGiven = true;
      } else giveUp(USAGE_ERROR, `${args.begins('help') ? '' : `${name}: unknown option "${args.word}"?\n`}${ipvlanUsage(name)}`);
    }
    return { kind: 'ipvlan', options };
  },
  print: (session, device) => {
    if (!(device instanceof Ipvlan)) return;
    session.printer.any('mode', ` mode ${device.mode} `, device.mode);
    session.printer.any(device.flag, `${device.flag} `, true);
  },
  usage: ipvlanUsage,
};

const tun: Kind = {
  names: ['tun'],
  plain: () => ({ kind: 'other', name: 'tun' }),
  print: (session, device) => {
    const { printer } = session;
    if (!(device instanceof Tun)) return;
    printer.any('type', `type ${device.mode} `, device.mode);
    const { options } = device;
    printer.onOff('pi', (word) => `pi ${word} `, options.packetInfo === true);
    printer.onOff('vnet_hdr', (word) => `vnet_hdr ${word} `, options.vnetHeader === true);
    if (options.multiQueue) {
      printer.any('multi_queue', 'multi_queue ', true);
      // no program has a queue of it open
      printer.any('numqueues', 'numqueues 0 ', 0);
      printer.any('numdisabled', 'numdisabled 0 ', 0);
    } else printer.member('multi_queue', false);
    printer.onOff('persist', (word) => `persist ${word} `, true);
    if (options.owner !== undefined)
      printer.any('user', `user ${options.owner === 0 ? 'root' : options.owner} `, options.owner === 0 ? 'root' : String(options.owner));
    if (options.group !== undefined)
      printer.any('group', `group ${options.group === 0 ? 'root' : options.group} `, options.group === 0 ? 'root' : String(options.group));
  },
};

export const PLAIN_KINDS: readonly Kind[] = [veth, dummy, ifb, VLAN_KIND, macvlan, ipvlan, tun];
