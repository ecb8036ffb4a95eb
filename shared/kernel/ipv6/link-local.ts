/** The link-local address a device gives itself (addrconf_addr_gen, sit_add_v4_addrs, __ipv6_isatap_ifid): from its MAC address, or its end of a tunnel. */
import { ipv6LinkLocalFromMac, parseIpv4 } from '../../wire/index.ts';
import type { Ipv4, Ipv6 } from '../../wire/index.ts';
import type { Device } from '../model.ts';
import { ArpHardware, Iff } from '../numbers.ts';

/** What is no address of the Internet: the identifier says so with a bit. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '255.255.255.255/32',
].map((text) => {
  const [address = '', length = '32'] = text.split('/');
  return { address: parseIpv4(address) ?? 0, mask: -(2 ** (32 - Number(length))) | 0 };
});
const isPrivate = (address: Ipv4): boolean => PRIVATE.some(({ address: prefix, mask }) => ((address ^ prefix) & mask) === 0);

export function linkLocalOf(device: Device): Ipv6 | null {
  // A VRF has none, nor what is enslaved to a bond or team.
  if (device.vrfTable !== 0) return null;
  if (device.isEthernet) return ipv6LinkLocalFromMac(device.address, device.devId);
  if (device.address === 0 || !isTunnelWithEnd(device)) return null;
  const end = device.address.toString(16).padStart(8, '0');
  if (device.hardwareType === ArpHardware.SIT) return `fe80${'0'.repeat(20)}${end}`;
  return `fe80${'0'.repeat(12)}${isPrivate(device.address | 0) ? '0000' : '0200'}5efe${end}`;
}
/** sit and GRE to one other host: they carry groups too. */
export const isTunnelWithEnd = (device: Device): boolean =>
  (device.flags & Iff.POINTOPOINT) !== 0 && (device.hardwareType === ArpHardware.SIT || device.hardwareType === ArpHardware.IPGRE);

/** The address as an option of neighbour discovery carries it, filled up to eight bytes with type and length. */
export function linkAddressBytes(device: Device): string {
  const bytes = device.isEthernet ? [40, 32, 24, 16, 8, 0] : [24, 16, 8, 0];
  const text = bytes.map((shift) => String.fromCharCode(Math.floor(device.address / 2 ** shift) % 256)).join('');
  return text.padEnd(6, '\0');
}
