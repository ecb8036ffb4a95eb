/** Plugins that call plugins: IPAM, and meta plugins that delegate (libcni, pkg/invoke/delegate.go). The environment is passed on. */
import type { Result } from '../base/index.ts';
import type { Sys } from '../shell/index.ts';
import { findPlugin, invoke } from './invoke.ts';
import type { PluginArgs } from './skel.ts';
import type { CniError, CniResult, Command, JsonObject } from './spec.ts';

/** The plugin that `config.type` names. */
export function* callDelegate(args: PluginArgs, command: Command, config: JsonObject): Sys<Result<CniResult, CniError>> {
  return yield* call(args, command, typeof config['type'] === 'string' ? config['type'] : '', config);
}
/** An IPAM plugin: it gets the whole configuration as it came. */
export function* callIpam(args: PluginArgs, command: Command, plugin: string): Sys<Result<CniResult, CniError>> {
  return yield* call(args, command, plugin, args.config);
}

function* call(args: PluginArgs, command: Command, plugin: string, config: JsonObject): Sys<Result<CniResult, CniError>> {
  const path = args.path.split(':');
  const file = findPlugin(args.p, plugin, path);
  if (!file.ok) return file;
  return yield* invoke(
    args.p,
    file.value,
    plugin,
    command,
    config,
    { containerId: args.containerId, netns: args.netns, ifName: args.ifName, args: [...args.args], capabilities: {} },
    path,
  );
}
