/** portmap: ports of the host lead to the container by DNAT (plugins/meta/portmap 1.1). Passes the previous result on. */
import { err, ok, type Result } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { contains, parseAddress, parsePrefix } from '../address.ts';
import { chainExists, ensureChain, ensureRule, iptables, programFor, type IptablesProgram } from '../iptables.ts';
import { chainName } from '../masquerade.ts';
import { addressesOf, hostNetns, setSysctl } from '../netlink.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { decodeResult, type CniResult, type Json, type JsonObject } from '../spec.ts';

interface PortMap {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIP: string;
}
interface Config {
  readonly ports: readonly PortMap[];
  /** Whether what comes from the container itself, or from 127.0.0.1, is masqueraded. */
  readonly snat: boolean;
  /** The chain that marks for it: ours, or one of somebody else. */
  readonly markChain: string;
  readonly isOwnChain: boolean;
  readonly mark: string;
  readonly conditions: Readonly<Record<IptablesProgram, readonly string[]>>;
}

const DNAT_CHAIN = 'CNI-HOSTPORT-DNAT';
const MARK_CHAIN = 'CNI-HOSTPORT-SETMARK';
const MASQ_CHAIN = 'CNI-HOSTPORT-MASQ';
const DEFAULT_MARK_BIT = 13;
const PROGRAMS = ['iptables', 'ip6tables'] as const;
const FAMILY = { iptables: 'ipv4', ip6tables: 'ipv6' } as const;

export const PORTMAP: Plugin = { name: 'portmap', add, del, check };

function read(args: PluginArgs): Result<Config, string> {
  const { config } = args;
  const fail = (why: string): Result<never, string> => err(`failed to parse config: ${why}`);
  const listOf = (data: Json | undefined): readonly Json[] => (Array.isArray(data) ? (data as readonly Json[]) : []);
  const words = (data: Json | undefined): readonly string[] => listOf(data).filter((one) => typeof one === 'string');
  const bit = config['markMasqBit'];
  const external = config['externalSetMarkChain'];
  if (external !== undefined && bit !== undefined) return fail('Cannot specify externalSetMarkChain and markMasqBit');
  const markBit = typeof bit === 'number' ? bit : DEFAULT_MARK_BIT;
  if (markBit < 0 || markBit > 31) return fail('MasqMarkBit must be between 0 and 31');
  const ports = (listOf(((config['runtimeConfig'] ?? {}) as JsonObject)['portMappings']) as readonly JsonObject[]).map(
    ({ hostPort, containerPort, protocol, hostIP }): PortMap => ({
      hostPort: Number(hostPort ?? 0),
      containerPort: Number(containerPort ?? 0),
      protocol: typeof protocol === 'string' ? protocol.toLowerCase() : '',
      hostIP: typeof hostIP === 'string' ? hostIP : '',
    }),
  );
  for (const port of ports) {
    if (port.containerPort <= 0) return fail(`Invalid container port number: ${port.containerPort}`);
    if (port.hostPort <= 0) return fail(`Invalid host port number: ${port.hostPort}`);
  }
  const mark = `0x${((1 << markBit) >>> 0).toString(16)}`;
  return ok({
    ports,
    snat: config['snat'] !== false,
    markChain: typeof external === 'string' ? external : MARK_CHAIN,
    isOwnChain: typeof external !== 'string',
    mark: `${mark}/${mark}`,
    conditions: { iptables: words(config['conditionsV4']), ip6tables: words(config['conditionsV6']) },
  });
}

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const config = read(args);
  if (!config.ok) return config;
  const previous = decodeResult(args.config['prevResult']);
  if (!previous) return err('must be called as chained plugin');
  if (config.value.ports.length > 0) {
    for (const program of PROGRAMS) {
      const address = previous.result.ips.find((ip) => programFor(ip.address) === program)?.address;
      const done = address === undefined ? ok(undefined) : yield* forward(args, config.value, address, program);
      if (!done.ok) return done;
    }
  }
  return ok(previous.result);
}

const comment = (words: string): readonly string[] => ['-m', 'comment', '--comment', words];
const chainOf = (args: PluginArgs): string => chainName(args.name, args.containerId, 'DN-');
type Placed = readonly [chain: string, rule: readonly string[], where: 'append' | 'prepend'];

function* forward(args: PluginArgs, config: Config, address: string, program: IptablesProgram): Sys<Result<void, string>> {
  const { p } = args;
  const { snat, isOwnChain } = config;
  if (snat) {
    const marking: readonly Placed[] = [
      ...(isOwnChain ? [[MARK_CHAIN, [...comment('CNI portfwd masquerade mark'), '-j', 'MARK', '--set-xmark', config.mark], 'append'] as const] : []),
      [MASQ_CHAIN, ['-m', 'mark', '--mark', config.mark, '-j', 'MASQUERADE'], 'append'],
      ['POSTROUTING', [...comment('CNI portfwd requiring masquerade'), '-j', MASQ_CHAIN], 'prepend'],
    ];
    const done = yield* place(args, isOwnChain ? [MARK_CHAIN, MASQ_CHAIN] : [], isOwnChain ? marking : [], program);
    if (!done.ok) return err(`unable to create chain CNI-HOSTPORT-SETMARK: ${done.error}`);
    if (program === 'iptables') routeLocalnet(args, address);
  }
  const toLocal = ['-m', 'addrtype', '--dst-type', 'LOCAL', '-j', DNAT_CHAIN];
  const rules: readonly Placed[] = [
    ['PREROUTING', toLocal, 'append'],
    ['OUTPUT', toLocal, 'append'],
    ...config.ports.flatMap((port) => portRules(chainOf(args), config, port, address, program)),
    ...entries(args, config, program),
  ];
  for (const chain of [DNAT_CHAIN, chainOf(args)]) {
    const made = yield* ensureChain(p, 'nat', chain, program);
    if (!made.ok) return err(`unable to setup DNAT: ${made.error}`);
  }
  const done = yield* place(args, [], rules, program);
  return done.ok ? done : err(`unable to setup DNAT: ${done.error}`);
}
function* place(args: PluginArgs, chains: readonly string[], rules: readonly Placed[], program: IptablesProgram): Sys<Result<void, string>> {
  for (const chain of chains) {
    const made = yield* ensureChain(args.p, 'nat', chain, program);
    if (!made.ok) return made;
  }
  for (const [chain, rule, where] of rules) {
    const set = yield* ensureRule(args.p, 'nat', chain, rule, where, program);
    if (!set.ok) return set;
  }
  return ok(undefined);
}

/** What becomes of one port. Mappings for an address of the other family are none of this program's. */
function portRules(chain: string, { snat, markChain }: Config, port: PortMap, address: string, program: IptablesProgram): readonly Placed[] {
  const { protocol, hostPort, containerPort, hostIP } = port;
  if (hostIP !== '' && programFor(hostIP) !== program) return [];
  const isAny = hostIP === '' || hostIP === '0.0.0.0' || hostIP === '::';
  const base = ['-p', protocol, '--dport', String(hostPort), ...(isAny ? [] : ['-d', hostIP])];
  const bare = address.split('/')[0]!;
  const target = program === 'iptables' ? `${bare}:${containerPort}` : `[${bare}]:${containerPort}`;
  return [
    ...(snat ? [[chain, [...base, '-s', address, '-j', markChain], 'append'] as const] : []),
    ...(snat && program === 'iptables' ? [[chain, [...base, '-s', '127.0.0.1', '-j', markChain], 'append'] as const] : []),
    [chain, [...base, '-j', 'DNAT', '--to-destination', target], 'append'],
  ];
}
/** The ways into the container's chain: one per protocol and fifteen ports. */
function entries(args: PluginArgs, { ports, conditions }: Config, program: IptablesProgram): readonly Placed[] {
  const note = `dnat name: "${args.name}" id: "${args.containerId}"`.slice(0, 255);
  return [...new Set(ports.map((port) => port.protocol))].sort().flatMap((protocol) => {
    const numbers = ports.filter((port) => port.protocol === protocol).map((port) => port.hostPort);
    const groups = Array.from({ length: Math.ceil(numbers.length / 15) }, (_, i) => numbers.slice(i * 15, i * 15 + 15));
    return groups.map((group): Placed => {
      const match = [...comment(note), '-m', 'multiport', '-p', protocol, '--destination-ports', group.join(',')];
      return [DNAT_CHAIN, [...match, ...conditions[program], '-j', chainOf(args)], 'append'];
    });
  });
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
  const config = read(args);
  if (!config.ok) return config;
  const { p } = args;
  const chain = chainOf(args);
  for (const program of PROGRAMS) {
    if (!(yield* chainExists(p, 'nat', chain, program))) continue;
    yield* iptables(p, ['-t', 'nat', '-F', chain], program);
    const listed = yield* iptables(p, ['-t', 'nat', '-S', DNAT_CHAIN], program);
    for (const line of listed.ok ? listed.value.split('\n') : [])
      if (line.endsWith(`-j ${chain}`)) yield* iptables(p, ['-t', 'nat', '-D', ...splitWords(line).slice(1)], program);
    yield* iptables(p, ['-t', 'nat', '-X', chain], program);
  }
  return ok(undefined);
}
/** Words of a rule as iptables -S prints it, quotes taken off. */
const splitWords = (line: string): readonly string[] =>
  [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map((match) => match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');

/** Both families, whichever the container has, as the real one does. */
function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const config = read(args);
  if (!config.ok) return config;
  if (!decodeResult(args.config['prevResult'])) return err('Required prevResult missing');
  if (config.value.ports.length === 0) return ok(undefined);
  const chain = chainOf(args);
  for (const program of PROGRAMS)
    if (!(yield* chainExists(args.p, 'nat', chain, program)))
      return err(`could not check ${FAMILY[program]} dnat: chain ${chain} not found in iptables table nat`);
  return ok(undefined);
}
