/** portmap: ports of the host lead to the container by DNAT (plugins/meta/portmap 1.1). Passes the previous result on. */
import { err, ok, type Result } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { ensureChain, ensureRule, iptables } from '../iptables.ts';
import { chainName } from '../masquerade.ts';
import { setSysctl, hostNetns, addressesOf } from '../netlink.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { decodeResult, type CniResult, type JsonObject } from '../spec.ts';
import { contains, parseAddress, parsePrefix } from '../address.ts';

interface PortMap {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIP?: string;
}

const DNAT_CHAIN = 'CNI-HOSTPORT-DNAT';
const MARK_CHAIN = 'CNI-HOSTPORT-SETMARK';
const MASQ_CHAIN = 'CNI-HOSTPORT-MASQ';
const MARK = '0x2000/0x2000';

export const PORTMAP: Plugin = { name: 'portmap', add, del, check };

function portsOf(args: PluginArgs): Result<readonly PortMap[], string> {
  const list = ((args.config['runtimeConfig'] ?? {}) as JsonObject)['portMappings'];
  const given = Array.isArray(list) ? (list as unknown as readonly (Omit<PortMap, 'protocol'> & { readonly protocol?: string })[]) : [];
  const ports = given.map(({ protocol = 'tcp', ...port }): PortMap => ({ ...port, protocol: protocol.toLowerCase() }));
  for (const port of ports) {
    if (!(port.containerPort > 0)) return err(`failed to parse config: Invalid container port number: ${port.containerPort}`);
    if (!(port.hostPort > 0)) return err(`failed to parse config: Invalid host port number: ${port.hostPort}`);
  }
  return ok(ports);
}

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const ports = portsOf(args);
  if (!ports.ok) return ports;
  const previous = decodeResult(args.config['prevResult']);
  if (!previous) return err('must be called as chained plugin');
  const address = previous.result.ips.find((ip) => !ip.address.includes(':'))?.address;
  if (ports.value.length > 0 && address !== undefined) {
    const done = yield* forward(args, ports.value, address);
    if (!done.ok) return done;
  }
  return ok(previous.result);
}

function* forward(args: PluginArgs, ports: readonly PortMap[], address: string): Sys<Result<void, string>> {
  const { p } = args;
  const chain = chainName(args.name, args.containerId, 'DN-');
  for (const name of [MARK_CHAIN, MASQ_CHAIN, DNAT_CHAIN, chain]) {
    const made = yield* ensureChain(p, 'nat', name);
    if (!made.ok) return made;
  }
  const text = (words: string): readonly string[] => ['-m', 'comment', '--comment', words];
  const note = `dnat name: "${args.name}" id: "${args.containerId}"`.slice(0, 255);
  const rules: (readonly [string, readonly string[], 'append' | 'prepend'])[] = [
    [MARK_CHAIN, [...text('CNI portfwd masquerade mark'), '-j', 'MARK', '--set-xmark', MARK], 'append'],
    [MASQ_CHAIN, ['-m', 'mark', '--mark', MARK, '-j', 'MASQUERADE'], 'append'],
    ['POSTROUTING', [...text('CNI portfwd requiring masquerade'), '-j', MASQ_CHAIN], 'prepend'],
    ['PREROUTING', ['-m', 'addrtype', '--dst-type', 'LOCAL', '-j', DNAT_CHAIN], 'append'],
    ['OUTPUT', ['-m', 'addrtype', '--dst-type', 'LOCAL', '-j', DNAT_CHAIN], 'append'],
  ];
  for (const port of ports) {
    const { protocol, hostPort, containerPort, hostIP = '' } = port;
    const base = ['-p', protocol, '--dport', String(hostPort), ...(hostIP === '' || hostIP === '0.0.0.0' ? [] : ['-d', hostIP])];
    rules.push([chain, [...base, '-s', address, '-j', MARK_CHAIN], 'append']);
    rules.push([chain, [...base, '-s', '127.0.0.1', '-j', MARK_CHAIN], 'append']);
    rules.push([chain, [...base, '-j', 'DNAT', '--to-destination', `${address.split('/')[0]}:${containerPort}`], 'append']);
  }
  for (const protocol of [...new Set(ports.map((port) => port.protocol))].sort()) {
    const list = ports.filter((port) => port.protocol === protocol).map((port) => port.hostPort);
    for (let i = 0; i < list.length; i += 15)
      rules.push([
        DNAT_CHAIN,
        [...text(note), '-m', 'multiport', '-p', protocol, '--destination-ports', list.slice(i, i + 15).join(','), '-j', chain],
        'append',
      ]);
  }
  for (const [where, rule, how] of rules) {
    const set = yield* ensureRule(p, 'nat', where, rule, how);
    if (!set.ok) return set;
  }
  routeLocalnet(args, address);
  return ok(undefined);
}

/** So that what 127.0.0.1 sends to a mapped port may leave by the bridge. */
function routeLocalnet(args: PluginArgs, address: string): void {
  const target = parseAddress(address.split('/')[0]!);
  const host = hostNetns(args.p);
  for (const device of host.devices.values()) {
    const isWay = addressesOf(device).some((text) => {
      const prefix = parsePrefix(text);
      return prefix && target && contains(prefix, target);
    });
    if (isWay) setSysctl(host, `net/ipv4/conf/${device.name}/route_localnet`, '1');
  }
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const ports = portsOf(args);
  if (!ports.ok) return ports;
  if (ports.value.length === 0) return ok(undefined);
  const { p } = args;
  const chain = chainName(args.name, args.containerId, 'DN-');
  yield* iptables(p, ['-t', 'nat', '-F', chain]);
  const listed = yield* iptables(p, ['-t', 'nat', '-S', DNAT_CHAIN]);
  for (const line of listed.ok ? listed.value.split('\n') : []) {
    if (line.endsWith(`-j ${chain}`)) yield* iptables(p, ['-t', 'nat', '-D', ...splitWords(line).slice(1)]);
  }
  yield* iptables(p, ['-t', 'nat', '-X', chain]);
  return ok(undefined);
}
/** Words of a rule as iptables -S prints it, quotes taken off. */
const splitWords = (line: string): readonly string[] =>
  [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map((match) => match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const ports = portsOf(args);
  if (!ports.ok) return ports;
  if (!decodeResult(args.config['prevResult'])) return err('Required prevResult missing');
  if (ports.value.length === 0) return ok(undefined);
  const chain = chainName(args.name, args.containerId, 'DN-');
  const there = yield* iptables(args.p, ['-t', 'nat', '-S', chain]);
  return there.ok ? ok(undefined) : err(`could not check ipv4 dnat: chain ${chain} not found in iptables table nat`);
}
