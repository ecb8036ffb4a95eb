/**
 * The smallest fix, found by trying: each candidate is run in a twin of its own, which is asked everything again. A fix is one that makes the finding go
 * away, turns cells green and none red; of several the first that turns all green that fail by this cause, else the one that turns most. Then each
 * command that can be left out is left out.
 */
import { cellKey, cellText, changedCells, Twin, type Matrix, type NodeCommand } from '../twin/index.ts';
import { DIAGNOSES } from './catalogue.ts';
import type { Diagnosis, Draft, Fix } from './finding.ts';
import { Situation } from './situation.ts';

export interface Tried {
  readonly fix: Fix;
  /** As things would be afterwards. */
  readonly situation: Situation;
}

export const keyOf = (code: string, { where, values }: Pick<Draft, 'where' | 'values'>): string =>
  [code, where.node, where.place, where.device, values['key']].map((part) => part ?? '').join(' ');

/** Yields after each attempt. */
export function* searchFix(before: Situation, diagnosis: Diagnosis, draft: Draft): Generator<void, Tried | undefined> {
  let best: Tried | undefined;
  for (const commands of draft.fixes) {
    const tried = attempt(before, diagnosis, draft, commands);
    yield;
    if (!tried) continue;
    if (!best || tried.fix.mends.length > best.fix.mends.length) best = tried;
    if (tried.fix.leaves.length === 0) break;
  }
  return best && (yield* withoutNeedless(before, diagnosis, draft, best));
}

function attempt(before: Situation, diagnosis: Diagnosis, draft: Draft, commands: readonly NodeCommand[]): Tried | undefined {
  const twin = new Twin(before.snapshot);
  for (const { node, command } of commands) if (twin.run(node, command).status !== 0) return undefined;
  const snapshot = twin.snapshot();
  const matrix: Matrix = twin.matrix();
  const { broke, mended } = changedCells(before.matrix, matrix);
  if (broke.length > 0) return undefined;
  const situation = new Situation(snapshot, matrix);
  if (diagnosis.find(situation).some((again) => keyOf(diagnosis.code, again) === keyOf(diagnosis.code, draft))) return undefined;
  if (draft.pairs.length > 0 && mended.length === 0) return undefined;
  const green = new Set(mended.map(cellKey));
  const left = before.failing.filter((cell) => draft.pairs.includes(cellKey(cell)) && !green.has(cellKey(cell)));
  return { fix: { commands, mends: mended.map(cellText), leaves: left.map(cellText) }, situation };
}

const wrongs = ({ situation }: Tried): number => DIAGNOSES.reduce((sum, { find }) => sum + find(situation).length, 0);

function* withoutNeedless(before: Situation, diagnosis: Diagnosis, draft: Draft, found: Tried): Generator<void, Tried> {
  let best = found;
  for (const command of found.fix.commands) {
    if (best.fix.commands.length === 1) break;
    const fewer = best.fix.commands.filter((one) => one !== command);
    const tried = attempt(before, diagnosis, draft, fewer);
    yield;
    // needless is what neither a packet nor an expectation misses
    if (tried && tried.fix.mends.length >= best.fix.mends.length && wrongs(tried) <= wrongs(best)) best = tried;
  }
  return best;
}
