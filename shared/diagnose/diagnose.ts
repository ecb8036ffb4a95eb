/**
 * The whole diagnosis of a snapshot. Causes are looked for in the order of the catalogue; the first that is found is mended in a twin, and what is
 * wrong then is looked for again, so that what was only a consequence is not told as a cause of its own.
 */
import type { Snapshot } from '../snapshot/index.ts';
import { cellKey, cellText, Twin, type Cell, type Matrix, type TwinProblem } from '../twin/index.ts';
import { DIAGNOSES } from './catalogue.ts';
import type { Finding } from './finding.ts';
import { keyOf, searchFix } from './search.ts';
import { Situation } from './situation.ts';

export interface DiagnosisReport {
  readonly findings: readonly Finding[];
  /** Pairs that fail, and no cause is known for. */
  readonly unexplained: readonly string[];
  /** Pairs of which the model cannot tell, and what it lacks. */
  readonly unknown: readonly { readonly pair: string; readonly what: string }[];
  /** What was not read on a node, and what of a snapshot could not be taken over: results hold without it. */
  readonly unread: readonly { readonly node: string; readonly what: string }[];
  readonly matrix: Matrix;
}

/** More causes than these at once are not looked for. */
const ROUNDS = 24;

export function diagnose(snapshot: Snapshot): DiagnosisReport {
  const work = diagnosing(snapshot);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** The same in pieces, each of which asks one twin everything: whoever has other things to do does them in between. Yields how many causes are found. */
export function* diagnosing(snapshot: Snapshot): Generator<number, DiagnosisReport> {
  const twin = new Twin(snapshot);
  yield 0;
  const matrix = twin.matrix();
  let situation = new Situation(twin.origin, matrix);
  const findings: Finding[] = [];
  const known = new Set<string>();
  const explained = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const next = firstFinding(situation, known);
    if (!next) break;
    const { diagnosis, draft } = next;
    known.add(keyOf(diagnosis.code, draft));
    const tried = draft.fixes.length === 0 ? undefined : yield* searching(searchFix(situation, diagnosis, draft), findings.length + 1);
    const { where, evidence, see, values, pairs, noFix } = draft;
    for (const pair of pairs) explained.add(pair);
    const shown = situation.failing.filter((cell) => pairs.includes(cellKey(cell))).map(cellText);
    const end = tried ? { fix: tried.fix } : { noFix: noFix ?? ('none-found' as const) };
    findings.push({ code: diagnosis.code, where, evidence, see, values, pairs: shown, ...end });
    if (!tried) continue;
    for (const cell of situation.failing) if (tried.fix.mends.includes(cellText(cell))) explained.add(cellKey(cell));
    situation = tried.situation;
  }
  const failing = matrix.cells.filter(({ outcome }) => outcome === 'failed');
  return {
    findings,
    unexplained: failing.filter((cell) => !explained.has(cellKey(cell))).map(cellText),
    unknown: matrix.cells.filter(({ outcome }) => outcome === 'not-modelled').map((cell) => ({ pair: cellText(cell), what: unknownOf(cell) })),
    unread: [...snapshot.nodes.flatMap(({ name, unread = [] }) => unread.map((what) => ({ node: name, what }))), ...twin.problems.map(problemText)],
    matrix,
  };
}

export interface Soundness {
  /** Pairs that do not answer, of so many. */
  readonly failing: number;
  readonly asked: number;
  /** Something would be found, whether a packet suffers from it or not. */
  readonly isSetWrong: boolean;
}
/** Whether anything is wrong, without looking for what would mend it. */
export function soundnessOf(snapshot: Snapshot): Soundness {
  const twin = new Twin(snapshot);
  const matrix = twin.matrix();
  return {
    failing: matrix.cells.filter(({ outcome }) => outcome === 'failed').length,
    asked: matrix.cells.length,
    isSetWrong: firstFinding(new Situation(twin.origin, matrix), new Set()) !== undefined,
  };
}

function* searching<T>(search: Generator<void, T>, found: number): Generator<number, T> {
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
    yield found;
  }
}

function firstFinding(situation: Situation, known: ReadonlySet<string>) {
  for (const diagnosis of DIAGNOSES) {
    const draft = diagnosis.find(situation).find((one) => !known.has(keyOf(diagnosis.code, one)));
    if (draft) return { diagnosis, draft };
  }
  return undefined;
}

function unknownOf({ trace }: Cell): string {
  for (const { disposition, steps } of trace.hops) {
    if (disposition.kind === 'not-modelled') return disposition.what;
    for (const { step } of steps) if (step.kind === 'not-modelled') return step.what;
  }
  return '';
}
const problemText = ({ node, what, why }: TwinProblem): { readonly node: string; readonly what: string } => ({ node, what: `${what}: ${why}` });
