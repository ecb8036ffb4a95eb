/**
 * Docker's default network (moby, libnetwork's bridge driver of 27): the bridge docker0, its rules, and what a container of it gets: a veth, an address,
 * a MAC that follows from the address.
 */
import { addAddress, addLink, addRoute, deleteLink, Iff, setLink, writeSysctl, type Netns } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, formatMac, parseIpv4Prefix, type Ipv4, type Mac } from '../../wire/index.ts';
import { runProgram } from '../run-program.ts';

export const BRIDGE = 'docker0';
export const SUBNET = parseIpv4Prefix('172.17.0.0/16')!;
export const GATEWAY: Ipv4 = SUBNET.address + 1;
const SUBNET_TEXT = '172.17.0.0/16';

export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

export function makeBridge(netns: Netns, mac: Mac): void {
  if (!netns.device(BRIDGE)) addLink(netns, { name: BRIDGE, address: mac, info: { kind: 'bridge', options: {} } });
  const bridge = netns.device(BRIDGE)!;
  addAddress(netns, { device: bridge.index, local: GATEWAY, prefixLength: SUBNET.length, broadcast: SUBNET.address | 0xffff, create: true, exclusive: true });
  setLink(netns, bridge.index, { flags: Iff.UP, flagsMask: Iff.UP });
  writeSysctl(netns, 'ipv4/ip_forward', '1');
}

const FILTER = `*filter
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-P FORWARD DROP
-I FORWARD 1 -i docker0 -o docker0 -j ACCEPT
-I FORWARD 1 -i docker0 ! -o docker0 -j ACCEPT
-I FORWARD 1 -o docker0 -j DOCKER
-I FORWARD 1 -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-I FORWARD 1 -j DOCKER-ISOLATION-STAGE-1
-I FORWARD 1 -j DOCKER-USER
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
`;
const NAT = `*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s ${SUBNET_TEXT} ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
COMMIT
`;
export function* writeRules(p: Process): Sys<number> {
  const { status: present } = yield* runProgram(p, ['iptables', '-t', 'nat', '-C', 'PREROUTING', '-m', 'addrtype', '--dst-type', 'LOCAL', '-j', 'DOCKER']);
  if (present === 0) return 0;
  const { status } = yield* runProgram(p, ['iptables-restore', '--noflush', '--wait'], FILTER.replace('-P FORWARD DROP\n', '') + NAT);
  yield* runProgram(p, ['iptables', '-P', 'FORWARD', 'DROP']);
  return status;
}

/** What publishing a port adds, or with '-D' takes out. */
export function* publish(p: Process, how: '-A' | '-D', address: string, port: PublishedPort): Sys {
  const { protocol, hostIp, hostPort, containerPort } = port;
  const match = ['-p', protocol, '-m', protocol, '--dport'];
  const to = hostIp === '0.0.0.0' ? [] : ['-d', hostIp];
  for (const rule of [
    ['-t', 'nat', how, 'POSTROUTING', '-s', address, '-d', address, ...match, String(containerPort), '-j', 'MASQUERADE'],
    ['-t', 'nat', how, 'DOCKER', ...to, '!', '-i', BRIDGE, ...match, String(hostPort), '-j', 'DNAT', '--to-destination', `${address}:${containerPort}`],
    ['-t', 'filter', how, 'DOCKER', '-d', address, '!', '-i', BRIDGE, '-o', BRIDGE, ...match, String(containerPort), '-j', 'ACCEPT'],
  ])
    yield* runProgram(p, ['iptables', ...rule]);
}

export interface Attachment {
  readonly address: Ipv4;
  readonly mac: string;
  /** The host's end. */
  readonly veth: string;
}
/** `02:42:` and the address. */
const macOf = (address: Ipv4): Mac => 0x0242_0000_0000 + (address >>> 0);

export function attach(host: Netns, netns: Netns, veth: string, address: Ipv4): Attachment | undefined {
  const made = addLink(host, { name: veth, info: { kind: 'veth', peer: { name: 'eth0', netns } } });
  const bridge = host.device(BRIDGE);
  const inside = netns.device('eth0');
  if (!made.ok || !bridge || !inside) return undefined;
  setLink(host, veth, { master: bridge.index });
  setLink(host, veth, { flags: Iff.UP, flagsMask: Iff.UP });
  setLink(netns, 'eth0', { address: macOf(address) });
  setLink(netns, 'eth0', { flags: Iff.UP, flagsMask: Iff.UP });
  addAddress(netns, { device: inside.index, local: address, prefixLength: SUBNET.length, broadcast: SUBNET.address | 0xffff, create: true, exclusive: true });
  addRoute(netns, { destination: 0, length: 0, gateway: GATEWAY, device: inside.index, protocol: 3, create: true, exclusive: true });
  return { address, mac: formatMac(macOf(address)), veth };
}
export function detach(host: Netns, veth: string): void {
  const device = host.device(veth);
  if (device) deleteLink(host, device.index);
}
export const addressText = (address: Ipv4): string => formatIpv4(address);
