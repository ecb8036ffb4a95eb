/** Calling netfilter (nf_hook): nothing is spent where nothing is registered. */
import type { HookName } from '../../trace/index.ts';
import type { Device, HookHandler, Netns, Skb } from '../model.ts';
import { Verdict } from '../numbers.ts';
import type { Hook } from '../numbers.ts';
import { drop } from '../transmit.ts';

export const HOOK_NAMES: readonly HookName[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** True: go on. False: the packet was dropped or stolen. */
export function passes(netns: Netns, hook: Hook, skb: Skb, inDevice: Device | null, outDevice: Device | null): boolean {
  const handlers = netns.hooks[hook] ?? null;
  if (handlers === null) return true;
  if (skb.recorder !== null) skb.step({ kind: 'hook', hook: HOOK_NAMES[hook]!, bridged: false }, netns);
  return run(handlers, netns, hook, skb, inDevice, outDevice);
}
/** The same for IPv6. */
export function passes6(netns: Netns, hook: Hook, skb: Skb, inDevice: Device | null, outDevice: Device | null): boolean {
  const handlers = netns.hooks6[hook] ?? null;
  if (handlers === null) return true;
  if (skb.recorder !== null) skb.step({ kind: 'hook', hook: HOOK_NAMES[hook]!, bridged: false }, netns);
  return run(handlers, netns, hook, skb, inDevice, outDevice);
}
/** The same, called by a bridge (br_netfilter). */
export function passesForBridge(netns: Netns, hook: Hook, skb: Skb, inDevice: Device | null, outDevice: Device | null): boolean {
  const handlers = netns.hooks[hook] ?? null;
  if (handlers === null) return true;
  if (skb.recorder !== null) skb.step({ kind: 'hook', hook: HOOK_NAMES[hook]!, bridged: true }, netns);
  return run(handlers, netns, hook, skb, inDevice, outDevice);
}
function run(handlers: readonly HookHandler[], netns: Netns, hook: Hook, skb: Skb, inDevice: Device | null, outDevice: Device | null): boolean {
  for (let i = 0; i < handlers.length; i++) {
    const verdict = handlers[i]!.run(skb, hook, netns, inDevice, outDevice);
    if (verdict === Verdict.ACCEPT) continue;
    if (verdict === Verdict.DROP) drop(skb, netns, 'NETFILTER_DROP', HOOK_NAMES[hook]!);
    else if (verdict === Verdict.QUEUE) drop(skb, netns, 'NETFILTER_DROP', 'no program listens on the queue');
    return false;
  }
  return true;
}
