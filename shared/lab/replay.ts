/**
 * Plays a journal in a fresh lab, as fast as it can: each input in its own moment. The lab then stands exactly where the other one stood, with
 * its own journal of all that, and goes its own way from there.
 *
 * Invariant: whatever goes another way than it is written ends the replay: a lab that is only nearly the same is not given out.
 */
import type { Definitions } from '../cluster/index.ts';
import type { Entry, Input } from './journal.ts';
import type { JournaledLab } from './journaled-lab.ts';

/** Where a run stood. */
export interface Moment {
  readonly steps: number;
  readonly nowUs: number;
}
export type ReplayEnd =
  | 'done' // it stands where the other one stood
  | 'stopped' // `goOn` said no
  | 'held' // it waits for a computation outside
  | 'diverged'; // it went another way

export class Replay {
  private at = 0;
  private hasDiverged = false;

  constructor(
    readonly lab: JournaledLab,
    private readonly entries: readonly Entry[],
    private readonly end: Moment,
    /** Types of the Kubernetes API, for requests of its clients. */
    private readonly definitions: () => Definitions,
  ) {
    lab.journal.onCallback = (ordinal) => this.within(ordinal);
  }

  /** 0 … 1: how far it is. */
  get progress(): number {
    return this.end.steps === 0 ? 1 : this.lab.simulation.steps / this.end.steps;
  }
  run(goOn: () => boolean): ReplayEnd {
    const { simulation } = this.lab;
    for (let entry = this.entries[this.at]; entry && !this.hasDiverged; entry = this.entries[this.at]) {
      const index = this.at;
      const [steps, atUs, inside] = entry;
      const end = simulation.runTo(steps, atUs, goOn);
      if (end === 'stopped' || end === 'held') return end;
      if (this.at !== index) continue; // it was done on the way, from within
      if (end === 'idle' || simulation.steps !== steps || inside !== 0) this.hasDiverged = true;
      else this.apply();
    }
    const end = this.hasDiverged ? 'idle' : simulation.runTo(this.end.steps, this.end.nowUs, goOn);
    if (end === 'stopped' || end === 'held') return end;
    this.lab.journal.onCallback = () => undefined;
    if (end === 'idle' || simulation.steps !== this.end.steps || this.at < this.entries.length) this.hasDiverged = true;
    return this.hasDiverged ? 'diverged' : 'done';
  }

  private within(ordinal: number): void {
    while (!this.hasDiverged && this.entries[this.at]?.[2] === ordinal) this.apply();
  }
  private apply(): void {
    const entry = this.entries[this.at++];
    if (entry && !this.does(entry[3])) this.hasDiverged = true;
  }
  /** False: it came out otherwise. */
  private does(input: Input): boolean {
    const { lab } = this;
    switch (input[0]) {
      case 'exec':
        lab.exec(input[1]);
        return true;
      case 'shell':
        lab.openShell(input[1], input[2]);
        return true;
      case 'join':
        lab.kubernetes?.join(input[1]);
        return true;
      case 'forward':
        lab.kubernetes?.forward(input[1], input[2], input[3]);
        return true;
      case 'w':
        return lab.sessions[input[1]]?.write(input[2]) === input[2].length;
      case 'r':
        return lab.sessions[input[1]]?.read(input[2]).length === input[2];
      case 'e':
        return lab.sessions[input[1]]?.readError(input[2]).length === input[2];
      case 'resize':
        lab.sessions[input[1]]?.resize(input[2]);
        return true;
      case 'eof':
        lab.sessions[input[1]]?.closeInput();
        return true;
      case 'signal':
        lab.sessions[input[1]]?.signal(input[2]);
        return true;
      case 'file':
        lab.writeFile(input[1], input[2], input[3], input[4]);
        return true;
      case 'trace':
        lab.trace(input[1], input[2], input[3]);
        return true;
      case 'probe':
        lab.probe(input[1] ?? undefined);
        return true;
      case 'apply':
        lab.applyExperiment(input[1], input[2]);
        return true;
      case 'undo':
        lab.undoExperiment(input[1], input[2]);
        return true;
      case 'cancel':
        lab.pendings[input[1]]?.cancel();
        return true;
      case 'attempt':
        lab.startAttempt(input[1], input[2], input[3] ?? undefined);
        return true;
      case 'confirm':
        lab.attempts[input[1]]?.confirm(input[2], input[3], 'en');
        return true;
      case 'note':
        lab.attempts[input[1]]?.note(input[2]);
        return true;
      case 'leave':
        lab.attempts[input[1]]?.stop();
        return true;
      case 'rest':
        lab.kubernetes?.rest(this.definitions()).answer(input[1]);
        return true;
    }
  }
}
