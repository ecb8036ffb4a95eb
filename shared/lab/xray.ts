/**
 * What each command of a script did to the kernel: the commands as a node's shells tell of them before they run, and the difference of snapshots
 * from one command to the next. What a command in the background does after the next one began counts as the next one's.
 */
import { diffSnapshots, type Difference, type Snapshot } from '../snapshot/index.ts';
import type { Lab, RanCommand } from './lab.ts';

/** A command of a script, with what came of it. */
export interface XRayLine extends RanCommand {
  readonly tookUs: number;
  readonly changes: readonly Difference[];
}

export class XRay {
  readonly lines: XRayLine[] = [];
  private before: Snapshot;
  private readonly first: Snapshot;
  private running: RanCommand | undefined;

  /** `done`: called after each line, while the lab is as that line left it. */
  constructor(
    private readonly lab: Pick<Lab, 'snapshot' | 'simulation'>,
    private readonly done: (line: XRayLine) => void = () => undefined,
  ) {
    this.first = this.before = lab.snapshot();
  }
  /** To be told of each command before it runs. */
  readonly command = (command: RanCommand): void => {
    this.endLine();
    this.running = command;
  };
  /** After the last one: what the whole of it changed. */
  end(): readonly Difference[] {
    this.endLine();
    return kernelOnly(diffSnapshots(this.first, this.before));
  }
  private endLine(): void {
    const after = this.lab.snapshot();
    const { running } = this;
    if (running) {
      const line = { ...running, tookUs: this.lab.simulation.nowUs - running.atUs, changes: kernelOnly(diffSnapshots(this.before, after)) };
      this.lines.push(line);
      this.done(line);
    }
    this.before = after;
    this.running = undefined;
  }
}

const kernelOnly = (differences: readonly Difference[]): readonly Difference[] => differences.filter(({ kind }) => kind !== 'pod' && kind !== 'service');
