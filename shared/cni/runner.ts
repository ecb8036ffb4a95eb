/**
 * Networks as a container runtime makes them (libcni 1.2, api.go): a list of plugins in a chain, each given the result of the one before;
 * results kept in /var/lib/cni/results for CHECK, DEL and GC. It touches nothing itself: each step asks its driver (find an executable, run
 * it, read and write a file), so that the same code works on a simulated node and on any real one.
 */
import { err, ok, utf8Decode, utf8Encode, type Result } from '../base/index.ts';
import { isNetworkFile, parseNetwork } from './network-list.ts';
import { parseJson } from './json.ts';
import {
  compareVersions,
  decodeResult,
  EMPTY_RESULT,
  encodeResult,
  ErrorCode,
  type CniError,
  type CniResult,
  type Command,
  type JsonObject,
  type NetworkList,
  type PluginConfig,
} from './spec.ts';

/** What a runner asks of the node it works on; paths are the node's. Texts are byte strings. */
export type Ask =
  /** → the first executable of that name in the directories, or undefined */
  | { readonly ask: 'find'; readonly plugin: string; readonly path: readonly string[] }
  /** → what it printed, or why it could not be started */
  | ({ readonly ask: 'run' } & PluginRun)
  /** → its text, or undefined */
  | { readonly ask: 'read'; readonly file: string }
  /** → names, sorted; none when there is no such directory */
  | { readonly ask: 'list'; readonly directory: string }
  | { readonly ask: 'write'; readonly file: string; readonly text: string }
  | { readonly ask: 'remove'; readonly file: string };
export interface PluginRun {
  readonly plugin: string;
  readonly file: string;
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}
export interface PluginOutput {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What ended it, where it did not end by itself: `killed`. */
  readonly signal?: string;
}
export interface Answers {
  find: string | undefined;
  run: Result<PluginOutput, string>;
  read: string | undefined;
  list: readonly string[];
  write: void;
  remove: void;
}
/** Yields an Ask, is resumed with its answer. */
export type Asking<T> = Generator<Ask, T, Answers[keyof Answers]>;

function* ask<K extends keyof Answers>(question: Extract<Ask, { ask: K }>): Asking<Answers[K]> {
  return (yield question) as Answers[K];
}

/** One attachment of a container to a network. */
export interface RuntimeConfig {
  readonly containerId: string;
  /** Path of the namespace; '' for a DEL after it is gone. */
  readonly netns: string;
  readonly ifName: string;
  readonly args: readonly (readonly [string, string])[];
  /** By capability: `portMappings`, `ipRanges`, `bandwidth` … */
  readonly capabilities: JsonObject;
}
/** `plugin`: whose answer it was; '' for the runner's own. */
export type NetworkError = CniError & { readonly plugin: string };

const CACHE = '/var/lib/cni/results';
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const cacheFile = (list: NetworkList, { containerId, ifName }: RuntimeConfig): string => `${CACHE}/${list.name}-${containerId}-${ifName}`;
const own = (msg: string, code: number = ErrorCode.internal): Result<never, NetworkError> => err({ code, msg, plugin: '' });

/** `path`: the directories of plugins (CNI_PATH). */
export function* addNetwork(list: NetworkList, path: readonly string[], config: RuntimeConfig): Asking<Result<CniResult, NetworkError>> {
  const bad = checkNames(list, config);
  if (bad) return err(bad);
  let result: CniResult | undefined;
  for (const plugin of list.plugins) {
    const added = yield* callPlugin(list, plugin, path, 'ADD', config, result);
    if (!added.ok) return added;
    result = added.value;
  }
  yield* ask<'write'>({ ask: 'write', file: cacheFile(list, config), text: cacheText(list, config, result ?? EMPTY_RESULT) });
  return ok(result ?? EMPTY_RESULT);
}

/** In reverse, with the cached result. Missing things are no errors. */
export function* deleteNetwork(list: NetworkList, path: readonly string[], config: RuntimeConfig): Asking<Result<void, NetworkError>> {
  const cached = compareVersions(list.cniVersion, '0.4.0') >= 0 ? yield* readCache(cacheFile(list, config)) : undefined;
  for (const plugin of [...list.plugins].reverse()) {
    const gone = yield* callPlugin(list, plugin, path, 'DEL', config, cached?.result);
    if (!gone.ok) return gone;
  }
  yield* ask<'remove'>({ ask: 'remove', file: cacheFile(list, config) });
  return ok(undefined);
}

export function* checkNetwork(list: NetworkList, path: readonly string[], config: RuntimeConfig): Asking<Result<void, NetworkError>> {
  if (compareVersions(list.cniVersion, '0.4.0') < 0) return own(`configuration version "${list.cniVersion}" does not support CHECK command`);
  if (list.disableCheck) return ok(undefined);
  const cached = yield* readCache(cacheFile(list, config));
  for (const plugin of list.plugins) {
    const checked = yield* callPlugin(list, plugin, path, 'CHECK', config, cached?.result);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

/** Attachments that are not among the valid ones are deleted; from 1.1.0 plugins are told which are valid. All errors, not the first only. */
export function* collectGarbage(
  list: NetworkList,
  path: readonly string[],
  valid: readonly { readonly containerId: string; readonly ifName: string }[],
): Asking<readonly NetworkError[]> {
  if (list.disableGC) return [];
  const errors: NetworkError[] = [];
  for (const name of yield* ask<'list'>({ ask: 'list', directory: CACHE })) {
    const cached = yield* readCache(`${CACHE}/${name}`);
    const isValid = valid.some(({ containerId, ifName }) => containerId === cached?.config.containerId && ifName === cached.config.ifName);
    if (!cached || cached.network !== list.name || isValid) continue;
    const gone = yield* deleteNetwork(list, path, cached.config);
    const which = `${cached.config.containerId} ${cached.config.ifName}`;
    if (!gone.ok) errors.push({ ...gone.error, msg: `failed to delete stale attachment ${which}: ${gone.error.msg}` });
  }
  if (compareVersions(list.cniVersion, '1.1.0') < 0) return errors;
  const attachments = valid.map(({ containerId, ifName }) => ({ containerID: containerId, ifname: ifName }));
  for (const plugin of list.plugins) {
    const told = { ...plugin, 'cni.dev/valid-attachments': attachments, 'cni.dev/attachments': attachments };
    const done = yield* callPlugin(list, told, path, 'GC', NOBODY, undefined);
    if (!done.ok) errors.push({ ...done.error, msg: `failed to GC plugin ${plugin.type}: ${done.error.msg}` });
  }
  return errors;
}

/** Whether the network is ready for ADD; versions before 1.1.0 cannot be asked. */
export function* networkStatus(list: NetworkList, path: readonly string[]): Asking<Result<void, NetworkError>> {
  if (compareVersions(list.cniVersion, '1.1.0') < 0) return ok(undefined);
  for (const plugin of list.plugins) {
    const status = yield* callPlugin(list, plugin, path, 'STATUS', NOBODY, undefined);
    if (!status.ok) return status;
  }
  return ok(undefined);
}
const NOBODY: RuntimeConfig = { containerId: '', netns: '', ifName: '', args: [], capabilities: {} };

function checkNames(list: NetworkList, { containerId, ifName }: RuntimeConfig): NetworkError | undefined {
  const bad = (code: number, msg: string, details?: string): NetworkError => ({ code, msg, plugin: '', ...(details === undefined ? {} : { details }) });
  if (containerId === '') return bad(ErrorCode.unknownContainer, 'missing containerID');
  if (!NAME.test(containerId)) return bad(ErrorCode.invalidEnvironment, 'invalid characters in containerID', containerId);
  if (list.name === '') return bad(ErrorCode.invalidNetworkConfig, 'missing network name:');
  if (!NAME.test(list.name)) return bad(ErrorCode.invalidNetworkConfig, 'invalid characters found in network name', list.name);
  if (ifName === '') return bad(ErrorCode.invalidEnvironment, 'interface name is empty');
  if (ifName.length > 15) return bad(ErrorCode.invalidEnvironment, 'interface name is too long', 'interface name should be less than 16 characters');
  return undefined;
}

function* callPlugin(
  list: NetworkList,
  plugin: PluginConfig,
  path: readonly string[],
  command: Command,
  config: RuntimeConfig,
  previous: CniResult | undefined,
): Asking<Result<CniResult, NetworkError>> {
  const { type } = plugin;
  const bad = checkPluginName(type);
  const file = bad === undefined ? yield* ask<'find'>({ ask: 'find', plugin: type, path }) : undefined;
  if (file === undefined) return err({ ...(bad ?? notFound(type, path)), plugin: type });
  const run: PluginRun = {
    plugin: type,
    file,
    command,
    env: pluginEnvironment(command, config, path),
    stdin: utf8Encode(JSON.stringify(buildConfig(list, plugin, config, previous))),
  };
  const ran = yield* ask<'run'>({ ask: 'run', ...run });
  const answer = ran.ok ? readAnswer(command, ran.value, list.cniVersion) : err({ code: ErrorCode.internal, msg: `fork/exec ${file}: ${ran.error}` });
  return answer.ok ? answer : err({ ...answer.error, plugin: type });
}

export const pluginEnvironment = (command: Command, config: RuntimeConfig, path: readonly string[]): Readonly<Record<string, string>> => ({
  CNI_COMMAND: command,
  CNI_CONTAINERID: config.containerId,
  CNI_NETNS: config.netns,
  CNI_ARGS: config.args.map(([key, value]) => `${key}=${value}`).join(';'),
  CNI_IFNAME: config.ifName,
  CNI_PATH: path.join(':'),
});
export function checkPluginName(plugin: string): CniError | undefined {
  if (plugin === '') return { code: ErrorCode.internal, msg: 'no plugin name provided' };
  return plugin.includes('/') ? { code: ErrorCode.internal, msg: `invalid plugin name: ${plugin}` } : undefined;
}
export const notFound = (plugin: string, path: readonly string[]): CniError => ({
  code: ErrorCode.internal,
  msg: `failed to find plugin "${plugin}" in path [${path.join(' ')}]`,
});

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

/** What a plugin's output means (pkg/invoke/raw_exec.go, exec.go); `spoken`: the version of the configuration it was given. */
export function readAnswer(command: Command, { status, stdout, stderr, signal }: PluginOutput, spoken: string): Result<CniResult, CniError> {
  const fail = (msg: string, code: number = ErrorCode.internal): Result<never, CniError> => err({ code, msg });
  if (status !== 0) {
    if (stdout === '')
      return fail(
        stderr === ''
          ? `netplugin failed with no error message: ${signal === undefined ? `exit status ${status}` : `signal: ${signal}`}`
          : `netplugin failed: ${JSON.stringify(utf8Decode(stderr))}`,
      );
    const said = parseJson(utf8Decode(stdout), 'types.Error');
    if (!said.ok) return fail(`netplugin failed but error parsing its diagnostic message ${JSON.stringify(utf8Decode(stdout))}: ${said.error}`);
    const { code, msg, details } = said.value;
    return err({
      code: typeof code === 'number' ? code : ErrorCode.internal,
      msg: typeof msg === 'string' ? msg : '',
      ...(typeof details === 'string' && details !== '' ? { details } : {}),
    });
  }
  if (command !== 'ADD') return ok(EMPTY_RESULT);
  const parsed = parseJson(utf8Decode(stdout), 'map[string]interface {}');
  if (!parsed.ok) return fail(`failed to unmarshal raw result: ${parsed.error}`);
  const { cniVersion } = parsed.value;
  // without one of its own it has that of the configuration
  const version = typeof cniVersion === 'string' && cniVersion !== '' ? cniVersion : spoken;
  const decoded = decodeResult({ ...parsed.value, cniVersion: version });
  return decoded ? ok(decoded.result) : fail(`unsupported CNI result version ${JSON.stringify(version)}`);
}

function cacheText(list: NetworkList, config: RuntimeConfig, result: CniResult): string {
  const { name, cniVersion, plugins } = list;
  return utf8Encode(
    JSON.stringify({
      kind: 'cniCacheV1',
      containerId: config.containerId,
      config: JSON.stringify({ cniVersion, name, plugins }),
      ifName: config.ifName,
      networkName: name,
      netns: config.netns,
      cniArgs: config.args,
      capabilityArgs: config.capabilities,
      result: encodeResult(result, cniVersion),
    }),
  );
}

interface Cached {
  readonly network: string;
  readonly config: RuntimeConfig;
  readonly result: CniResult | undefined;
}
function* readCache(file: string): Asking<Cached | undefined> {
  const text = yield* ask<'read'>({ ask: 'read', file });
  const parsed = text === undefined ? undefined : parseJson(utf8Decode(text));
  if (!parsed?.ok || parsed.value['kind'] !== 'cniCacheV1') return undefined;
  const field = (key: string): string => (typeof parsed.value[key] === 'string' ? parsed.value[key] : '');
  const args = parsed.value['cniArgs'];
  return {
    network: field('networkName'),
    config: {
      containerId: field('containerId'),
      netns: field('netns'),
      ifName: field('ifName'),
      args: Array.isArray(args) ? args : [],
      capabilities: (parsed.value['capabilityArgs'] ?? {}) as JsonObject,
    },
    result: decodeResult(parsed.value['result'])?.result,
  };
}

/** The first configuration of a directory in order of names, as containerd takes it: one that cannot be read is not passed over. */
export function* loadNetwork(directory: string): Asking<Result<NetworkList, string>> {
  const names = yield* ask<'list'>({ ask: 'list', directory });
  const name = names.find(isNetworkFile);
  if (name === undefined) return err(`no network config found in ${directory}: cni plugin not initialized`);
  const text = yield* ask<'read'>({ ask: 'read', file: `${directory}/${name}` });
  const list = parseNetwork(utf8Decode(text ?? ''));
  return list.ok ? list : err(`failed to load CNI config list file ${directory}/${name}: ${list.error}: invalid cni config`);
}
