/**
 * IP sets (net/netfilter/ipset): named sets of addresses, networks, ports and what is made of them, that rules and programs look things up in.
 * A set's type is a list of dimensions; an element has a value for each.
 */
import type { Errno, Simulation } from '../../base/index.ts';
import type { HookContext } from './context.ts';
import type { Address, Family, SetInfo, SetReference } from './match.ts';
import type { SetTarget } from './target.ts';

export const SET_TYPES = [
  'hash:ip',
  'hash:net',
  'hash:ip,port',
  'hash:net,port',
  'hash:ip,port,ip',
  'hash:ip,port,net',
  'hash:net,iface',
  'hash:net,net',
  'hash:mac',
  'hash:ip,mac',
  'hash:ip,mark',
  'hash:net,port,net',
  'bitmap:ip',
  'bitmap:ip,mac',
  'bitmap:port',
  'list:set',
] as const;
export type SetType = (typeof SET_TYPES)[number];
export type Dimension = 'ip' | 'net' | 'port' | 'iface' | 'mac' | 'mark' | 'set';

/** One value of an element, by its dimension. `port` with the protocol number; `physdev` of an interface. */
export type SetValue =
  | { readonly kind: 'net'; readonly address: Address; readonly length: number }
  | { readonly kind: 'port'; readonly protocol: number; readonly port: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mac'; readonly mac: number };

/** What `--map-set` would give a packet (skbinfo). */
export interface SkbInfo {
  readonly mark: number;
  readonly mask: number;
  /** As tc numbers it: major and minor. */
  readonly priority: number;
  readonly queue: number;
}

export class SetElement {
  skbinfo: SkbInfo | null = null;
  packets = 0;
  bytes = 0;
  /** Null: forever. */
  expiresUs: number | null = null;
  nomatch = false;
  comment = '';
  constructor(readonly values: readonly SetValue[]) {}
}

export interface SetOptions {
  readonly family: Family;
  readonly timeoutS: number | null;
  readonly counters: boolean;
  readonly comment: boolean;
  readonly skbinfo: boolean;
  readonly hashSize: number;
  readonly maxElements: number;
  readonly bucketSize: number;
  /** Addresses are cut to so many bits before they are stored or looked up; null: not at all. */
  readonly netmask: number | null;
  /** Where hashing starts. */
  readonly initval: number;
  /** Of bitmaps. */
  readonly range: { readonly min: SetValue; readonly max: SetValue } | null;
  readonly forceAdd: boolean;
}

const keyOf = (values: readonly SetValue[]): string =>
  values
    .map((value) => {
      switch (value.kind) {
        case 'net':
          return `${value.address}/${value.length}`;
        case 'port':
          return `${value.protocol}:${value.port}`;
        case 'text':
          return value.text;
        case 'mac':
          return `${value.mac}`;
      }
    })
    .join(',');

export class IpSet {
  private readonly elements = new Map<string, SetElement>();
  /** Lengths of networks in it and how many, longest first when asked. */
  private readonly lengths = new Map<number, number>();
  /** Its place among the sets of a namespace: the first that was free when it was made. */
  index = 0;
  readonly dimensions: readonly Dimension[];
  constructor(
    public name: string,
    readonly type: SetType,
    readonly options: SetOptions,
    private readonly simulation: Simulation,
  ) {
    this.dimensions = type.slice(type.indexOf(':') + 1).split(',') as Dimension[];
  }
  private isAlive(element: SetElement | undefined): element is SetElement {
    return element !== undefined && (element.expiresUs === null || element.expiresUs > this.simulation.nowUs);
  }
  get size(): number {
    return this.list().length;
  }
  list(): SetElement[] {
    for (const [key, element] of this.elements) if (!this.isAlive(element)) this.drop(key, element);
    return [...this.elements.values()];
  }
  get(values: readonly SetValue[]): SetElement | undefined {
    const element = this.elements.get(keyOf(values));
    return this.isAlive(element) ? element : undefined;
  }
  add(element: SetElement): Errno | null {
    const key = keyOf(element.values);
    const old = this.elements.get(key);
    if (old) this.drop(key, old);
    else if (this.size >= this.options.maxElements) return 'ENOSPC';
    this.elements.set(key, element);
    for (const value of element.values) if (value.kind === 'net') this.lengths.set(value.length, (this.lengths.get(value.length) ?? 0) + 1);
    return null;
  }
  /** Into a list of sets, before or after another of its elements. */
  insert(element: SetElement, where: 'before' | 'after', other: SetElement): void {
    const all = this.list().filter((each) => each !== element);
    all.splice(all.indexOf(other) + (where === 'after' ? 1 : 0), 0, element);
    this.elements.clear();
    for (const each of all) this.elements.set(keyOf(each.values), each);
  }
  /** ip_set_swap: the elements of two sets of one type change places. */
  swap(other: IpSet): void {
    const mine = this.list();
    const theirs = other.list();
    this.flush();
    other.flush();
    for (const element of theirs) this.add(element);
    for (const element of mine) other.add(element);
  }
  delete(values: readonly SetValue[]): boolean {
    const key = keyOf(values);
    const element = this.elements.get(key);
    if (element) this.drop(key, element);
    return element !== undefined;
  }
  flush(): void {
    this.elements.clear();
    this.lengths.clear();
  }
  private drop(key: string, element: SetElement): void {
    this.elements.delete(key);
    for (const value of element.values) {
      if (value.kind !== 'net') continue;
      const left = (this.lengths.get(value.length) ?? 1) - 1;
      if (left > 0) this.lengths.set(value.length, left);
      else this.lengths.delete(value.length);
    }
  }
  /** The element that an exact value falls into: networks from the longest on. */
  match(values: readonly SetValue[]): SetElement | undefined {
    const whole = values[0]?.kind === 'net' && typeof values[0].address === 'string' ? 128 : 32;
    const lengths = [...this.lengths.keys()].sort((a, b) => b - a);
    const place = (index: number, chosen: SetValue[]): SetElement | undefined => {
      const value = values[index];
      if (value === undefined) return this.get(chosen);
      if (value.kind !== 'net') return place(index + 1, [...chosen, value]);
      for (const length of lengths.length === 0 ? [whole] : lengths) {
        const found = place(index + 1, [...chosen, { kind: 'net', address: network(value.address, length), length }]);
        if (found) return found;
      }
      return undefined;
    };
    return place(0, []);
  }
}

export function network(address: Address, length: number): Address {
  if (typeof address === 'number') return length === 0 ? 0 : address & (-1 << (32 - length));
  const digits = length >> 2;
  if (length >= 128) return address;
  return address.slice(0, digits) + (parseInt(address[digits]!, 16) & (0xf0 >> (length & 3)) & 15).toString(16) + '0'.repeat(31 - digits);
}

export class IpSets {
  readonly sets = new Map<string, IpSet>();

  /** ip_set_create: under the first free index. */
  register(set: IpSet): void {
    const taken = new Set([...this.sets.values()].map(({ index }) => index));
    while (taken.has(set.index)) set.index++;
    this.sets.set(set.name, set);
  }
  /** As a dump lists them: by index, lists of sets last. */
  inOrder(): readonly IpSet[] {
    return [...this.sets.values()].sort((a, b) => Number(a.type === 'list:set') - Number(b.type === 'list:set') || a.index - b.index);
  }

  /** `-m set`: also counts, where the set counts. */
  test(info: SetInfo, c: HookContext): boolean {
    const set = this.sets.get(info.set.name);
    const element = set && this.find(set, info.set, c, 0);
    if (!element) return false;
    if (element.nomatch) return info.returnNomatch;
    if (set.options.counters && !info.skipCounterUpdate) {
      element.packets++;
      element.bytes += c.length;
    }
    const counter = (condition: SetInfo['packets'], value: number): boolean => {
      if (condition === undefined) return true;
      if (condition.compare === 'eq') return value === condition.value;
      if (condition.compare === 'ne') return value !== condition.value;
      return condition.compare === 'lt' ? value < condition.value : value > condition.value;
    };
    return counter(info.packets, element.packets) && counter(info.bytes, element.bytes);
  }
  private find(set: IpSet, reference: SetReference, c: HookContext, depth: number): SetElement | undefined {
    if (set.type !== 'list:set') {
      const values = this.values(set, reference, c);
      return values && set.match(values);
    }
    if (depth > 0) return undefined;
    for (const element of set.list()) {
      const value = element.values[0];
      const inner = value?.kind === 'text' ? this.sets.get(value.text) : undefined;
      const found = inner && this.find(inner, reference, c, depth + 1);
      if (found && !found.nomatch) return found;
    }
    return undefined;
  }
  /** What a packet says in a set's dimensions; undefined when it says nothing (a port of ICMP's kind aside). */
  values(set: IpSet, reference: SetReference, c: HookContext): SetValue[] | undefined {
    const values: SetValue[] = [];
    for (const [index, dimension] of set.dimensions.entries()) {
      const isSource = (reference.directions[index] ?? 'dst') === 'src';
      switch (dimension) {
        case 'ip':
        case 'net': {
          const whole = isSource ? c.src : c.dst;
          const address = set.options.netmask === null ? whole : network(whole, set.options.netmask);
          values.push({ kind: 'net', address, length: typeof address === 'number' ? 32 : 128 });
          break;
        }
        case 'port': {
          const ports = c.skb.tcp ?? c.skb.udp;
          if (ports === null && c.skb.icmp === null) return undefined;
          const port = ports === null ? (c.skb.icmp!.type << 8) | c.skb.icmp!.code : isSource ? ports.srcPort : ports.dstPort;
          values.push({ kind: 'port', protocol: set.type === 'bitmap:port' ? 0 : c.protocol, port });
          break;
        }
        case 'iface':
          values.push({ kind: 'text', text: isSource ? c.inName : c.outName });
          break;
        case 'mac':
          values.push({ kind: 'mac', mac: isSource ? c.skb.ethSrc : c.skb.ethDst });
          break;
        case 'mark':
          values.push({ kind: 'text', text: `${c.skb.mark}` });
          break;
        case 'set':
          return undefined;
      }
    }
    return values;
  }

  /** `-j SET`. */
  change(target: SetTarget, c: HookContext): void {
    const add = target.add && this.sets.get(target.add.name);
    const added = add && this.values(add, target.add!, c);
    if (add && added && (target.exist || add.get(added) === undefined)) {
      const element = new SetElement(added);
      const seconds = target.timeoutS ?? add.options.timeoutS;
      if (seconds !== null && seconds !== 0) element.expiresUs = c.netns.simulation.nowUs + seconds * 1e6;
      add.add(element);
    }
    const removal = target.delete && this.sets.get(target.delete.name);
    const removed = removal && this.values(removal, target.delete!, c);
    if (removal && removed) removal.delete(removed);
    if (target.map !== null) this.mapSkb(target, target.map, c);
  }
  private mapSkb(target: SetTarget, reference: SetReference, c: HookContext): void {
    const set = this.sets.get(reference.name);
    const info = set && this.find(set, reference, c, 0)?.skbinfo;
    if (!info) return;
    if (target.mapped.includes('mark')) c.skb.mark = ((c.skb.mark & ~info.mask) ^ info.mark) >>> 0;
    if (target.mapped.includes('prio')) c.skb.priority = info.priority;
  }
}
