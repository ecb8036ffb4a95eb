/** The kinds of devices that `ip link` knows, and their lines of `ip -d link`. Authority: ip/ipaddress.c (print_linktype). */
import { bridgePortOf, type Device } from '../../../kernel/index.ts';
import type { Session } from '../../iproute2/session.ts';
import { BOND_KINDS } from './bond.ts';
import { VRF_KIND, VRF_SLAVE_KIND } from './vrf.ts';
import { BRIDGE_KIND, BRIDGE_PORT_KIND } from './bridge.ts';
import type { Kind } from './kind.ts';
import { PLAIN_KINDS } from './plain.ts';
import { IP_TUNNEL_KINDS } from './ip-tunnels.ts';
import { VXLAN_KIND } from './tunnels.ts';

export const KINDS: readonly Kind[] = [BRIDGE_KIND, BRIDGE_PORT_KIND, VRF_KIND, VRF_SLAVE_KIND, ...BOND_KINDS, ...PLAIN_KINDS, VXLAN_KIND, ...IP_TUNNEL_KINDS];
export const kindNamed = (name: string): Kind | undefined => KINDS.find(({ names }) => names.includes(name));

export function printKind(session: Session, device: Device): void {
  if (device.kind === null) return;
  const { printer } = session;
  printer.newLine();
  printer.any('info_kind', `    ${device.kind} `, device.kind);
  printData(session, device, kindNamed(device.kind), 'info_data');
}

/** What a device is to its master. */
export const slaveKindOf = (device: Device): string | undefined => (bridgePortOf(device) ? 'bridge' : (device.master?.kind ?? undefined));

export function printSlaveKind(session: Session, device: Device): void {
  const slave = slaveKindOf(device);
  if (slave === undefined) return;
  const { printer } = session;
  printer.newLine();
  printer.any('info_slave_kind', `    ${slave}_slave `, slave);
  printData(session, device, kindNamed(`${slave}_slave`), 'info_slave_data');
}

function printData(session: Session, device: Device, kind: Kind | undefined, key: string): void {
  if (!kind?.print) return;
  session.printer.openObject(key);
  kind.print(session, device);
  session.printer.closeObject();
}
