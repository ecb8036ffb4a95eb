/** `type vlan …`. Authority: ip/iplink_vlan.c. */
import { Vlan, type QosMapping, type VlanOptions } from '../../../kernel/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import { giveUp, invalidArgument } from '../../iproute2/exit.ts';
import { etherProtocolName, parseEtherProtocol } from '../../iproute2/link-layer.ts';
import { parseU16, parseU32 } from '../../iproute2/numbers.ts';
import { USAGE_ERROR, type Session } from '../../iproute2/session.ts';
import { notOnOff } from '../link-parse.ts';
import { usageLines, type Kind } from './kind.ts';

/** VLAN_FLAG_*, in order of their bits. */
const VLAN_FLAGS = ['reorder_hdr', 'gvrp', 'loose_binding', 'mvrp', 'bridge_binding'] as const;
/** The order in which they are listed. */
const VLAN_FLAG_ORDER = ['reorder_hdr', 'gvrp', 'mvrp', 'loose_binding', 'bridge_binding'] as const;
const vlanUsage = (): string =>
  usageLines(
    ...['Usage: ... vlan id VLANID', '\t\t[ protocol VLANPROTO ]', ...VLAN_FLAG_ORDER.map((word) => `\t\t[ ${word} { on | off } ]`)],
    ...['\t\t[ ingress-qos-map QOS-MAP ]', '\t\t[ egress-qos-map QOS-MAP ]', '', 'VLANID := 0-4095', 'VLANPROTO: [ 802.1Q | 802.1ad ]'],
    ...['QOS-MAP := [ QOS-MAP ] QOS-MAPPING', 'QOS-MAPPING := FROM:TO'],
  );
/** `FROM:TO …`: words with a colon. */
function takeMap(args: Arguments, name: string): QosMapping[] {
  const mappings: QosMapping[] = [];
  args.next();
  for (; !args.isAtEnd && args.word.includes(':'); args.advance()) {
    const [from = '', ...rest] = args.word.split(':');
    const read = (text: string): number => parseU32(text) ?? invalidArgument(`invalid ${name}`, from);
    mappings.push({ from: read(from), to: read(rest.join(':')) });
  }
  args.at--;
  return mappings;
}
function printMap(session: Session, way: 'ingress' | 'egress', mappings: readonly QosMapping[]): void {
  const { printer } = session;
  const shown = mappings.filter(({ to }) => to !== 0);
  if (shown.length === 0) return;
  printer.openArray(`${way}_qos`);
  printer.newLine();
  printer.text(`      ${way}-qos-map { `);
  for (const { from, to } of shown) {
    printer.openObject();
    printer.any('from', `${from}:`, from);
    printer.any('to', `${to} `, to);
    printer.closeObject();
  }
  printer.closeArray();
  printer.text('} ');
}
export const VLAN_KIND: Kind = {
  names: ['vlan'],
  plain: () => ({ kind: 'vlan' }),
  parse: (_session, args) => {
    const options: VlanOptions = {};
    for (; !args.isAtEnd; args.advance()) {
      const flag = VLAN_FLAG_ORDER.find((word) => args.begins(word));
      if (args.begins('protocol')) options.protocol = parseEtherProtocol(args.next()) ?? invalidArgument('protocol is invalid', args.word);
      else if (args.begins('id')) options.id = parseU16(args.next()) ?? invalidArgument('id is invalid', args.word);
      else if (flag) {
        const word = args.next();
        if (word !== 'on' && word !== 'off') notOnOff(flag, word);
        const bit = 1 << VLAN_FLAGS.indexOf(flag);
        options.flagsMask = (options.flagsMask ?? 0) | bit;
        options.flags = word === 'on' ? (options.flags ?? 0) | bit : (options.flags ?? 0) & ~bit;
      } else if (args.begins('ingress-qos-map')) options.ingress = [...(options.ingress ?? []), ...takeMap(args, 'ingress-qos-map')];
      else if (args.begins('egress-qos-map')) options.egress = [...(options.egress ?? []), ...takeMap(args, 'egress-qos-map')];
      else giveUp(USAGE_ERROR, `${args.begins('help') ? '' : `vlan: unknown command "${args.word}"?\n`}${vlanUsage()}`);
    }
    return { kind: 'vlan', options };
  },
  print: (session, device) => {
    const { printer } = session;
    if (!(device instanceof Vlan)) return;
    const protocol = etherProtocolName(device.protocol);
    printer.any('protocol', `protocol ${protocol} `, protocol);
    printer.any('id', `id ${device.id} `, device.id);
    const words = VLAN_FLAG_ORDER.filter((word) => (device.flagBits & (1 << VLAN_FLAGS.indexOf(word))) !== 0).map((word) => word.toUpperCase());
    printer.openArray('flags');
    for (const word of words) printer.member(null, word);
    printer.closeArray();
    printer.text(`<${words.join(',')}> `);
    printMap(
      session,
      'ingress',
      device.ingressMap.map((to, from) => ({ from, to })),
    );
    // the kernel's hash of sixteen lists, the newest first in each
    const sent = [...device.egressMap].reverse().map(([from, to]) => ({ from, to }));
    printMap(
      session,
      'egress',
      sent.sort((a, b) => (a.from & 15) - (b.from & 15)),
    );
  },
  usage: vlanUsage,
};
