/** What iputils says of an ICMP message that is no echo reply (ping.c, pr_icmph). */
const UNREACHABLE = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  '',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
];
const REDIRECT = ['Redirect Network', 'Redirect Host', 'Redirect Type of Service and Network', 'Redirect Type of Service and Host'];

/** `info`: the MTU of "fragmentation needed", or a redirect's gateway as text. */
export function icmpText(type: number, code: number, info: number | string): string {
  switch (type) {
    case 3:
      return code === 4 ? `Frag needed and DF set (mtu = ${info})` : (UNREACHABLE[code] ?? `Dest Unreachable, Bad Code: ${code}`);
    case 4:
      return 'Source Quench';
    case 5:
      return `${REDIRECT[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${info})`;
    case 11:
      return code === 0 ? 'Time to live exceeded' : code === 1 ? 'Frag reassembly time exceeded' : `Time exceeded, Bad Code: ${code}`;
    case 12:
      return `Parameter problem: pointer = ${info}`;
    default:
      return `Bad ICMP type: ${type}`;
  }
}
