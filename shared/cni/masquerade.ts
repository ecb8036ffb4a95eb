/** ipMasq of plugins: what a container sends out of its network gets the host's address (pkg/ip/ipmasq_linux.go). */
import { ok, type Result } from '../base/index.ts';
import type { Sys } from '../shell/index.ts';
import { ensureChain, ensureRule, iptables, programFor } from './iptables.ts';
import { sha512Hex } from './sha512.ts';
import type { PluginArgs } from './skel.ts';

/** `CNI-` and as much of a hash as fits into 28 characters. */
export const chainName = (name: string, containerId: string, prefix = ''): string => `CNI-${prefix}${sha512Hex(name + containerId)}`.slice(0, 28);
const comment = (args: PluginArgs): readonly string[] => ['-m', 'comment', '--comment', `name: "${args.name}" id: "${args.containerId}"`];

export function* setupMasquerade(args: PluginArgs, address: string): Sys<Result<void, string>> {
  const { p } = args;
  const program = programFor(address);
  const chain = chainName(args.name, args.containerId);
  const made = yield* ensureChain(p, 'nat', chain, program);
  if (!made.ok) return made;
  const multicast = program === 'iptables' ? '224.0.0.0/4' : 'ff00::/8';
  const own = yield* ensureRule(p, 'nat', chain, ['-d', address, '-j', 'ACCEPT', ...comment(args)], 'append', program);
  if (!own.ok) return own;
  const others = yield* ensureRule(p, 'nat', chain, ['!', '-d', multicast, '-j', 'MASQUERADE', ...comment(args)], 'append', program);
  if (!others.ok) return others;
  return yield* ensureRule(p, 'nat', 'POSTROUTING', ['-s', address.split('/')[0]!, '-j', chain, ...comment(args)], 'append', program);
}

export function* teardownMasquerade(args: PluginArgs, address: string): Sys<Result<void, string>> {
  const { p } = args;
  const program = programFor(address);
  const chain = chainName(args.name, args.containerId);
  yield* iptables(p, ['-t', 'nat', '-D', 'POSTROUTING', '-s', address.split('/')[0]!, '-j', chain, ...comment(args)], program);
  yield* iptables(p, ['-t', 'nat', '-F', chain], program);
  yield* iptables(p, ['-t', 'nat', '-X', chain], program);
  return ok(undefined);
}
