/**
 * Filters of traffic control (net/sched/cls_api.c): at a discipline or a class, classifiers by priority, each with filters of one kind. The first
 * that matches says to which class the packet goes, and what is done with it.
 *
 * Deviation: chains other than 0, shared blocks and offload are not modelled.
 */
import { EtherType, ipv4Mask, type Ipv4, type Mac } from '../../wire/index.ts';
import type { Device, Netns, Skb } from '../model.ts';
import { forgetAction, type Action, type Control } from './action.ts';
import type { U32Filter, U32Key } from './u32.ts';

export const ETH_P_ALL = 3;
/** In the upper half of an own priority. */
const FIRST_OWN_PRIORITY = 0xc000;
const RECLASSIFY_LIMIT = 4;

export interface FlowerKeys {
  readonly etherType?: number;
  readonly protocol?: number;
  readonly source?: { readonly address: Ipv4; readonly length: number };
  readonly destination?: { readonly address: Ipv4; readonly length: number };
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sourceMac?: Mac;
  readonly destinationMac?: Mac;
}
export type Matching =
  | { readonly kind: 'u32'; readonly keys: readonly U32Key[] }
  | { readonly kind: 'matchall' }
  | { readonly kind: 'flower'; readonly keys: FlowerKeys }
  | { readonly kind: 'fw' };
export type FilterKind = Matching['kind'];

export interface Filter {
  readonly handle: number;
  readonly classId: number;
  readonly matching: Matching;
  readonly actions: readonly Action[];
  /** How often it was asked, how often it matched. */
  asked: number;
  matched: number;
  readonly u32: U32Filter | null;
}

/** tcf_proto: filters of one kind, priority and protocol. */
export class Classifier {
  readonly filters: Filter[] = [];
  constructor(
    readonly priority: number,
    readonly protocol: number,
    readonly kind: FilterKind,
    /** The number of its table (u32). */
    readonly table: number,
  ) {}
}

export interface Classified {
  readonly control: Control;
  readonly classId: number;
}

export class FilterBlock {
  readonly classifiers: Classifier[] = [];
  /** How the latest request named the place: so a dump names it. */
  parent = 0;
  private nextTable = 0x800;
  constructor(readonly at: 'ingress' | 'egress') {}

  get isEmpty(): boolean {
    return this.classifiers.length === 0;
  }
  ownPriority(): number {
    return (this.classifiers[0]?.priority ?? FIRST_OWN_PRIORITY + 1) - 1;
  }
  classifier(priority: number): Classifier | undefined {
    return this.classifiers.find((one) => one.priority === priority);
  }
  add(priority: number, protocol: number, kind: FilterKind): Classifier {
    if (!this.classifiers.some((one) => one.kind === 'u32')) this.nextTable = 0x800;
    const made = new Classifier(priority, protocol, kind, kind === 'u32' ? this.nextTable++ : 0);
    const at = this.classifiers.findIndex((one) => one.priority > priority);
    this.classifiers.splice(at < 0 ? this.classifiers.length : at, 0, made);
    return made;
  }
  remove(classifier: Classifier, netns: Netns): void {
    for (const filter of classifier.filters) forget(filter, netns);
    this.classifiers.splice(this.classifiers.indexOf(classifier), 1);
  }
  clear(netns: Netns): void {
    for (const classifier of [...this.classifiers]) this.remove(classifier, netns);
  }

  /** tcf_classify; null: no filter matches. */
  classify(skb: Skb, device: Device): Classified | null {
    for (let limit = RECLASSIFY_LIMIT; limit > 0; limit--) {
      const found = this.once(skb, device);
      if (found?.control !== 'reclassify') return found;
    }
    return { control: 'drop', classId: 0 };
  }
  private once(skb: Skb, device: Device): Classified | null {
    for (const { protocol, filters } of this.classifiers) {
      if (protocol !== ETH_P_ALL && protocol !== (skb.vlan >= 0 ? skb.vlanProtocol : skb.etherType)) continue;
      for (const filter of filters) {
        filter.asked++;
        if (!matches(filter, skb)) continue;
        filter.matched++;
        const control = runActions(filter, skb, device, this.at);
        if (control !== 'continue') return { control, classId: filter.classId };
      }
    }
    return null;
  }
}

export const forget = (filter: Filter, netns: Netns): void => filter.actions.forEach((action) => forgetAction(netns, action));

/** tcf_action_exec. */
function runActions({ actions }: Filter, skb: Skb, device: Device, at: 'ingress' | 'egress'): Control {
  for (const action of actions) {
    const control = action.run(skb, device, at);
    if (control !== 'pipe') return control;
  }
  return 'pass';
}

function matches({ matching, u32, handle }: Filter, skb: Skb): boolean {
  switch (matching.kind) {
    case 'matchall':
      return true;
    case 'u32':
      return u32!.matches(skb);
    case 'fw':
      return skb.mark === handle;
    case 'flower':
      return flowerMatches(matching.keys, skb);
  }
}
function flowerMatches(keys: FlowerKeys, skb: Skb): boolean {
  const { ip, ip6, tcp, udp } = skb;
  if (keys.etherType !== undefined && keys.etherType !== skb.etherType) return false;
  if (keys.sourceMac !== undefined && keys.sourceMac !== skb.ethSrc) return false;
  if (keys.destinationMac !== undefined && keys.destinationMac !== skb.ethDst) return false;
  const protocol = ip?.protocol ?? ip6?.nextHeader;
  if (keys.protocol !== undefined && keys.protocol !== protocol) return false;
  const within = (wanted: FlowerKeys['source'], address: Ipv4 | undefined): boolean =>
    wanted === undefined || (address !== undefined && ((address ^ wanted.address) & ipv4Mask(wanted.length)) === 0);
  const isIpv4 = skb.etherType === EtherType.IPV4 && ip !== null;
  if (!within(keys.source, isIpv4 ? ip.src : undefined) || !within(keys.destination, isIpv4 ? ip.dst : undefined)) return false;
  const ports = tcp ?? udp;
  if (keys.sourcePort !== undefined && keys.sourcePort !== ports?.srcPort) return false;
  return keys.destinationPort === undefined || keys.destinationPort === ports?.dstPort;
}
