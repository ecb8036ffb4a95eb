/** What checks ask of the lab they run in. The lab implements it; everything is about effects, seen from outside the learner's shell. */
import type { Snapshot } from '../snapshot/index.ts';
import type { Trace } from '../trace/index.ts';

export interface PodState {
  readonly name: string;
  readonly namespace: string;
  readonly node: string | undefined;
  /** As kubectl's STATUS column words it. */
  readonly status: string;
  readonly ip: string | undefined;
  /** Where its network is: node and id of the namespace; absent before it has one. */
  readonly netns: { readonly node: string; readonly netnsId: number } | undefined;
  /** All its containers have run to success or failure at least once: also between restarts. */
  readonly hasCompleted: boolean;
}

/** A command that a shell of a terminal ran to its end. */
export interface CommandRun {
  /** `node-1` or `node-1/httpd`. */
  readonly place: string;
  /** As typed: words joined by spaces. */
  readonly line: string;
  readonly status: number;
  readonly endedUs: number;
}

export interface LessonWorld {
  readonly nowUs: number;
  snapshot(): Snapshot;
  pods(): readonly PodState[];
  commands(sinceUs: number): readonly CommandRun[];
  /** What a pod's first container printed, its previous run's included. */
  log(namespace: string, pod: string): string;
  traces(sinceUs: number): readonly { readonly from: string; readonly to: string; readonly arrived: boolean }[];
  experiments(): readonly { readonly id: string; readonly state: 'applied' | 'undone' | 'failed' | 'kept'; readonly changedUs: number }[];
  notes(sinceUs: number): readonly string[];
  /** What a command prints that the lab runs by itself; undefined while it is not known. Asked anew when something has changed. */
  output(place: string, command: string): string | undefined;
  /** The count as it was when this was first asked about for this moment. */
  remember(what: string, sinceUs: number, count: number): number;
  /** Runs command lines one after the other, out of the learner's sight; `done` gets what went wrong. */
  run(commands: readonly { readonly node: string; readonly command: string }[], done: (failed: string | undefined) => void): void;
  /** Sends a packet and follows it, out of the learner's sight; undefined where that cannot be done now. */
  follow(
    from: string,
    to: string,
    protocol: { readonly tcp?: number | undefined; readonly udp?: number | undefined },
    done: (trace: Trace | undefined) => void,
  ): void;
  /** What the diagnosis says of the lab as a whole; undefined while nobody has looked. */
  soundness(): { readonly failing: number; readonly asked: number; readonly isSetWrong: boolean } | undefined;
  /** What the lab can do; a step that needs more says so. */
  readonly abilities: ReadonlySet<Ability>;
  /** Whether an echo request is answered; undefined while it is being tried, then `onChange` of the lab tells. */
  reaches(from: string, to: string): boolean | undefined;
}

export type Ability = 'kubernetes' | 'trace' | 'experiments' | 'recording';
