/**
 * Networks as a container runtime makes them (libcni, api.go): a list of plugins in a chain, each given the result of the one before; results
 * kept in /var/lib/cni/results for CHECK and DEL.
 */
import { err, ok, utf8Decode, utf8Encode, type Result } from '../base/index.ts';
import type { Process, Sys } from '../shell/index.ts';
import { findPlugin, invoke, type PluginCall, type RuntimeConfig } from './invoke.ts';
import { parseJson } from './skel.ts';
import {
  compareVersions,
  decodeResult,
  EMPTY_RESULT,
  encodeResult,
  type CniError,
  type CniResult,
  type Command,
  type JsonObject,
  type NetworkList,
  type PluginConfig,
} from './spec.ts';

export interface Runtime {
  /** The process that plays the runtime: plugins are its children. */
  readonly p: Process;
  /** CNI_PATH. */
  readonly path: readonly string[];
  readonly observe?: (call: PluginCall) => void;
}

const CACHE = '/var/lib/cni/results';
const cacheFile = (list: NetworkList, runtime: RuntimeConfig): string => `${CACHE}/${list.name}-${runtime.containerId}-${runtime.ifName}`;

export function* addNetwork(runtime: Runtime, list: NetworkList, config: RuntimeConfig): Sys<Result<CniResult, CniError & { readonly plugin: string }>> {
  let result: CniResult | undefined;
  for (const plugin of list.plugins) {
    const added = yield* callPlugin(runtime, list, plugin, 'ADD', config, result);
    if (!added.ok) return err({ ...added.error, plugin: plugin.type });
    result = added.value;
  }
  writeCache(runtime.p, list, config, result ?? EMPTY_RESULT);
  return ok(result ?? EMPTY_RESULT);
}

/** In reverse, with the cached result. Missing things are no errors. */
export function* deleteNetwork(runtime: Runtime, list: NetworkList, config: RuntimeConfig): Sys<Result<void, CniError & { readonly plugin: string }>> {
  const cached = compareVersions(list.cniVersion, '0.4.0') >= 0 ? readCache(runtime.p, list, config) : undefined;
  for (const plugin of [...list.plugins].reverse()) {
    const gone = yield* callPlugin(runtime, list, plugin, 'DEL', config, cached);
    if (!gone.ok) return err({ ...gone.error, plugin: plugin.type });
  }
  runtime.p.fs.unlink(cacheFile(list, config));
  return ok(undefined);
}

function* callPlugin(
  runtime: Runtime,
  list: NetworkList,
  plugin: PluginConfig,
  command: Command,
  config: RuntimeConfig,
  previous: CniResult | undefined,
): Sys<Result<CniResult, CniError>> {
  const file = findPlugin(runtime.p, plugin.type, runtime.path);
  if (!file.ok) return file;
  return yield* invoke(runtime.p, file.value, plugin.type, command, buildConfig(list, plugin, config, previous), config, runtime.path, runtime.observe);
}

/** The plugin's part of the list with name, version, previous result and the capability arguments it declares. */
function buildConfig(list: NetworkList, plugin: PluginConfig, config: RuntimeConfig, previous: CniResult | undefined): JsonObject {
  const wanted = Object.entries(plugin.capabilities ?? {})
    .filter(([name, isOn]) => isOn && config.capabilities[name] !== undefined)
    .map(([name]) => [name, config.capabilities[name]] as const);
  return {
    ...plugin,
    name: list.name,
    cniVersion: list.cniVersion,
    ...(previous ? { prevResult: encodeResult(previous, list.cniVersion) } : {}),
    ...(wanted.length > 0 ? { runtimeConfig: Object.fromEntries(wanted) } : {}),
  };
}

function writeCache(p: Process, list: NetworkList, config: RuntimeConfig, result: CniResult): void {
  p.fs.mkdirs(CACHE, 0o700);
  const cached = {
    kind: 'cniCacheV1',
    containerId: config.containerId,
    config: JSON.stringify({ cniVersion: list.cniVersion, name: list.name, plugins: list.plugins }),
    ifName: config.ifName,
    networkName: list.name,
    cniArgs: config.args.map(([key, value]) => [key, value]),
    capabilityArgs: config.capabilities,
    result: encodeResult(result, list.cniVersion),
  };
  p.fs.writeFile(cacheFile(list, config), utf8Encode(JSON.stringify(cached)), { mode: 0o600 });
}
function readCache(p: Process, list: NetworkList, config: RuntimeConfig): CniResult | undefined {
  const text = p.fs.readFile(cacheFile(list, config));
  const parsed = text.ok ? parseJson(utf8Decode(text.value)) : undefined;
  return parsed?.ok ? decodeResult(parsed.value['result'])?.result : undefined;
}

/** The first configuration of a directory in order of names, as kubelet and containerd take it. */
export function loadNetwork(p: Process, directory: string): Result<NetworkList, string> {
  const entries = p.fs.readdir(directory);
  const names = (entries.ok ? entries.value.map((entry) => entry.name) : []).filter((name) => /\.(conf|conflist|json)$/.test(name)).sort();
  for (const name of names) {
    const text = p.fs.readFile(`${directory}/${name}`);
    const list = text.ok ? parseNetwork(utf8Decode(text.value)) : undefined;
    if (list?.ok && list.value.plugins.length > 0) return list;
  }
  return err(names.length === 0 ? `no network config found in ${directory}: cni plugin not initialized` : `no valid networks found in ${directory}`);
}

/** A `.conflist`, or a `.conf` taken as a list of one. */
export function parseNetwork(text: string): Result<NetworkList, string> {
  const parsed = parseJson(text);
  if (!parsed.ok) return err(`error parsing configuration list: ${parsed.error}`);
  const config = parsed.value;
  const name = typeof config['name'] === 'string' ? config['name'] : '';
  const cniVersion = typeof config['cniVersion'] === 'string' ? config['cniVersion'] : '';
  if (!('plugins' in config)) {
    if (typeof config['type'] !== 'string' || config['type'] === '') return err("error parsing configuration list: no 'plugins' key");
    return ok({ name, cniVersion, disableCheck: false, plugins: [config as PluginConfig] });
  }
  if (name === '') return err('error parsing configuration list: no name');
  const plugins = config['plugins'];
  if (!Array.isArray(plugins)) return err("error parsing configuration list: invalid 'plugins' type " + typeof plugins);
  if (plugins.length === 0) return err('error parsing configuration list: no plugins in list');
  return ok({ name, cniVersion, disableCheck: config['disableCheck'] === true, plugins: plugins as readonly PluginConfig[] });
}
