/** A simulated world built from a snapshot, to send packets in and to run commands in. */
import type { Host, Netns, World } from '../kernel/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Trace } from '../trace/index.ts';
import { parseIpv4 } from '../wire/index.ts';
import type { TwinProblem } from './build/problem.ts';
import { buildWorld } from './build/world.ts';
import { sendAsks } from './asking.ts';
import { asksOf, type Ask, type Matrix } from './matrix.ts';
import { findPlace, placesOf, type Place } from './places.ts';
import type { Pending } from './promised.ts';
import { snapshotOf } from './read/snapshot-of.ts';
import { TwinShells, type RunResult } from './run.ts';
import { sendTraced, type ProbeProtocol } from './tracing.ts';

/** A trace gives up after four seconds; then something is left to happen. */
const LIMIT_US = 10_000_000;

export class Twin {
  readonly world: World;
  readonly problems: readonly TwinProblem[];
  readonly places: readonly Place[];
  private readonly shells: TwinShells;

  /** `snapshot`: also what is to be asked of the twin is told by it. */
  constructor(readonly origin: Snapshot) {
    const built = buildWorld(origin);
    this.world = built.world;
    this.problems = built.problems;
    this.places = placesOf(origin);
    this.shells = new TwinShells(this.world);
  }

  /** As it is now. */
  snapshot(): Snapshot {
    const now = snapshotOf(this.world);
    const { kubernetes } = this.origin;
    // what is no fact of the kernel stays as it was read
    const nodes = now.nodes.map((node) => {
      const { reserved, unread } = this.origin.nodes.find(({ name }) => name === node.name) ?? {};
      return { ...node, ...(reserved && { reserved }), ...(unread && { unread }) };
    });
    return { ...now, nodes, ...(kubernetes && { kubernetes }) };
  }

  /** One command line of bash on a node. Daemons are not here: what only stops or continues one is done at once. */
  run(node: string, command: string): RunResult {
    const host = this.hostOf(node);
    if (!host) return { status: 127, output: `there is no node ${node}\n` };
    if (/^pkill -(?:STOP|CONT) /.test(command)) return { status: 0, output: '' };
    return this.shells.run(host, command);
  }

  trace(from: Place, to: number, protocol: ProbeProtocol): Trace | undefined {
    const netns = this.netnsOf(from);
    return netns && this.finish([sendTraced(this.world, netns, to, protocol)])[0];
  }
  find(place: string): Place | undefined {
    return findPlace(this.places, place);
  }
  /** Where a packet is to go: an address, or a place's. */
  addressOf(to: string): number | undefined {
    const literal = parseIpv4(to);
    if (literal !== undefined) return literal;
    const place = this.find(to);
    const address = place?.address ?? place?.expected;
    return address === undefined ? undefined : parseIpv4(address);
  }

  matrix(asks: readonly Ask[] = asksOf(this.origin)): Matrix {
    const asking = sendAsks(this.world, this.places, asks);
    this.finish([asking]);
    return { places: this.places, cells: asking.value ?? [] };
  }

  private finish<T>(pending: readonly Pending<T>[]): readonly (T | undefined)[] {
    const { simulation } = this.world;
    const untilUs = simulation.nowUs + LIMIT_US;
    while (simulation.nowUs < untilUs && pending.some(({ value }) => value === undefined)) simulation.runUntil(Math.min(untilUs, simulation.nowUs + 100_000));
    return pending.map(({ value }) => value);
  }
  private hostOf(node: string): Host | undefined {
    return this.world.hosts.find(({ name }) => name === node);
  }
  private netnsOf({ node, netnsId }: Place): Netns | undefined {
    return [...(this.hostOf(node)?.netnses ?? [])].find(({ id }) => id === netnsId);
  }
}
