/** What commands would change between pods and towards the outside, found by running them in a twin before anybody runs them in the lab. */
import type { Snapshot } from '../snapshot/index.ts';
import { asksOf, cellKey, protocolText, type Ask, type Cell } from './matrix.ts';
import { placesOf } from './places.ts';
import type { NodeCommand } from './run.ts';
import { Twin } from './twin.ts';

interface AskedPair {
  readonly from: string;
  readonly to: string;
  readonly over?: string;
}
export interface Prediction {
  readonly breaks: readonly AskedPair[];
  readonly mends: readonly AskedPair[];
  /** What each measure would print, in one line. */
  readonly measures: readonly string[];
}

/** What pods ask: each other by echo requests and by the port they listen on, and somebody outside. */
export function podAsks(snapshot: Snapshot): readonly Ask[] {
  const pods = new Set(placesOf(snapshot).flatMap(({ id, kind }) => (kind === 'pod' ? [id] : [])));
  const asks = asksOf(snapshot).filter(({ from, to }) => pods.has(from) && (pods.has(to) || to === 'outside'));
  return [...asks.filter(({ protocol }) => protocol.kind === 'icmp'), ...asks.filter(({ protocol }) => protocol.kind !== 'icmp')];
}
export const pairOf = ({ from, to, protocol }: Ask): AskedPair => ({ from, to, ...(protocol.kind !== 'icmp' && { over: protocolText(protocol) }) });

/** Pairs whose answer differs. */
export function changedPairs(before: readonly Cell[], after: readonly Cell[]): { readonly breaks: readonly AskedPair[]; readonly mends: readonly AskedPair[] } {
  const was = new Map(before.map((cell) => [cellKey(cell), cell.outcome === 'ok']));
  const changed = (isOk: boolean) => after.filter((cell) => (cell.outcome === 'ok') === isOk && was.get(cellKey(cell)) === !isOk).map(pairOf);
  return { breaks: changed(false), mends: changed(true) };
}
export const oneLine = (output: string): string => output.trim().replace(/\s*\n\s*/g, ' · ');

export class Predictor {
  private readonly asks: readonly Ask[];
  private before: readonly Cell[] | undefined;
  private readonly known = new Map<string, Prediction | undefined>();

  constructor(readonly snapshot: Snapshot) {
    this.asks = podAsks(snapshot);
  }

  /** Undefined: they could not be carried out there. */
  predict(commands: readonly NodeCommand[], measures: readonly NodeCommand[] = [], asksPairs: 'pairs' | 'no-pairs' = 'pairs'): Prediction | undefined {
    const key = JSON.stringify([commands, measures]);
    if (!this.known.has(key)) this.known.set(key, this.tried(commands, measures, asksPairs === 'pairs' ? this.asks : []));
    return this.known.get(key);
  }
  private tried(commands: readonly NodeCommand[], measures: readonly NodeCommand[], asks: readonly Ask[]): Prediction | undefined {
    this.before ??= new Twin(this.snapshot).matrix(this.asks).cells;
    const twin = new Twin(this.snapshot);
    for (const { node, command } of commands) if (twin.run(node, command).status !== 0) return undefined;
    const measured = measures.map(({ node, command }) => oneLine(twin.run(node, command).output));
    return { ...changedPairs(this.before, twin.matrix(asks).cells), measures: measured };
  }
}
