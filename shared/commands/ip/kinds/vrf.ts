/** `type vrf` of `ip link`, and what `ip -d link` says of VRFs and their slaves. Authority: ip/iplink_vrf.c. */
import type { Device } from '../../../kernel/index.ts';
import { giveUp, invalidArgument } from '../../iproute2/exit.ts';
import { USAGE_ERROR, type Session } from '../../iproute2/session.ts';
import { usageLines, type Kind } from './kind.ts';

const usage = (): string => usageLines('Usage: ... vrf table TABLEID');
const printTable = ({ printer }: Session, table: number): void => printer.any('table', `table ${table} `, table);

export const VRF_KIND: Kind = {
  names: ['vrf'],
  plain: () => ({ kind: 'vrf' }),
  parse: (session, args) => {
    let table: number | undefined;
    for (; !args.isAtEnd; args.advance()) {
      if (!args.begins('table')) {
        if (args.begins('help')) giveUp(USAGE_ERROR, usage());
        giveUp(USAGE_ERROR, `vrf: unknown option "${args.word}"?\n${usage()}`);
      }
      table = session.names.parseTable(args.next()) ?? invalidArgument('invalid table ID\n', args.word);
    }
    return { kind: 'vrf', ...(table !== undefined && { table }) };
  },
  print: (session, device) => printTable(session, device.vrfTable),
  usage,
};
/** `vrf_slave table N`. */
export const VRF_SLAVE_KIND: Kind = {
  names: ['vrf_slave'],
  plain: () => undefined,
  print: (session, device: Device) => printTable(session, device.master?.vrfTable ?? 0),
};
