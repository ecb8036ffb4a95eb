/** What commands would change between pods, found by running them in a twin before anybody runs them in the lab. */
import type { Snapshot } from '../snapshot/index.ts';
import { asksOf, changedCells, type Ask, type Cell, type Matrix } from './matrix.ts';
import type { NodeCommand } from './run.ts';
import { Twin } from './twin.ts';

export interface Prediction {
  readonly breaks: readonly { readonly from: string; readonly to: string }[];
  readonly mends: readonly { readonly from: string; readonly to: string }[];
}

export class Predictor {
  private readonly asks: readonly Ask[];
  private readonly before: Matrix;
  private readonly known = new Map<string, Prediction | undefined>();

  constructor(readonly snapshot: Snapshot) {
    const twin = new Twin(snapshot);
    const pods = new Set(twin.places.filter(({ kind }) => kind === 'pod').map(({ id }) => id));
    this.asks = asksOf(snapshot).filter(({ from, to, protocol }) => protocol.kind === 'icmp' && pods.has(from) && pods.has(to));
    this.before = twin.matrix(this.asks);
  }

  /** Undefined: they could not be carried out there. */
  predict(commands: readonly NodeCommand[]): Prediction | undefined {
    const key = JSON.stringify(commands);
    if (!this.known.has(key)) this.known.set(key, this.tried(commands));
    return this.known.get(key);
  }
  private tried(commands: readonly NodeCommand[]): Prediction | undefined {
    const twin = new Twin(this.snapshot);
    for (const { node, command } of commands) if (twin.run(node, command).status !== 0) return undefined;
    const { broke, mended } = changedCells(this.before, twin.matrix(this.asks));
    const pairs = (cells: readonly Cell[]) => cells.map(({ from, to }) => ({ from, to }));
    return { breaks: pairs(broke), mends: pairs(mended) };
  }
}
