/** static: addresses as the configuration, the runtime or CNI_ARGS give them; nothing is kept (plugins/ipam/static 1.1). */
import { err, ok, type Result } from '../../base/index.ts';
import { contains, formatPrefix, parseAddress, parsePrefix, type Prefix } from '../address.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { compareVersions, decodeResult, type CniResult, type Dns, type IpConfig, type Json, type JsonObject, type RouteConfig } from '../spec.ts';

export const STATIC: Plugin = {
  name: 'static',
  *add(args) {
    return read(args);
  },
  *del() {
    return ok(undefined);
  },
  *check(args): Generator<never, PluginResult<void>, void> {
    const wanted = read(args);
    if (!wanted.ok) return wanted;
    const previous = decodeResult(args.config['prevResult'])?.result;
    if (!previous) return err('Required prevResult missing');
    const bare = (address: string): string => address.split('/')[0]!;
    const lost = wanted.value.ips.find((ip) =>
      previous.ips.some((other) => bare(other.address) === bare(ip.address) && ip.gateway !== undefined && ip.gateway !== other.gateway),
    );
    return lost ? err(`static: Failed to match addr ${bare(lost.address)} on interface ${args.ifName}`) : ok(undefined);
  },
};

interface Given {
  readonly prefix: Prefix;
  readonly gateway?: string;
}
const listOf = (data: Json | undefined): readonly Json[] => (Array.isArray(data) ? (data as readonly Json[]) : []);
const textOf = (data: Json | undefined): string => (typeof data === 'string' ? data : '');

function read(args: PluginArgs): Result<CniResult, string> {
  const { config, cniVersion } = args;
  const ipam = config['ipam'] as JsonObject | undefined;
  if (ipam === undefined) return err("IPAM config missing 'ipam' key");
  const given = addressesOf(args, ipam);
  if (!given.ok) return given;
  const count = (family: 4 | 6): number => given.value.filter(({ prefix }) => prefix.family === family).length;
  if ((count(4) > 1 || count(6) > 1) && compareVersions(cniVersion, '0.3.0') < 0)
    return err(`CNI version ${cniVersion} does not support more than 1 address per family`);
  return ok({
    interfaces: [],
    ips: given.value.map(({ prefix, gateway }): IpConfig => ({ address: formatPrefix(prefix), ...(gateway === undefined ? {} : { gateway }) })),
    routes: listOf(ipam['routes']) as unknown as readonly RouteConfig[],
    dns: (ipam['dns'] ?? {}) as Dns,
  });
}

/** What the runtime asks for takes the place of what args ask for, and both that of the configuration; CNI_ARGS add to it. */
function addressesOf(args: PluginArgs, ipam: JsonObject): Result<readonly Given[], string> {
  const cniArgs = ((args.config['args'] as JsonObject | undefined)?.['cni'] ?? {}) as JsonObject;
  const runtime = (args.config['runtimeConfig'] ?? {}) as JsonObject;
  const added = fromEnvironment(args);
  if (!added.ok) return added;
  for (const list of [listOf(cniArgs['ips']), listOf(runtime['ips'])])
    for (const text of list) if (!parsePrefix(textOf(text))) return err(`an entry in the 'ips' field is NOT in CIDR notation, got: '${textOf(text)}'`);
  const asked = listOf(runtime['ips']).length > 0 ? listOf(runtime['ips']) : listOf(cniArgs['ips']);
  if (asked.length > 0) return ok(asked.map((text) => ({ prefix: parsePrefix(textOf(text))! })));
  const configured: Given[] = [];
  for (const one of listOf(ipam['addresses']) as readonly JsonObject[]) {
    const prefix = parsePrefix(textOf(one['address']));
    if (!prefix) return err(`the 'address' field is expected to be in CIDR notation, got: '${textOf(one['address'])}'`);
    const gateway = textOf(one['gateway']);
    configured.push({ prefix, ...(gateway === '' ? {} : { gateway }) });
  }
  return ok([...configured, ...added.value]);
}

function fromEnvironment(args: PluginArgs): Result<readonly Given[], string> {
  const split = (name: string): readonly string[] => (args.args.get(name) ?? '').split(',').filter((text) => text !== '');
  const given: Given[] = [];
  for (const text of split('IP').map((one) => one.trim())) {
    const prefix = parsePrefix(text);
    if (!prefix) return err(`the 'ip' field is expected to be in CIDR notation, got: '${text}'`);
    given.push({ prefix });
  }
  for (const text of split('GATEWAY')) {
    const address = parseAddress(text.trim());
    if (!address) return err(`invalid gateway address: ${text}`);
    for (const [index, one] of given.entries()) if (contains(one.prefix, address)) given[index] = { prefix: one.prefix, gateway: text.trim() };
  }
  return ok(given);
}
