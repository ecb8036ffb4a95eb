/**
 * flannel: reads what flanneld leased (/run/flannel/subnet.env) and delegates to another plugin, bridge by default
 * (github.com/flannel-io/cni-plugin 1.1).
 */
import { err, ok, utf8Decode, utf8Encode, type Result } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { formatPrefix, networkOf, parsePrefix } from '../address.ts';
import { callDelegate } from '../delegate.ts';
import { parseJson } from '../json.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import type { CniResult, Json, JsonObject } from '../spec.ts';

const SUBNET_FILE = '/run/flannel/subnet.env';
const DATA_DIR = '/var/lib/cni/flannel';

interface SubnetEnv {
  readonly networks: readonly string[];
  readonly subnets: readonly string[];
  readonly mtu: number;
  readonly ipmasq: boolean;
}

export const FLANNEL: Plugin = {
  name: 'flannel',
  add,
  del,
  *check() {
    return ok(undefined);
  },
};

/** Which file says what flanneld leased. */
export const flannelSubnetFile = (config: JsonObject): string => (typeof config['subnetFile'] === 'string' ? config['subnetFile'] : SUBNET_FILE);

/** The configuration that is handed on to another plugin. `leased`: the text of the subnet file; undefined where there is none. */
export function flannelDelegate(config: JsonObject, name: string, leased: string | undefined): Result<JsonObject, string> {
  const env = readSubnetEnv(flannelSubnetFile(config), leased);
  if (!env.ok) return err(`loadFlannelSubnetEnv failed: ${env.error}`);
  const given = (config['delegate'] ?? {}) as JsonObject;
  if ('type' in given && typeof given['type'] !== 'string') return err("'delegate' dictionary, if present, must have (string) 'type' field");
  if ('name' in given) return err("'delegate' dictionary must not have 'name' field, it'll be set by flannel");
  if ('ipam' in given) return err("'delegate' dictionary must not have 'ipam' field, it'll be set by flannel");
  return ok(delegateConfig(config, name, given, env.value));
}

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const { config, p } = args;
  const leased = p.fs.readFile(flannelSubnetFile(config));
  const planned = flannelDelegate(config, args.name, leased.ok ? leased.value : undefined);
  if (!planned.ok) return planned;
  const delegate = planned.value;
  yield* p.error(`delegateAdd: netconf sent to delegate plugin:\n${JSON.stringify(delegate)}`);
  const directory = dataDir(config);
  p.fs.mkdirs(directory, 0o700);
  const saved = p.fs.writeFile(`${directory}/${args.containerId}`, utf8Encode(JSON.stringify(delegate)), { mode: 0o600 });
  if (!saved.ok) return err(`open ${directory}/${args.containerId}: ${saved.error}`);
  const result = yield* callDelegate(args, 'ADD', delegate);
  return result.ok ? result : { ok: false, error: { ...result.error, msg: `failed to delegate add: ${result.error.msg}` } };
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const file = `${dataDir(args.config)}/${args.containerId}`;
  const text = args.p.fs.readFile(file);
  if (!text.ok) return ok(undefined);
  const saved = parseJson(utf8Decode(text.value));
  if (!saved.ok) return ok(undefined);
  const result = yield* callDelegate(args, 'DEL', saved.value);
  if (!result.ok) return result;
  args.p.fs.unlink(file);
  return ok(undefined);
}

const dataDir = (config: JsonObject): string => (typeof config['dataDir'] === 'string' ? config['dataDir'] : DATA_DIR);

/** Go writes maps sorted by key. */
function delegateConfig(config: JsonObject, name: string, given: JsonObject, env: SubnetEnv): JsonObject {
  const ipam = (config['ipam'] ?? {}) as JsonObject;
  const routes = Array.isArray(ipam['routes']) ? (ipam['routes'] as readonly Json[]) : [];
  const type = given['type'] ?? 'bridge';
  const delegate: { [key: string]: Json | undefined } = {
    ipMasq: !env.ipmasq,
    mtu: env.mtu,
    ...(type === 'bridge' ? { isGateway: true } : {}),
    ...given,
    type,
    name,
    ...(config['runtimeConfig'] === undefined ? {} : { runtimeConfig: config['runtimeConfig'] }),
    ...(config['cniVersion'] === undefined ? {} : { cniVersion: config['cniVersion'] }),
    ipam: sortKeys({
      type: 'host-local',
      ...ipam,
      ranges: env.subnets.map((subnet) => [{ subnet }]),
      routes: [...routes, ...env.networks.map((dst) => ({ dst }))],
    }),
  };
  return sortKeys(delegate);
}
const sortKeys = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, object[key]]),
  );

function readSubnetEnv(file: string, text: string | undefined): Result<SubnetEnv, string> {
  if (text === undefined) return err(`open ${file}: no such file or directory`);
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const),
  );
  const prefixes = (key: string): Result<readonly string[], string> => {
    const found: string[] = [];
    for (const part of (values.get(key) ?? '').split(',').filter((one) => one !== '')) {
      const prefix = parsePrefix(part);
      if (!prefix) return err(`invalid CIDR address: ${part}`);
      found.push(formatPrefix(networkOf(prefix)));
    }
    return ok([...new Set(found)]);
  };
  const lists: (readonly string[])[] = [];
  for (const key of ['FLANNEL_NETWORK', 'FLANNEL_IPV6_NETWORK', 'FLANNEL_SUBNET', 'FLANNEL_IPV6_SUBNET']) {
    const list = prefixes(key);
    if (!list.ok) return list;
    lists.push(list.value);
  }
  const [networks, networks6, subnets, subnets6] = lists as [readonly string[], readonly string[], readonly string[], readonly string[]];
  const missing = [
    ...(networks.length + networks6.length === 0 ? ['FLANNEL_NETWORK', 'FLANNEL_IPV6_NETWORK'] : []),
    ...(subnets.length + subnets6.length === 0 ? ['FLANNEL_SUBNET', 'FLANNEL_IPV6_SUBNET'] : []),
    ...(values.has('FLANNEL_MTU') ? [] : ['FLANNEL_MTU']),
    ...(values.has('FLANNEL_IPMASQ') ? [] : ['FLANNEL_IPMASQ']),
  ];
  if (missing.length > 0) return err(`${file} is missing ${missing.join(', ')}`);
  const mtu = values.get('FLANNEL_MTU')!;
  if (!/^\d+$/.test(mtu)) return err(`strconv.ParseUint: parsing "${mtu}": invalid syntax`);
  return ok({ networks: [...networks, ...networks6], subnets: [...subnets, ...subnets6], mtu: Number(mtu), ipmasq: values.get('FLANNEL_IPMASQ') === 'true' });
}
