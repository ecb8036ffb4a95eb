/** Plugins that call plugins: IPAM, and meta plugins that delegate (libcni, pkg/invoke/delegate.go). The environment is passed on. */
import { err, strerror, utf8Encode, type Result } from '../base/index.ts';
import type { Sys } from '../shell/index.ts';
import { runWithInput } from './child.ts';
import { findExecutable } from './node-driver.ts';
import { checkPluginName, notFound, pluginEnvironment, readAnswer } from './runner.ts';
import type { PluginArgs } from './skel.ts';
import { ErrorCode, type CniError, type CniResult, type Command, type JsonObject } from './spec.ts';

/** The plugin that `config.type` names. */
export function* callDelegate(args: PluginArgs, command: Command, config: JsonObject): Sys<Result<CniResult, CniError>> {
  return yield* call(args, command, typeof config['type'] === 'string' ? config['type'] : '', config);
}
/** An IPAM plugin: it gets the whole configuration as it came. */
export function* callIpam(args: PluginArgs, command: Command, plugin: string): Sys<Result<CniResult, CniError>> {
  return yield* call(args, command, plugin, args.config);
}

function* call(args: PluginArgs, command: Command, plugin: string, config: JsonObject): Sys<Result<CniResult, CniError>> {
  const { p, containerId, netns, ifName } = args;
  const path = args.path.split(':');
  const bad = checkPluginName(plugin);
  if (bad) return err(bad);
  const file = findExecutable(p, plugin, path);
  if (file === undefined) return err(notFound(plugin, path));
  const env = pluginEnvironment(command, { containerId, netns, ifName, args: [...args.args], capabilities: {} }, path);
  const ran = yield* runWithInput(p, [file], new Map([...p.env, ...Object.entries(env)]), utf8Encode(JSON.stringify(config)));
  return ran.ok
    ? readAnswer(command, ran.value, typeof config['cniVersion'] === 'string' ? config['cniVersion'] : '0.1.0')
    : err({ code: ErrorCode.internal, msg: `fork/exec ${file}: ${strerror(ran.error).toLowerCase()}` });
}
