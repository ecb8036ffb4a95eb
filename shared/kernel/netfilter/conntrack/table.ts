/**
 * The table of connections of one namespace: a hash of tuples, both of each connection. What has run out is taken out when it is met, when
 * somebody lists, and by a collector now and then (nf_conntrack_core.c).
 */
import type { Simulation, Timer } from '../../../base/index.ts';
import type { Address, Family } from '../match.ts';
import { Watchers } from '../../watch.ts';
import { Connection, Status, type Tuple, type TupleNode } from './connection.ts';
import { ConntrackSettings } from './settings.ts';
import { zoneId, type Zone } from './zone.ts';

export interface ConntrackEvent {
  readonly kind: 'new' | 'update' | 'destroy';
  readonly connection: Connection;
  /** The program that did it, if one did. */
  readonly by: { readonly pid: number; readonly program: string } | null;
}

const FIRST_BUCKETS = 64;
const COLLECT_US = 60_000_000;

function hashAddress(address: Address): number {
  if (typeof address === 'number') return address;
  let hash = 0;
  for (let i = 0; i < 32; i += 8) hash = Math.imul(hash ^ parseInt(address.slice(i, i + 8), 16), 0x9e3779b1);
  return hash;
}
function hashTuple(src: Address, dst: Address, protocol: number, srcPort: number, dstPort: number): number {
  let hash = Math.imul(hashAddress(src) ^ 0x7feb352d, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ hashAddress(dst), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ ((srcPort << 16) | dstPort) ^ protocol, 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}

export class ConntrackTable {
  readonly settings = new ConntrackSettings();
  readonly events = new Watchers<ConntrackEvent>();
  count = 0;
  /** For `conntrack -S` and the log. */
  dropped = 0;
  invalid = 0;
  found = 0;
  insertFailed = 0;
  earlyDrop = 0;
  error = 0;
  clashResolve = 0;
  private buckets: (TupleNode | null)[] = new Array<TupleNode | null>(FIRST_BUCKETS).fill(null);
  private nextId = 1;
  private collector: Timer | null = null;

  constructor(private readonly simulation: Simulation) {}

  create(family: Family, original: Tuple, reply: Tuple): Connection {
    return new Connection(this.nextId++, family, original, reply, this.simulation.nowUs);
  }

  /** The node of a tuple in a zone. One that has run out is removed and not found. */
  lookup(src: Address, dst: Address, protocol: number, srcPort: number, dstPort: number, zone: Zone): TupleNode | null {
    const hash = hashTuple(src, dst, protocol, srcPort, dstPort);
    for (let node = this.buckets[hash & (this.buckets.length - 1)] ?? null; node !== null; node = node.next) {
      if (node.src === src && node.dst === dst && node.srcPort === srcPort && node.dstPort === dstPort && node.protocol === protocol) {
        const other = node.connection.zone;
        if (other !== zone && zoneId(other, node.direction) !== zoneId(zone, node.direction)) continue;
        if (node.connection.expiresUs > this.simulation.nowUs) return node;
        this.remove(node.connection);
        return null;
      }
    }
    return null;
  }
  find(tuple: Tuple, zone: Zone): TupleNode | null {
    return this.lookup(tuple.src, tuple.dst, tuple.protocol, tuple.srcPort, tuple.dstPort, zone);
  }

  /** False when the table is full and nothing unanswered could make room (early_drop). */
  hasRoom(): boolean {
    const maximum = this.settings.nf_conntrack_max;
    if (maximum === 0 || this.count < maximum) return true;
    this.collect();
    if (this.count < maximum) return true;
    for (const connection of this.all()) {
      if ((connection.status & Status.ASSURED) !== 0) continue;
      this.remove(connection);
      this.earlyDrop++;
      return true;
    }
    this.dropped++;
    return false;
  }
  /** Puts a connection in, when neither of its tuples is there. */
  insert(connection: Connection, by: ConntrackEvent['by'] = null): boolean {
    const { zone } = connection;
    if (this.find(connection.original, zone) !== null || this.find(connection.reply, zone) !== null) {
      if (by === null) this.insertFailed++;
      return false;
    }
    connection.status |= Status.CONFIRMED;
    this.link(connection.original);
    this.link(connection.reply);
    this.count++;
    if (this.count * 2 > this.buckets.length) this.grow();
    this.collector ??= this.simulation.housekeeping(COLLECT_US, () => this.sweep());
    if (!this.events.isEmpty) this.events.notify({ kind: 'new', connection, by });
    return true;
  }
  remove(connection: Connection, by: ConntrackEvent['by'] = null): void {
    if (connection.dead) return;
    connection.dead = true;
    connection.status |= Status.DYING;
    if (!connection.isConfirmed) return;
    this.unlink(connection.original);
    this.unlink(connection.reply);
    this.count--;
    if (!this.events.isEmpty) this.events.notify({ kind: 'destroy', connection, by });
  }
  /** Those that live. */
  *all(): Generator<Connection, void, void> {
    for (const bucket of this.buckets) {
      for (let node = bucket; node !== null; node = node.next) {
        if (node.direction === 0 && node.connection.expiresUs > this.simulation.nowUs) yield node.connection;
      }
    }
  }
  /** Takes out what has run out. */
  collect(): void {
    const now = this.simulation.nowUs;
    const old: Connection[] = [];
    for (const bucket of this.buckets)
      for (let node = bucket; node !== null; node = node.next) if (node.direction === 0 && node.connection.expiresUs <= now) old.push(node.connection);
    for (const connection of old) this.remove(connection);
  }
  /** Its state changed while a packet is looked at: told once, when the packet has passed. */
  updated(connection: Connection): void {
    if (!this.events.isEmpty) connection.hasNews = true;
  }
  tellNews(connection: Connection): void {
    connection.hasNews = false;
    if (connection.isConfirmed && !connection.dead) this.events.notify({ kind: 'update', connection, by: null });
  }

  private sweep(): void {
    this.collect();
    this.collector = this.count === 0 ? null : this.simulation.housekeeping(COLLECT_US, () => this.sweep());
  }
  private link(node: TupleNode): void {
    node.hash = hashTuple(node.src, node.dst, node.protocol, node.srcPort, node.dstPort);
    const at = node.hash & (this.buckets.length - 1);
    node.next = this.buckets[at]!;
    this.buckets[at] = node;
  }
  private unlink(node: TupleNode): void {
    const at = node.hash & (this.buckets.length - 1);
    let other = this.buckets[at] ?? null;
    if (other === node) {
      this.buckets[at] = node.next;
      return;
    }
    while (other !== null && other.next !== node) other = other.next;
    if (other !== null) other.next = node.next;
  }
  private grow(): void {
    const old = this.buckets;
    this.buckets = new Array<TupleNode | null>(old.length * 4).fill(null);
    for (const bucket of old) {
      for (let node = bucket; node !== null;) {
        const { next } = node;
        this.link(node);
        node = next;
      }
    }
  }
}
