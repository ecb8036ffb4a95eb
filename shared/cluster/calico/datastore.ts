/**
 * Calico's datastore: the address pool, its blocks of 64 with who has which, and the workload endpoints. IPAM as libcalico-go/lib/ipam does it: a
 * node claims a block when it needs one, and takes the lowest free address of its blocks, those freed last of all.
 *
 * Deviation: which block a node claims first is drawn from its name by another hash than Go's generator.
 */
import type { CalicoDatastore, WorkloadEndpoint } from '../../cni/index.ts';
import { formatIpv4, parseIpv4, parseIpv4Prefix, type Ipv4Prefix } from '../../wire/index.ts';

const BLOCK_LENGTH = 26;
const BLOCK_SIZE = 64;

export interface Block {
  readonly cidr: Ipv4Prefix;
  readonly node: string;
  /** By place in the block: the handle. */
  readonly used: Map<number, string>;
  /** Places that are free, next first. */
  readonly free: number[];
}
export interface PoolOptions {
  readonly cidr: string;
  readonly encapsulation: 'ipip' | 'vxlan' | 'none';
  readonly blocks: Readonly<Record<string, { readonly block: string; readonly tunnel?: string | undefined }>>;
}

export class CalicoStore implements CalicoDatastore {
  readonly blocks: Block[] = [];
  readonly endpoints = new Map<string, WorkloadEndpoint>();
  /** By node. */
  readonly tunnels = new Map<string, string>();
  private readonly pool: Ipv4Prefix;
  private readonly listeners = new Set<() => void>();

  constructor(readonly options: PoolOptions) {
    this.pool = parseIpv4Prefix(options.cidr)!;
  }
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  assign(node: string, handle: string): string | undefined {
    for (const block of this.blocks) if (block.node === node && block.free.length > 0) return this.take(block, handle);
    const block = this.claim(node);
    return block && this.take(block, handle);
  }
  private take(block: Block, handle: string): string {
    const place = block.free.shift()!;
    block.used.set(place, handle);
    return formatIpv4(block.cidr.address + place);
  }
  /** The tunnel's own address: the first that the node takes, unless it was said which. */
  assignTunnel(node: string): string | undefined {
    const known = this.tunnels.get(node);
    if (known !== undefined) return known;
    const handle = `${this.options.encapsulation}-tunnel-addr-${node}`;
    const wanted = this.options.blocks[node]?.tunnel;
    const address = wanted === undefined ? this.assign(node, handle) : this.takeThis(node, wanted, handle);
    if (address !== undefined) this.tunnels.set(node, address);
    return address;
  }
  private takeThis(node: string, wanted: string, handle: string): string | undefined {
    const block = this.blocks.find((one) => one.node === node) ?? this.claim(node);
    const place = block === undefined ? -1 : (parseIpv4(wanted) ?? 0) - block.cidr.address;
    const at = block?.free.indexOf(place) ?? -1;
    if (!block || at < 0) return undefined;
    block.free.splice(at, 1);
    block.used.set(place, handle);
    return wanted;
  }
  private claim(node: string): Block | undefined {
    const count = 2 ** (BLOCK_LENGTH - this.pool.length);
    const taken = new Set(this.blocks.map((block) => block.cidr.address));
    for (const [owner, { block }] of Object.entries(this.options.blocks)) if (owner !== node) taken.add(parseIpv4Prefix(block)!.address);
    const wanted = this.options.blocks[node];
    const first = wanted ? (parseIpv4Prefix(wanted.block)!.address - this.pool.address) / BLOCK_SIZE : fnv(node) % count;
    for (let i = 0; i < count; i++) {
      const address = this.pool.address + ((first + i) % count) * BLOCK_SIZE;
      if (taken.has(address)) continue;
      const free = Array.from({ length: BLOCK_SIZE }, (_, place) => place);
      const block: Block = { cidr: { address, length: BLOCK_LENGTH }, node, used: new Map(), free };
      this.blocks.push(block);
      this.changed();
      return block;
    }
    return undefined;
  }
  release(handle: string): void {
    for (const block of this.blocks) {
      for (const [place, owner] of [...block.used]) {
        if (owner !== handle) continue;
        block.used.delete(place);
        block.free.push(place);
      }
    }
  }

  putEndpoint(endpoint: WorkloadEndpoint): void {
    this.endpoints.set(`${endpoint.node}/${endpoint.containerId}`, endpoint);
    this.changed();
  }
  removeEndpoint(node: string, containerId: string): void {
    if (this.endpoints.delete(`${node}/${containerId}`)) this.changed();
  }
  endpointsOf(node: string): readonly WorkloadEndpoint[] {
    return [...this.endpoints.values()].filter((one) => one.node === node);
  }
  blocksOf(node: string): readonly Block[] {
    return this.blocks.filter((one) => one.node === node);
  }
}

/** FNV-1, 32 bits. */
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 0x01000193) ^ text.charCodeAt(i);
  return hash >>> 0;
}
