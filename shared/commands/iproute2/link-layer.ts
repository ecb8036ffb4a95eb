/**
 * Link-layer addresses, hardware types and Ethernet protocols as iproute2 names them. Authority: lib/ll_addr.c, ll_types.c, ll_proto.c.
 */
import { ArpHardware } from '../../kernel/index.ts';
import { formatIpv4, formatMac, type Mac } from '../../wire/index.ts';
import { parseU16, scanInteger } from './numbers.ts';
import { Family, parseAddress } from './prefix.ts';

/** The bytes of a link-layer address; a text says why it is none. */
export function parseLinkAddress(text: string, most: number): { readonly bytes: readonly number[] } | { readonly error: string } {
  if (text.includes('.')) {
    const address = parseAddress(text, Family.INET);
    if (!address) return { error: `"${text}" is invalid lladdr.\n` };
    return { bytes: [24, 16, 8, 0].map((shift) => (address.v4 >>> shift) & 255) };
  }
  const bytes: number[] = [];
  for (const part of text.split(':').slice(0, most)) {
    const { value, taken } = scanInteger(part, 16);
    if (taken === 0 || value < 0n || value > 255n) return { error: `"${part}" is invalid lladdr.\n` };
    bytes.push(Number(value));
  }
  return { bytes };
}
export const macOfBytes = (bytes: readonly number[]): Mac => bytes.slice(0, 6).reduce((mac, byte) => mac * 256 + byte, 0);

const IPV4_TYPES: readonly number[] = [ArpHardware.TUNNEL, ArpHardware.SIT, ArpHardware.IPGRE];
/** How many bytes a link-layer address of a hardware type has; 0: none is shown. */
export const linkAddressLength = (hardwareType: number): number =>
  IPV4_TYPES.includes(hardwareType) ? 4 : hardwareType === ArpHardware.ETHER || hardwareType === ArpHardware.LOOPBACK ? 6 : 0;
/** A tunnel's address is its IPv4 end. */
export const formatLinkAddress = (address: number, hardwareType: number): string =>
  IPV4_TYPES.includes(hardwareType) ? formatIpv4(address) : formatMac(address);

const HARDWARE_NAMES = new Map<number, string>([
  [0, 'netrom'],
  [1, 'ether'],
  [2, 'eether'],
  [3, 'ax25'],
  [6, 'ieee802'],
  [7, 'arcnet'],
  [19, 'atm'],
  [24, 'ieee1394'],
  [32, 'infiniband'],
  [256, 'slip'],
  [280, 'can'],
  [512, 'ppp'],
  [768, 'ipip'],
  [769, 'tunnel6'],
  [772, 'loopback'],
  [774, 'fddi'],
  [776, 'sit'],
  [778, 'gre'],
  [801, 'ieee802.11'],
  [802, 'ieee802.11/prism'],
  [803, 'ieee802.11/radiotap'],
  [823, 'gre6'],
  [824, 'netlink'],
  [0xfffe, 'none'],
  [0xffff, 'void'],
]);
export const hardwareName = (type: number, numeric: boolean): string => (numeric ? undefined : HARDWARE_NAMES.get(type)) ?? `[${type}]`;

const PROTOCOL_NAMES: readonly (readonly [number, string])[] = [
  [0x0060, 'loop'],
  [0x0800, 'ip'],
  [0x0806, 'arp'],
  [0x8035, 'rarp'],
  [0x809b, 'atalk'],
  [0x80f3, 'aarp'],
  [0x8137, 'ipx'],
  [0x86dd, 'ipv6'],
  [0x8863, 'ppp_disc'],
  [0x8864, 'ppp_ses'],
  [0x0001, '802_3'],
  [0x0003, 'all'],
  [0x0004, '802_2'],
  [0x88ca, 'tipc'],
  [0x8892, 'profinet'],
  [0x88a2, 'aoe'],
  [0x88a4, 'ethercat'],
  [0x8100, '802.1Q'],
  [0x88a8, '802.1ad'],
  [0x8847, 'mpls_uc'],
  [0x8848, 'mpls_mc'],
  [0x6558, 'teb'],
  [0x88cc, 'LLDP'],
  [0x0800, 'ipv4'],
];
export const etherProtocolName = (type: number): string => PROTOCOL_NAMES.find(([value]) => value === type)?.[1] ?? `[${type}]`;
export const parseEtherProtocol = (text: string): number | undefined =>
  PROTOCOL_NAMES.find(([, name]) => name.toLowerCase() === text.toLowerCase())?.[0] ?? parseU16(text);
