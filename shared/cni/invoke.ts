/**
 * Running a plugin executable as a runtime does (libcni, pkg/invoke): found in CNI_PATH, configuration on standard input, the rest in the
 * environment, a result or an error on standard output. Each call can be observed.
 */
import { err, ok, strerror, utf8Decode, utf8Encode, type Errno, type Result } from '../base/index.ts';
import { exitStatusOf, type Process, type Sys } from '../shell/index.ts';
import { parseJson } from './skel.ts';
import { decodeResult, EMPTY_RESULT, ErrorCode, type CniError, type CniResult, type Command, type JsonObject } from './spec.ts';

/** What one call of a plugin was: shown by the X-ray. */
export interface PluginCall {
  readonly plugin: string;
  readonly path: string;
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  readonly startedUs: number;
  readonly endedUs: number;
}

export interface RuntimeConfig {
  readonly containerId: string;
  /** Path of the namespace; '' for a DEL after it is gone. */
  readonly netns: string;
  readonly ifName: string;
  readonly args: readonly (readonly [string, string])[];
  /** By capability: `portMappings`, `ipRanges`, `bandwidth` … */
  readonly capabilities: JsonObject;
}

/** A plugin that hangs is ended after this long. */
const TIMEOUT_US = 90_000_000;

/** The executable's path, or why there is none. */
export function findPlugin(p: Process, plugin: string, path: readonly string[]): Result<string, CniError> {
  if (plugin === '') return err({ code: ErrorCode.invalidNetworkConfig, msg: 'no plugin name provided' });
  if (plugin.includes('/')) return err({ code: ErrorCode.invalidNetworkConfig, msg: `invalid plugin name: ${plugin}` });
  for (const directory of path) {
    const file = `${directory}/${plugin}`;
    const stat = p.fs.stat(file);
    if (stat.ok && stat.value.kind === 'file') return ok(file);
  }
  return err({ code: ErrorCode.internal, msg: `failed to find plugin "${plugin}" in path [${path.join(' ')}]` });
}

export function* invoke(
  p: Process,
  file: string,
  plugin: string,
  command: Command,
  config: JsonObject,
  runtime: RuntimeConfig,
  path: readonly string[],
  observe?: (call: PluginCall) => void,
): Sys<Result<CniResult, CniError>> {
  const env: Record<string, string> = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: runtime.containerId,
    CNI_NETNS: runtime.netns,
    CNI_ARGS: runtime.args.map(([key, value]) => `${key}=${value}`).join(';'),
    CNI_IFNAME: runtime.ifName,
    CNI_PATH: path.join(':'),
  };
  const stdin = JSON.stringify(config);
  const startedUs = p.nowUs;
  const ran = yield* runWithInput(p, [file], new Map([...p.env, ...Object.entries(env)]), utf8Encode(stdin));
  if (!ran.ok) return err({ code: ErrorCode.internal, msg: `fork/exec ${file}: ${strerror(ran.error).toLowerCase()}` });
  const { status, stdout, stderr } = ran.value;
  observe?.({ plugin, path: file, command, env, stdin, stdout: utf8Decode(stdout), stderr: utf8Decode(stderr), status, startedUs, endedUs: p.nowUs });
  return readAnswer(plugin, command, status, utf8Decode(stdout), utf8Decode(stderr));
}

function readAnswer(plugin: string, command: Command, status: number, stdout: string, stderr: string): Result<CniResult, CniError> {
  const parsed = parseJson(stdout);
  if (status !== 0) {
    if (stdout.trim() === '')
      return err({
        code: ErrorCode.internal,
        msg: stderr.trim() === '' ? 'netplugin failed with no error message: exit status ' + status : `netplugin failed: "${stderr.trim()}"`,
      });
    const code = parsed.ok ? parsed.value['code'] : undefined;
    if (!parsed.ok)
      return err({
        code: ErrorCode.internal,
        msg: `netplugin failed but error parsing its diagnostic message ${JSON.stringify(stdout.trim())}: ${parsed.error}`,
      });
    const { msg, details } = parsed.value;
    return err({
      code: typeof code === 'number' ? code : ErrorCode.internal,
      msg: typeof msg === 'string' ? msg : '',
      ...(typeof details === 'string' && details !== '' ? { details } : {}),
    });
  }
  if (command !== 'ADD') return ok(EMPTY_RESULT);
  const decoded = parsed.ok ? decodeResult(parsed.value) : undefined;
  if (!decoded)
    return err({
      code: ErrorCode.decodingFailure,
      msg: `plugin ${plugin}: ${parsed.ok ? 'unsupported CNI result version' : `decoding its result: ${parsed.error}`}`,
    });
  return ok(decoded.result);
}

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with input and takes all it prints. */
function* runWithInput(p: Process, argv: readonly string[], env: ReadonlyMap<string, string>, input: string): Sys<Result<Ran, Errno>> {
  const open: number[] = [];
  const pipe = (): { readonly read: number; readonly write: number } | undefined => {
    const made = p.pipe();
    if (!made.ok) return undefined;
    open.push(made.value.read, made.value.write);
    return made.value;
  };
  const close = (fd: number): void => {
    const index = open.indexOf(fd);
    if (index >= 0) {
      open.splice(index, 1);
      p.close(fd);
    }
  };
  try {
    const [stdin, stdout, stderr] = [pipe(), pipe(), pipe()];
    if (!stdin || !stdout || !stderr) return err('EMFILE');
    const fds = new Map([
      [0, stdin.read],
      [1, stdout.write],
      [2, stderr.write],
    ]);
    const child = p.spawn(argv, { path: argv[0]!, env, fds });
    if (!child.ok) return err(child.error);
    close(stdin.read);
    close(stdout.write);
    close(stderr.write);
    yield* p.write(stdin.write, input);
    close(stdin.write);
    const untilUs = p.nowUs + TIMEOUT_US;
    const output = ['', ''];
    const ends = [stdout.read, stderr.read];
    while (ends.length > 0) {
      const ready = yield* p.poll(
        ends.map((fd) => ({ fd, events: 'read' as const })),
        Math.max(0, untilUs - p.nowUs),
      );
      if (ready.length === 0) {
        child.value.raise('KILL');
        break;
      }
      for (const fd of ready) {
        const piece = yield* p.read(fd);
        if (piece.ok && piece.value !== '') output[fd === stdout.read ? 0 : 1] += piece.value;
        else ends.splice(ends.indexOf(fd), 1);
      }
    }
    const status = exitStatusOf(yield* p.waitExit(child.value));
    return ok({ status, stdout: output[0]!, stderr: output[1]! });
  } finally {
    for (const fd of [...open]) p.close(fd);
  }
}
