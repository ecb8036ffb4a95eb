/** What net-tools 2.10 calls hardware and address families, and the lists of them in its help. Authority: lib/hw.c, lib/af.c. */
import { ArpHardware } from '../../kernel/index.ts';
import { formatMac, type Mac } from '../../wire/index.ts';

interface Named {
  readonly name: string;
  readonly title: string;
}
const named = (name: string, title: string): Named => ({ name, title });
const HARDWARE: readonly Named[] = [
  ...[named('loop', 'Local Loopback'), named('slip', 'Serial Line IP'), named('cslip', 'VJ Serial Line IP'), named('slip6', '6-bit Serial Line IP')],
  ...[named('cslip6', 'VJ 6-bit Serial Line IP'), named('adaptive', 'Adaptive Serial Line IP'), named('ash', 'Ash'), named('ether', 'Ethernet')],
  ...[named('ax25', 'AMPR AX.25'), named('netrom', 'AMPR NET/ROM'), named('rose', 'AMPR ROSE'), named('tunnel', 'IPIP Tunnel')],
  ...[named('ppp', 'Point-to-Point Protocol'), named('hdlc', '(Cisco)-HDLC'), named('lapb', 'LAPB'), named('arcnet', 'ARCnet')],
  ...[named('dlci', 'Frame Relay DLCI'), named('frad', 'Frame Relay Access Device'), named('sit', 'IPv6-in-IPv4')],
  ...[named('fddi', 'Fiber Distributed Data Interface'), named('hippi', 'HIPPI'), named('irda', 'IrLAP'), named('ec', 'Econet')],
  ...[named('x25', 'generic X.25'), named('eui64', 'Generic EUI-64')],
];
/** Hardware with ARP. */
const ARPABLE = ['ash', 'ether', 'ax25', 'netrom', 'rose', 'arcnet', 'dlci', 'fddi', 'hippi', 'irda', 'x25', 'eui64'];
const FAMILIES: readonly Named[] = [
  ...[named('unix', 'UNIX Domain'), named('inet', 'DARPA Internet'), named('inet6', 'IPv6'), named('ax25', 'AMPR AX.25'), named('netrom', 'AMPR NET/ROM')],
  ...[
    named('rose', 'AMPR ROSE'),
    named('ipx', 'Novell IPX'),
    named('ddp', 'Appletalk DDP'),
    named('ec', 'Econet'),
    named('ash', 'Ash'),
    named('x25', 'CCITT X.25'),
  ],
];
const ROUTED = ['inet', 'inet6', 'ax25', 'netrom', 'rose', 'ipx', 'ddp', 'x25'];

/** Three in a row. */
function listOf(all: readonly Named[]): string {
  let text = '';
  all.forEach(({ name, title }, i) => (text += `${i % 3 === 0 ? (i === 0 ? '    ' : '\n    ') : ''}${name} (${title}) `));
  return `${text}\n`;
}
export const hardwareList = (which: 'all' | 'arp' = 'all'): string =>
  listOf(which === 'all' ? HARDWARE : HARDWARE.filter(({ name }) => ARPABLE.includes(name)));
export const familyList = (which: 'all' | 'routed'): string => listOf(which === 'all' ? FAMILIES : FAMILIES.filter(({ name }) => ROUTED.includes(name)));
export const isFamily = (name: string): boolean => FAMILIES.some((each) => each.name === name);
export const hardwareNamed = (name: string): { readonly hasAddress: boolean } | undefined =>
  name === 'unspec' || HARDWARE.some((each) => each.name === name) ? { hasAddress: ARPABLE.includes(name) } : undefined;

/** `ether 02:…`, `loop`, `unspec 00-00-…`: how a device's hardware is shown, and its title. */
export function hardwareOf(type: number, address: number): { readonly text: string; readonly title: string; readonly name: string } {
  const shown = (name: string, text = name): { text: string; title: string; name: string } => ({
    text,
    name,
    title: HARDWARE.find((each) => each.name === name)?.title ?? '',
  });
  switch (type) {
    case ArpHardware.LOOPBACK:
      return shown('loop');
    case ArpHardware.ETHER:
      return shown('ether', `ether ${formatMac(address)}`);
    case ArpHardware.TUNNEL:
      return shown('tunnel');
    default:
      return { name: 'unspec', text: `unspec ${Array.from({ length: 16 }, () => '00').join('-')}`, title: 'UNSPEC' };
  }
}

/** in_ether(): one or two hexadecimal digits a part, colons between them or not; what follows six parts is not looked at. */
export function parseEther(text: string): Mac | undefined {
  let mac = 0;
  let rest = text;
  for (let part = 0; part < 6 && rest !== ''; part++) {
    const match = /^([0-9a-f])([0-9a-f]|:|$)/i.exec(rest);
    if (!match) return undefined;
    const [whole, first = '', second = ''] = match;
    mac = mac * 256 + parseInt(second === ':' || second === '' ? first : first + second, 16);
    rest = rest.slice(whole.length);
    if (rest.startsWith(':')) rest = rest.slice(1);
  }
  const parts = Math.min(6, text.split(':').length);
  return parts === 6 ? mac : mac * 256 ** (6 - parts);
}

export const VERSION = 'net-tools 2.10\n';
const FAMILY_FEATURES = 'AF: (inet) +UNIX +INET +INET6 +IPX +AX25 +NETROM +X25 +ATALK +ECONET +ROSE -BLUETOOTH\n';
const HARDWARE_FEATURES = '+ETHER +ARC +SLIP +PPP +TUNNEL -TR +AX25 +NETROM +X25 +FR +ROSE +ASH +SIT +FDDI +HIPPI +HDLC/LAPB +EUI64 \n';
/** `hardware`: the kind that a program takes when none is named. */
export const features = (own: string, hardware = ' '): string => `${own}\n${FAMILY_FEATURES}HW:${hardware} ${HARDWARE_FEATURES}`;
