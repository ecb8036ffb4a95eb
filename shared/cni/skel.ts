/**
 * What every plugin is made of (github.com/containernetworking/cni/pkg/skel): environment and configuration are read and checked, the
 * version reconciled, the result or the error printed.
 */
import { err, ok, utf8Decode, utf8Encode, type Result } from '../base/index.ts';
import type { Process, Program, Sys } from '../shell/index.ts';
import { parseJson } from './json.ts';
import { compareVersions, encodeResult, ErrorCode, PLUGIN_VERSIONS, printJson, type CniError, type CniResult, type JsonObject } from './spec.ts';

export interface PluginArgs {
  readonly p: Process;
  readonly containerId: string;
  /** Path of the namespace; '' when it is gone already. */
  readonly netns: string;
  readonly ifName: string;
  /** CNI_ARGS, split. */
  readonly args: ReadonlyMap<string, string>;
  readonly path: string;
  /** The configuration: text as it came, and parsed. */
  readonly stdin: string;
  readonly config: JsonObject;
  readonly cniVersion: string;
  readonly name: string;
}
/** `ipam.type` of the configuration; '' without. */
export function ipamType(args: PluginArgs): string {
  const type = (args.config['ipam'] as JsonObject | undefined)?.['type'];
  return typeof type === 'string' ? type : '';
}
/** An error text becomes one with code 999, as Go's plugins do. */
export type PluginResult<T> = Result<T, string | CniError>;

export interface Plugin {
  readonly name: string;
  readonly add: (args: PluginArgs) => Sys<PluginResult<CniResult>>;
  readonly del: (args: PluginArgs) => Sys<PluginResult<void>>;
  readonly check: (args: PluginArgs) => Sys<PluginResult<void>>;
  readonly versions?: readonly string[];
  /** Prints its result in the form of 1.0.0 whatever version was asked for, as loopback does. */
  readonly isUnconverted?: boolean;
}

export const pluginProgram = (plugin: Plugin): Program =>
  function* (p) {
    const failure = yield* run(p, plugin);
    if (!failure) return 0;
    const printed = { code: failure.code, msg: failure.msg, ...(failure.details === undefined ? {} : { details: failure.details }) };
    yield* p.print(utf8Encode(printJson(printed)));
    return 1;
  };

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_PATH'],
};

function* run(p: Process, plugin: Plugin): Sys<CniError | undefined> {
  const env = (name: string): string => p.getenv(name) ?? '';
  const command = env('CNI_COMMAND');
  const versions = plugin.versions ?? PLUGIN_VERSIONS;
  if (command === '') {
    yield* p.error(`CNI ${plugin.name} plugin v1.1.1\nCNI protocol versions supported: ${versions.join(', ')}\n`);
    return undefined;
  }
  const missing = (REQUIRED[command] ?? []).filter((name) => env(name) === '');
  if (missing.length > 0) return { code: ErrorCode.invalidEnvironment, msg: `required env variables [${missing.join(',')}] missing` };
  if (command === 'VERSION') {
    yield* p.print(`${JSON.stringify({ cniVersion: '1.0.0', supportedVersions: versions })}\n`);
    return undefined;
  }
  const stdin = yield* p.readAll(0);
  if (!stdin.ok) return { code: ErrorCode.ioFailure, msg: `error reading from stdin: ${stdin.error}` };
  const args = readArgs(p, utf8Decode(stdin.value));
  if (!args.ok) return args.error;
  if (!['ADD', 'DEL', 'CHECK'].includes(command)) return { code: ErrorCode.invalidEnvironment, msg: `unknown CNI_COMMAND: ${command}` };
  if (command === 'CHECK' && compareVersions(args.value.cniVersion, '0.4.0') < 0)
    return { code: ErrorCode.incompatibleVersion, msg: 'config version does not allow CHECK' };
  if (!versions.includes(args.value.cniVersion)) {
    return {
      code: ErrorCode.incompatibleVersion,
      msg: 'incompatible CNI versions',
      details: `config is "${args.value.cniVersion}", plugin supports ${JSON.stringify(versions).replaceAll(',', ' ')}`,
    };
  }
  return yield* call(plugin, command, args.value);
}

function* call(plugin: Plugin, command: string, args: PluginArgs): Sys<CniError | undefined> {
  const asError = (error: string | CniError): CniError => (typeof error === 'string' ? { code: ErrorCode.internal, msg: error } : error);
  if (command === 'ADD') {
    const result = yield* plugin.add(args);
    if (!result.ok) return asError(result.error);
    const encoded = plugin.isUnconverted
      ? { ...encodeResult(result.value, '1.0.0'), cniVersion: args.cniVersion }
      : encodeResult(result.value, args.cniVersion);
    yield* args.p.print(utf8Encode(printJson(encoded)));
    return undefined;
  }
  const result = yield* command === 'DEL' ? plugin.del(args) : plugin.check(args);
  return result.ok ? undefined : asError(result.error);
}

function readArgs(p: Process, stdin: string): Result<PluginArgs, CniError> {
  const parsed = parseJson(stdin);
  if (!parsed.ok) return err({ code: ErrorCode.decodingFailure, msg: `error unmarshall network config: ${parsed.error}` });
  const config = parsed.value;
  const name = typeof config['name'] === 'string' ? config['name'] : '';
  if (name === '') return err({ code: ErrorCode.invalidNetworkConfig, msg: 'missing network name' });
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
    return err({ code: ErrorCode.invalidNetworkConfig, msg: 'invalid characters found in network name', details: name });
  const containerId = p.getenv('CNI_CONTAINERID') ?? '';
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(containerId))
    return err({ code: ErrorCode.invalidEnvironment, msg: 'invalid characters in containerID', details: containerId });
  const ifName = p.getenv('CNI_IFNAME') ?? '';
  const bad = checkIfName(ifName);
  if (bad) return err(bad);
  const cniVersion = typeof config['cniVersion'] === 'string' && config['cniVersion'] !== '' ? config['cniVersion'] : '0.1.0';
  const args = new Map(
    (p.getenv('CNI_ARGS') ?? '')
      .split(';')
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  );
  return ok({ p, containerId, netns: p.getenv('CNI_NETNS') ?? '', ifName, args, path: p.getenv('CNI_PATH') ?? '', stdin, config, cniVersion, name });
}

function checkIfName(name: string): CniError | undefined {
  const refuse = (msg: string, details?: string): CniError => ({ code: ErrorCode.invalidEnvironment, msg, ...(details === undefined ? {} : { details }) });
  if (name.length > 15) return refuse('interface name is too long', 'interface name should be less than 16 characters');
  if (name === '.' || name === '..') return refuse('interface name is . or ..');
  if (/[/:\s]/.test(name)) return refuse('interface name contains / or : or whitespace characters');
  return undefined;
}
