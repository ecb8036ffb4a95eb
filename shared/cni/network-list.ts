/** Network configuration as text: `.conflist`, and `.conf` taken as a list of one (libcni, conf.go). */
import { err, ok, type Result } from '../base/index.ts';
import { parseJson } from './json.ts';
import { compareVersions, SPEC_VERSIONS, type Json, type JsonObject, type NetworkList, type PluginConfig } from './spec.ts';

const NEWEST = SPEC_VERSIONS.at(-1)!;

/** Files of other names are not looked at. */
export const isNetworkFile = (name: string): boolean => /\.(conf|conflist|json)$/.test(name);

/** The error says what is wrong, in libcni's words. */
export function parseNetwork(text: string): Result<NetworkList, string> {
  const fail = (why: string): Result<never, string> => err(`error parsing configuration list: ${why}`);
  const parsed = parseJson(text);
  if (!parsed.ok) return fail(parsed.error);
  const config = parsed.value;
  const { name, plugins } = config;
  const version = versionOf(config);
  if (!version.ok) return fail(version.error);
  if (!('plugins' in config)) {
    if (typeof config['type'] !== 'string' || config['type'] === '') return fail("no 'plugins' key");
    const alone = typeof name === 'string' ? name : '';
    return ok({ name: alone, cniVersion: version.value, disableCheck: false, disableGC: false, plugins: [config as PluginConfig] });
  }
  if (name === undefined) return fail('no name');
  if (typeof name !== 'string') return fail(`invalid name type ${goType(name)}`);
  const disableCheck = flagOf(config, 'disableCheck');
  const disableGC = flagOf(config, 'disableGC');
  if (!disableCheck.ok) return fail(disableCheck.error);
  if (!disableGC.ok) return fail(disableGC.error);
  if (!Array.isArray(plugins)) return fail(`invalid 'plugins' type ${goType(plugins ?? null)}`);
  if (plugins.length === 0) return fail('no plugins in list');
  for (const [index, plugin] of (plugins as readonly Json[]).entries()) {
    const type = typeof plugin === 'object' && plugin !== null && !Array.isArray(plugin) ? (plugin as JsonObject)['type'] : undefined;
    if (typeof type !== 'string' || type === '') return err(`failed to parse plugin config ${index}: error parsing configuration: missing 'type'`);
  }
  const value = { name, cniVersion: version.value, disableCheck: disableCheck.value, disableGC: disableGC.value };
  return ok({ ...value, plugins: plugins });
}

/** The newest of `cniVersions` that is known, else `cniVersion`. */
function versionOf(config: JsonObject): Result<string, string> {
  const { cniVersion = '', cniVersions } = config;
  if (typeof cniVersion !== 'string') return err(`invalid cniVersion type ${goType(cniVersion)}`);
  if (cniVersions === undefined) return ok(cniVersion);
  if (!Array.isArray(cniVersions)) return err('invalid type for cniVersions: []interface {}');
  const given = cniVersions as readonly Json[];
  const bad = given.findIndex((one) => typeof one !== 'string');
  if (bad >= 0) return err(`invalid type for cniVersions index ${bad}: ${goType(given[bad]!)}`);
  const known = [...(given as readonly string[]), ...(cniVersion === '' ? [] : [cniVersion])].filter((one) => compareVersions(one, NEWEST) <= 0);
  return ok(known.sort(compareVersions).at(-1) ?? cniVersion);
}

function flagOf(config: JsonObject, key: string): Result<boolean, string> {
  const value = config[key] ?? false;
  if (typeof value === 'boolean') return ok(value);
  if (typeof value !== 'string') return err(`invalid type ${goType(value)} for ${key}`);
  const text = value.toLowerCase();
  return text === 'true' || text === 'false' ? ok(text === 'true') : err(`invalid value "${text}" for ${key}`);
}

/** As Go's %T prints what encoding/json made of it. */
function goType(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  return { string: 'string', number: 'float64', boolean: 'bool', object: 'map[string]interface {}' }[
    typeof value as 'string' | 'number' | 'boolean' | 'object'
  ];
}
