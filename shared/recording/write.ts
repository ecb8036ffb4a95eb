/**
 * Lines of a tape, made from what happens. Pure: whoever has a file or a socket appends what comes out. Decides when the topology is
 * written whole: at first, and when the deltas since have grown to four times its size, so that a seek never applies many.
 */
import type { Topology } from '../topology/index.ts';
import { diffTopology } from './delta.ts';
import type { TapeEvent, TapeHeader } from './tape.ts';

/** Written whole again after deltas of so many times its size. */
const DELTAS_PER_WHOLE = 4;

export const formatHeader = (header: TapeHeader): string => `${JSON.stringify(header)}\n`;
export const formatEvent = (event: TapeEvent): string => `${JSON.stringify(event)}\n`;

export class TapeWriter {
  private lastSeconds = 0;
  private topology: Topology | undefined;
  private wholeSize = 0;
  private deltaSize = 0;

  constructor(readonly header: TapeHeader) {}

  /** The first line. */
  begin(): string {
    return formatHeader(this.header);
  }
  /** Times are kept to the millisecond, and never go back. */
  line<E extends TapeEvent>(seconds: number, code: E[1], data: Extract<TapeEvent, readonly [number, E[1], unknown]>[2]): string {
    return formatEvent([this.time(seconds), code, data] as unknown as TapeEvent);
  }
  /** '' when nothing changed. */
  topologyLine(seconds: number, topology: Topology): string {
    const before = this.topology;
    this.topology = topology;
    if (before && this.deltaSize < DELTAS_PER_WHOLE * this.wholeSize) {
      const delta = diffTopology(before, topology);
      if (!delta) return '';
      const line = formatEvent([this.time(seconds), 'd', delta]);
      this.deltaSize += line.length;
      if (line.length < this.wholeSize) return line;
    }
    const line = formatEvent([this.time(seconds), 'g', topology]);
    this.wholeSize = line.length;
    this.deltaSize = 0;
    return line;
  }
  private time(seconds: number): number {
    this.lastSeconds = Math.max(this.lastSeconds, Math.round(seconds * 1000) / 1000);
    return this.lastSeconds;
  }
}
