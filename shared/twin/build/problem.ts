/** What of a snapshot the simulated kernel could not take over: whoever reads a trace or a diagnosis must know. */
export interface TwinProblem {
  readonly node: string;
  readonly netnsId: number;
  /** The fact, as its program prints it. */
  readonly what: string;
  readonly why: string;
}

/** Notes problems of one namespace. */
export type Report = (what: string, why: string) => void;
