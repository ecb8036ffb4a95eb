/**
 * What both versions of IP carry (ip_demux_print of print-ip-demux.c). Deviation: AH, ESP, SCTP, DCCP and the routing protocols are told by their
 * number alone.
 */
import { IpProtocol } from '../../../wire/index.ts';
import type { Dissection } from './dissection.ts';
import { gre } from './gre.ts';
import { icmp } from './icmp.ts';
import { icmp6 } from './icmp6.ts';
import { igmp } from './igmp.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';
import type { Around } from './around.ts';

export type { Around };
/** With names and numbers as `proto ICMP (1)` shows them (ipproto_values). */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: 'Options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  8: 'EGP',
  9: 'IGRP',
  17: 'UDP',
  33: 'DCCP',
  44: 'Fragment',
  41: 'IPv6',
  46: 'RSVP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  55: 'Mobile IP',
  58: 'ICMPv6',
  88: 'EIGRP',
  89: 'OSPF',
  97: 'Ethernet',
  103: 'PIM',
  108: 'Compressed IP',
  112: 'VRRP',
  113: 'PGM',
  132: 'SCTP',
  135: 'Mobility',
  139: 'unknown',
};
export const ipProtocolName = (protocol: number): string => PROTOCOL_NAMES[protocol] ?? 'unknown';

/** Protocols that print the addresses themselves, with ports. */
export const WITH_PORTS: readonly number[] = [IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, 33];

/** What an IP header is followed by (ip_demux_print). */
export function transport(d: Dissection, protocol: number, at: number, length: number, around: Around): void {
  const wrong = (version: number): void => d.print(`[${ipProtocolName(protocol)} requires IPv${version}] (invalid)`);
  switch (protocol) {
    case IpProtocol.TCP:
      return tcp(d, at, length, around);
    case IpProtocol.UDP:
      return udp(d, at, length, around);
    case IpProtocol.ICMP:
      return around.version === 4 ? icmp(d, at, length, around.isFragment) : wrong(4);
    case IpProtocol.ICMPV6:
      return around.version === 6 ? icmp6(d, at, length, around) : wrong(6);
    case IpProtocol.IGMP:
      return around.version === 4 ? igmp(d, at, length) : wrong(4);
    case IpProtocol.IPIP:
      return d.dissectors.ip4(d, at, length);
    case IpProtocol.IPV6:
      return d.dissectors.ip6(d, at, length);
    case IpProtocol.GRE:
      return gre(d, at, length);
    case 59:
      return d.print('no next header');
    default:
      d.print(`${WITH_PORTS.includes(protocol) ? `${around.source} > ${around.target}: ` : ''} ${d.protocolName(protocol)} ${length}`);
  }
}
