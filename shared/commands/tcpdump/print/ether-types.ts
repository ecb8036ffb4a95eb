/** Names of Ethernet types, as tcpdump has them (ethertype_values). */
import { EtherType } from '../../../wire/index.ts';

const NAMES: Readonly<Record<number, string>> = {
  [EtherType.IPV4]: 'IPv4',
  [EtherType.ARP]: 'ARP',
  [EtherType.IPV6]: 'IPv6',
  [EtherType.VLAN]: '802.1Q',
  0x8035: 'Reverse ARP',
  0x6558: 'TEB',
  0x8847: 'MPLS unicast',
  0x8863: 'PPPoE D',
  0x8864: 'PPPoE S',
  0x888e: 'EAPOL',
  0x88a8: '802.1Q-QinQ',
  0x9000: 'Loopback',
  0x9100: '802.1Q-9100',
  [EtherType.LLDP]: 'LLDP',
  [EtherType.SLOW]: 'Slow Protocols',
};
export const etherTypeName = (type: number, unknown = 'Unknown'): string => NAMES[type] ?? unknown;
