/**
 * What the kernel writes to while a traced packet travels. A packet carries its recorder and the id of its present hop; without a recorder
 * (null) nothing is recorded and nothing is spent.
 */
import type { Disposition, Step } from './step.ts';
import type { Hop, Place, TimedStep, Trace } from './trace.ts';

export interface Recorder {
  /** A copy of the packet enters a namespace (or is made there: `device` null). Returns the id of the new hop. */
  enter(parent: number, place: Place, device: string | null, direction: Hop['direction'], atUs: number): number;
  step(hop: number, step: Step, atUs: number): void;
  /** The stay ends. The last disposition that is not 'passed' wins over 'passed'; drops of single copies are steps. */
  end(hop: number, disposition: Disposition): void;
  /** Whether a hop is on the way there, back, or beside. */
  direction(hop: number): Hop['direction'];
}

interface OpenHop {
  readonly id: number;
  readonly parent: number;
  readonly place: Place;
  readonly device: string | null;
  readonly direction: Hop['direction'];
  readonly atUs: number;
  readonly steps: TimedStep[];
  disposition: Disposition;
}

/** Keeps everything in memory, up to a limit of hops and steps (a loop of bridges would never end). */
export class TraceRecorder implements Recorder {
  private readonly hops: OpenHop[] = [];
  private steps = 0;
  /** Set when the limit was reached: what followed is not in the trace. */
  truncated = false;
  constructor(
    readonly id: number,
    readonly startedUs: number,
    private readonly limit = 10_000,
  ) {}

  enter(parent: number, place: Place, device: string | null, direction: Hop['direction'], atUs: number): number {
    if (this.hops.length >= this.limit) {
      this.truncated = true;
      return this.hops.length - 1;
    }
    const id = this.hops.length;
    this.hops.push({ id, parent, place, device, direction, atUs, steps: [], disposition: { kind: 'pending' } });
    return id;
  }
  step(hop: number, step: Step, atUs: number): void {
    if (++this.steps > this.limit) {
      this.truncated = true;
      return;
    }
    this.hops[hop]?.steps.push({ atUs, step });
  }
  end(hop: number, disposition: Disposition): void {
    const open = this.hops[hop];
    if (!open) return;
    if (disposition.kind === 'passed' ? open.disposition.kind === 'pending' : open.disposition.kind !== 'delivered') open.disposition = disposition;
  }
  direction(hop: number): Hop['direction'] {
    return this.hops[hop]?.direction ?? 'request';
  }
  trace(): Trace {
    return { id: this.id, startedUs: this.startedUs, hops: this.hops.map((hop) => ({ ...hop, steps: [...hop.steps] })) };
  }
}
