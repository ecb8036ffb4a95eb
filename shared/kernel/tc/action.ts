/**
 * Actions of traffic control (net/sched/act_*.c): what is done with a packet that a filter matches. Each has a number of its kind in its namespace.
 * An action may be carried on to the next (`pipe`), or settles what becomes of the packet.
 */
import type { Device, Netns, Skb } from '../model.ts';
import { tap } from '../transmit.ts';
import { Iff, PacketType } from '../numbers.ts';
import { networkLength } from '../../wire/index.ts';

/** In the kernel's words: TC_ACT_OK, _RECLASSIFY, _SHOT, _UNSPEC, _PIPE, _STOLEN. */
export type Control = 'pass' | 'reclassify' | 'drop' | 'continue' | 'pipe' | 'stolen';

export type ActionOptions =
  | { readonly kind: 'gact'; readonly control: Control; readonly random: 'none' | 'determ' | 'netrand'; readonly other: Control; readonly value: number }
  | { readonly kind: 'mirred'; readonly what: 'redirect' | 'mirror'; readonly way: 'egress' | 'ingress'; readonly device: number; readonly control: Control }
  /** Bytes a second, bytes. */
  | {
      readonly kind: 'police';
      readonly rate: number;
      readonly burst: number;
      readonly mtu: number;
      readonly exceed: Control;
      readonly conform: Control;
    }
  | { readonly kind: 'skbedit'; readonly mark?: number; readonly priority?: number; readonly control: Control };
export type ActionKind = ActionOptions['kind'];

export class Action {
  bytes = 0;
  packets = 0;
  drops = 0;
  overlimits = 0;
  readonly installedUs: number;
  usedUs: number;
  firstUsedUs: number | null = null;
  private tokensUs: number;
  constructor(
    readonly index: number,
    readonly options: ActionOptions,
    private readonly netns: Netns,
  ) {
    const { nowUs } = netns.simulation;
    this.installedUs = nowUs;
    this.usedUs = nowUs;
    this.tokensUs = options.kind === 'police' ? (options.burst / options.rate) * 1e6 : 0;
  }

  /** `at`: it comes in there, or is to go out. */
  run(skb: Skb, device: Device, at: 'ingress' | 'egress'): Control {
    const length = lengthAt(skb, at);
    const { nowUs } = this.netns.simulation;
    this.bytes += length;
    this.packets++;
    const beforeUs = this.usedUs;
    this.usedUs = nowUs;
    this.firstUsedUs ??= nowUs;
    const { options } = this;
    switch (options.kind) {
      case 'gact': {
        const control = this.chosen(options);
        if (control === 'drop') this.drops++;
        return control;
      }
      case 'skbedit':
        if (options.mark !== undefined) skb.mark = options.mark;
        if (options.priority !== undefined) skb.priority = options.priority;
        return options.control;
      case 'police':
        return this.police(options, length, beforeUs);
      case 'mirred':
        return this.mirror(options, skb, device, at);
    }
  }
  private chosen({ control, random, other, value }: Extract<ActionOptions, { kind: 'gact' }>): Control {
    if (random === 'netrand') return value > 0 && this.netns.rng.below(value) === 0 ? other : control;
    return random === 'determ' && value > 0 && this.packets % value === 0 ? other : control;
  }
  /** tcf_police_act: a bucket of tokens in microseconds. */
  private police({ rate, burst, mtu, exceed, conform }: Extract<ActionOptions, { kind: 'police' }>, length: number, beforeUs: number): Control {
    const time = (bytes: number): number => (bytes / rate) * 1e6;
    if (mtu === 0 || length <= mtu) {
      const tokens = Math.min(this.tokensUs + this.usedUs - beforeUs, time(burst)) - time(length);
      if (tokens >= 0) {
        this.tokensUs = tokens;
        return conform;
      }
      this.tokensUs = Math.min(this.tokensUs + this.usedUs - beforeUs, time(burst));
    }
    this.overlimits++;
    if (exceed === 'drop') this.drops++;
    return exceed;
  }
  /** tcf_mirred_act. */
  private mirror({ what, way, device: index, control }: Extract<ActionOptions, { kind: 'mirred' }>, skb: Skb, from: Device, at: 'ingress' | 'egress'): Control {
    const target = this.netns.devices.get(index);
    if (target === undefined || (target.flags & Iff.UP) === 0) {
      this.overlimits++;
      return what === 'redirect' ? 'drop' : control;
    }
    const sent = what === 'redirect' ? skb : skb.clone();
    if (skb.recorder !== null)
      skb.step({ kind: 'transmit', device: target.name, summary: `${what === 'redirect' ? 'redirected' : 'mirrored'} from ${from.name}` }, this.netns);
    if (way === 'egress') {
      sent.device = target;
      if (what === 'redirect' && isIfb(target)) target.redirected.set(sent, { device: from, at });
      if (target.egress !== null) target.egress.enqueue(sent, target);
      else {
        if (target.taps.length > 0 || target.netns.taps.length > 0) tap(sent, target, PacketType.OUTGOING);
        target.transmit(sent);
      }
    } else {
      sent.scrub('same-netns');
      sent.device = target;
      target.netns.simulation.post(sent);
    }
    return what === 'redirect' ? 'stolen' : control;
  }
}

/** A device that gives packets back to where they were redirected from. */
interface Redirected {
  readonly redirected: WeakMap<Skb, { readonly device: Device; readonly at: 'ingress' | 'egress' }>;
}
const isIfb = (device: Device): device is Device & Redirected => device.kind === 'ifb';

/** Its length there: without a link header where it comes in. */
const lengthAt = (skb: Skb, at: 'ingress' | 'egress'): number => networkLength(skb) + (at === 'egress' ? 14 : 0);

// --- the tables of a namespace ---

const tables = new WeakMap<Netns, Map<ActionKind, Map<number, Action>>>();
export function actionsOf(netns: Netns, kind: ActionKind): Map<number, Action> {
  let kinds = tables.get(netns);
  if (!kinds) tables.set(netns, (kinds = new Map<ActionKind, Map<number, Action>>()));
  let actions = kinds.get(kind);
  if (!actions) kinds.set(kind, (actions = new Map<number, Action>()));
  return actions;
}
export function makeAction(netns: Netns, options: ActionOptions): Action {
  const actions = actionsOf(netns, options.kind);
  let index = 1;
  while (actions.has(index)) index++;
  const action = new Action(index, options, netns);
  actions.set(index, action);
  return action;
}
export const forgetAction = (netns: Netns, action: Action): void => void actionsOf(netns, action.options.kind).delete(action.index);
