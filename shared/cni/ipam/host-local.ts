/**
 * host-local: addresses out of ranges, reserved by files under /var/lib/cni/networks (plugins/ipam/host-local 1.1). A file is named by its
 * address and holds the container's id and interface.
 */
import { err, ok, type Result } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatAddress, formatPrefix, parseAddress, type Address } from '../address.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { compareVersions, type CniResult, type Dns, type IpConfig, type Json, type JsonObject, type RouteConfig } from '../spec.ts';
import { addressesFrom, formatRangeSet, inRange, readRangeSet, setsOverlap, type RangeSet } from './range.ts';

const DATA_DIR = '/var/lib/cni/networks';
const LINE_BREAK = '\r\n';

interface Config {
  readonly ranges: readonly RangeSet[];
  readonly routes: readonly RouteConfig[];
  readonly requested: readonly Address[];
  readonly resolvConf: string;
  readonly directory: string;
}

export const HOST_LOCAL: Plugin = { name: 'host-local', add, del, check };

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const config = readConfig(args);
  if (!config.ok) return config;
  const { ranges, routes, directory, resolvConf } = config.value;
  const dns = resolvConf === '' ? ok({}) : readResolvConf(args.p, resolvConf);
  if (!dns.ok) return dns;
  args.p.fs.mkdirs(directory, 0o755);
  const requested = [...config.value.requested];
  const ips: IpConfig[] = [];
  for (const [index, set] of ranges.entries()) {
    const wanted = requested.findIndex((one) => set.some((range) => inRange(range, one)));
    const got = allocate(args, directory, set, index, wanted < 0 ? undefined : requested.splice(wanted, 1)[0]);
    if (!got.ok) {
      if (ips.length > 0) release(args, directory);
      return err(`failed to allocate for range ${index}: ${got.error}`);
    }
    ips.push(got.value);
  }
  if (requested.length > 0) {
    release(args, directory);
    return err(`failed to allocate all requested IPs: ${requested.map(formatAddress).join(' ')}`);
  }
  return ok({ interfaces: [], ips, routes, dns: dns.value });
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const config = readConfig(args);
  if (!config.ok) return config;
  args.p.fs.mkdirs(config.value.directory, 0o755);
  release(args, config.value.directory);
  return ok(undefined);
}

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const config = readConfig(args);
  if (!config.ok) return config;
  return filesOf(args, config.value.directory).length > 0 ? ok(undefined) : err(`host-local: Failed to find address added by container ${args.containerId}`);
}

function readConfig(args: PluginArgs): Result<Config, string> {
  const { config, name, cniVersion } = args;
  const ipam = config['ipam'] as JsonObject | undefined;
  if (ipam === undefined) return err("IPAM config missing 'ipam' key");
  const runtime = (config['runtimeConfig'] ?? {}) as JsonObject;
  const cniArgs = ((config['args'] as JsonObject | undefined)?.['cni'] ?? {}) as JsonObject;
  const list = (data: Json | undefined): readonly Json[] => (Array.isArray(data) ? (data as readonly Json[]) : []);
  const env = args.args.get('IP');
  const texts = [...(env === undefined ? [] : [env]), ...list(cniArgs['ips']), ...list(runtime['ips'])].map((text) =>
    typeof text === 'string' ? text.split('/')[0]! : '',
  );
  const requested: Address[] = [];
  for (const text of texts) {
    const address = parseAddress(text);
    if (!address) return err(`invalid IP address: ${text}`);
    requested.push(address);
  }
  const sets: readonly Json[] = [...list(runtime['ipRanges']), ...(ipam['subnet'] === undefined ? [] : [[ipam]]), ...list(ipam['ranges'])];
  if (sets.length === 0) return err('no IP ranges specified');
  const ranges: RangeSet[] = [];
  for (const [index, data] of sets.entries()) {
    const set = readRangeSet(data);
    if (!set.ok) return err(`invalid range set ${index}: ${set.error}`);
    ranges.push(set.value);
  }
  const count = (family: 4 | 6): number => ranges.filter((set) => set[0].subnet.family === family).length;
  if ((count(4) > 1 || count(6) > 1) && compareVersions(cniVersion, '0.3.0') < 0)
    return err(`CNI version ${cniVersion} does not support more than 1 address per family`);
  for (const [i, a] of ranges.entries())
    for (const [j, b] of ranges.slice(i + 1).entries()) if (setsOverlap(a, b)) return err(`range set ${i} overlaps with ${i + j + 1}`);
  const directory = `${typeof ipam['dataDir'] === 'string' && ipam['dataDir'] !== '' ? ipam['dataDir'] : DATA_DIR}/${name}`;
  return ok({
    ranges,
    routes: list(ipam['routes']) as unknown as readonly RouteConfig[],
    requested,
    resolvConf: typeof ipam['resolvConf'] === 'string' ? ipam['resolvConf'] : '',
    directory,
  });
}

function allocate(args: PluginArgs, directory: string, set: RangeSet, index: number, requested: Address | undefined): Result<IpConfig, string> {
  const { p } = args;
  if (requested) {
    const range = set.find((one) => inRange(one, requested))!;
    if (requested.value === range.gateway.value) return err(`requested ip ${formatAddress(requested)} is subnet's gateway`);
    const reserved = reserve(args, directory, requested, index);
    if (!reserved.ok) return reserved;
    if (!reserved.value) return err(`requested IP address ${formatAddress(requested)} is not available in range set ${formatRangeSet(set)}`);
    return ok({ address: formatPrefix({ ...requested, length: range.subnet.length }), gateway: formatAddress(range.gateway) });
  }
  const has = filesOf(args, directory)
    .map((file) => parseAddress(file))
    .find((address) => address && set.some((range) => inRange(range, address)));
  if (has) return err(`${formatAddress(has)} has been allocated to ${args.containerId}, duplicate allocation is not allowed`);
  const lastText = p.fs.readFile(`${directory}/last_reserved_ip.${index}`);
  const last = lastText.ok ? parseAddress(lastText.value.trim()) : undefined;
  for (const { address, range } of addressesFrom(set, last)) {
    const reserved = reserve(args, directory, address, index);
    if (!reserved.ok) return reserved;
    if (reserved.value) return ok({ address: formatPrefix({ ...address, length: range.subnet.length }), gateway: formatAddress(range.gateway) });
  }
  return err(`no IP addresses available in range set: ${formatRangeSet(set)}`);
}

/** False when somebody has it. */
function reserve(args: PluginArgs, directory: string, address: Address, index: number): Result<boolean, string> {
  const { fs } = args.p;
  const text = formatAddress(address);
  const file = `${directory}/${text}`;
  if (fs.exists(file)) return ok(false);
  const written = fs.writeFile(file, `${args.containerId.trim()}${LINE_BREAK}${args.ifName}`, { mode: 0o644 });
  if (!written.ok) return err(`open ${file}: ${written.error === 'ENOSPC' ? 'no space left on device' : 'permission denied'}`);
  fs.writeFile(`${directory}/last_reserved_ip.${index}`, text, { mode: 0o644 });
  return ok(true);
}

/** The addresses this container's interface has; files of older versions hold the id alone. */
function filesOf(args: PluginArgs, directory: string): readonly string[] {
  const { fs } = args.p;
  const entries = fs.readdir(directory);
  const holds = (text: string): readonly string[] =>
    (entries.ok ? entries.value : []).flatMap(({ name }) => {
      const content = fs.readFile(`${directory}/${name}`);
      return content.ok && content.value.trim() === text ? [name] : [];
    });
  const own = holds(`${args.containerId.trim()}${LINE_BREAK}${args.ifName}`);
  return own.length > 0 ? own : holds(args.containerId.trim());
}
function release(args: PluginArgs, directory: string): void {
  for (const name of filesOf(args, directory)) args.p.fs.unlink(`${directory}/${name}`);
}

function readResolvConf(p: Process, file: string): Result<Dns, string> {
  const text = p.fs.readFile(file);
  if (!text.ok) return err(`open ${file}: no such file or directory`);
  const dns: { nameservers: string[]; search: string[]; options: string[]; domain?: string } = { nameservers: [], search: [], options: [] };
  for (const line of text.value.split('\n')) {
    const [key, ...values] = line.trim().split(/\s+/);
    if (key === 'nameserver' && values[0] !== undefined) dns.nameservers.push(values[0]);
    else if (key === 'domain' && values[0] !== undefined) dns.domain = values[0];
    else if (key === 'search') dns.search.push(...values);
    else if (key === 'options') dns.options.push(...values);
  }
  const { nameservers, search, options, domain } = dns;
  return ok({
    ...(nameservers.length > 0 ? { nameservers } : {}),
    ...(domain === undefined ? {} : { domain }),
    ...(search.length > 0 ? { search } : {}),
    ...(options.length > 0 ? { options } : {}),
  });
}
