/**
 * Experiments in a lab: what each would do now, doing it with real packets and measures before and after, and taking it back. Each run is kept as a record:
 * what was said, what was run, what happened, whether it was as said.
 */
import {
  EXPERIMENTS,
  Ground,
  type CommandOutcome,
  type DraftPlan,
  type ExperimentPlan,
  type ExperimentRecord,
  type ExperimentRun,
  type Pair,
  type PairChange,
} from '../experiment/index.ts';
import { diffSnapshots, type Snapshot } from '../snapshot/index.ts';
import {
  cellKey,
  changedPairs,
  oneLine,
  pairOf,
  placesOf,
  podAsks,
  Predictor,
  Promised,
  sendAsks,
  type Ask,
  type Cell,
  type Prediction,
} from '../twin/index.ts';
import { Errands } from './errands.ts';
import type { LabError, LabEvent, LabResult, Pending } from './lab.ts';
import type { SimulatedLab } from './simulated-lab.ts';

type Locale = 'en' | 'zh';
type Measured = NonNullable<ExperimentRecord['measures']>[number];

interface Run {
  readonly id: string;
  readonly experiment: string;
  readonly plan: DraftPlan;
  readonly prediction: PairChange | undefined;
  measures: readonly Measured[];
  outcomes: readonly CommandOutcome[];
  broke: readonly Pair[];
  mended: readonly Pair[];
  state: ExperimentRun['state'];
  /** Of what it did, not of its undoing. */
  verdict: ExperimentRun['verdict'];
  changedUs: number;
}

/** An address that did not answer ARP is asked for again each second, at each hop; one that answers no more is doubted for eight. */
const ROUNDS = 12;
const ANSWER_US = 1_200_000;

const refuse = (code: LabError['code'], message: string): { readonly ok: false; readonly error: LabError } => ({ ok: false, error: { code, message } });

export class ExperimentBench {
  private readonly done: Run[] = [];
  /** Of the lab as it was when somebody last looked. */
  private predictor: Predictor | undefined;
  private readonly errands: Errands;

  constructor(
    private readonly lab: SimulatedLab,
    private readonly tell: (event: LabEvent) => void,
  ) {
    this.errands = new Errands(lab);
  }

  plans(locale: Locale): readonly ExperimentPlan[] {
    const snapshot = this.lab.snapshot();
    const ground = new Ground(snapshot);
    return EXPERIMENTS.flatMap(({ id, plan }): readonly ExperimentPlan[] => {
      const draft = plan(ground);
      if (!draft) return [];
      const { commands, undo, notNow, measures = [] } = draft;
      const words = { title: draft.title[locale], explanation: draft.explanation[locale] };
      if (notNow) return [{ id, ...words, commands, undo, notNow: notNow[locale] }];
      const foreseen = this.foresee(draft, snapshot);
      if (!foreseen) return [{ id, ...words, commands, undo }];
      const expected = measures.map(({ title }, i) => ({ title: title[locale], expected: foreseen.measures[i] ?? '' }));
      return [{ id, ...words, commands, undo, prediction: { breaks: foreseen.breaks, mends: foreseen.mends, measures: expected } }];
    });
  }
  /** Counters go on all the time; what was predicted holds until something else is different. */
  private foresee(plan: DraftPlan, snapshot: Snapshot): Prediction | undefined {
    const { commands, measures = [], needsDaemons, isRandom } = plan;
    if (needsDaemons) return { breaks: [], mends: [], measures: measures.map(({ expected }) => expected ?? '') };
    if (!this.predictor || diffSnapshots(this.predictor.snapshot, snapshot).length > 0) this.predictor = new Predictor(snapshot);
    return this.predictor.predict(commands, measures, isRandom ? 'no-pairs' : 'pairs');
  }
  runs(locale: Locale): readonly ExperimentRun[] {
    return this.done.map((run) => shown(run, locale));
  }
  states(): readonly { readonly id: string; readonly state: ExperimentRun['state']; readonly changedUs: number }[] {
    return this.done.map((run) => ({ id: run.experiment, state: run.state, changedUs: run.changedUs }));
  }

  apply(id: string, locale: Locale): LabResult<Pending<ExperimentRun>> {
    const snapshot = this.lab.snapshot();
    const plan = EXPERIMENTS.find((one) => one.id === id)?.plan(new Ground(snapshot));
    if (!plan) return refuse('not-found', `There is no experiment ${id} in this lab.`);
    if (plan.notNow) return refuse('not-possible', plan.notNow[locale]);
    const { measures = [] } = plan;
    const foreseen = this.foresee(plan, snapshot);
    const pending = new Promised<ExperimentRun>();
    const asks = plan.isRandom ? [] : podAsks(snapshot);
    this.ask(asks, (was) =>
      this.errands.each(measures, (before) =>
        this.errands.inOrder(plan.commands, (outcomes) =>
          this.errands.wait(plan.settleUs ?? 0, () =>
            this.errands.each(measures, (after) =>
              this.askUntil(asks, foreseen ? answering(was, foreseen) : [], ROUNDS, (cells) => {
                const { breaks, mends } = changedPairs(was, cells);
                const run: Run = {
                  id: `${id}-${this.done.length + 1}`,
                  experiment: id,
                  plan,
                  prediction: foreseen && { breaks: foreseen.breaks, mends: foreseen.mends },
                  measures: measures.map(({ title, node, command }, i) => ({
                    titles: title,
                    node,
                    command,
                    before: oneLine(before[i]?.output ?? ''),
                    after: oneLine(after[i]?.output ?? ''),
                    ...(foreseen?.measures[i] !== undefined && { expected: foreseen.measures[i] }),
                  })),
                  outcomes,
                  broke: breaks,
                  mended: mends,
                  state: outcomes.every(({ status }) => status === 0) ? 'applied' : 'failed',
                  verdict: undefined,
                  changedUs: this.lab.simulation.nowUs,
                };
                run.verdict = verdictOf(run);
                this.done.push(run);
                this.finish(run, locale, pending);
              }),
            ),
          ),
        ),
      ),
    );
    return { ok: true, value: pending };
  }

  undo(id: string, locale: Locale): LabResult<Pending<ExperimentRun>> {
    const run = this.done.find((one) => one.id === id);
    if (!run) return refuse('not-found', `There is no run ${id} of an experiment.`);
    if (run.state === 'undone') return refuse('not-possible', 'This experiment is undone already.');
    const { measures = [], undo, settleUs, isRandom } = run.plan;
    const pending = new Promised<ExperimentRun>();
    const asks = isRandom ? [] : podAsks(this.lab.snapshot());
    this.ask(asks, (was) =>
      this.errands.inOrder(undo, (outcomes) =>
        this.errands.wait(undo.length > 0 ? (settleUs ?? 0) : 0, () =>
          this.askUntil(asks, [...run.broke, ...answering(was, { breaks: run.mended, mends: [] })], ROUNDS, (cells) =>
            this.errands.each(measures, (again) => {
              const { breaks, mends } = changedPairs(was, cells);
              run.outcomes = [...run.outcomes, ...outcomes];
              run.broke = breaks;
              run.mended = mends;
              run.measures = run.measures.map((one, i) => ({ ...one, undone: oneLine(again[i]?.output ?? '') }));
              run.state = outcomes.every(({ status }) => status === 0) ? 'undone' : 'failed';
              run.changedUs = this.lab.simulation.nowUs;
              this.finish(run, locale, pending);
            }),
          ),
        ),
      ),
    );
    return { ok: true, value: pending };
  }
  private finish(run: Run, locale: Locale, pending: Promised<ExperimentRun>): void {
    this.tell({ kind: 'experiment', atUs: run.changedUs, run: kept(run) });
    pending.fulfil(shown(run, locale));
  }

  private ask(asks: readonly Ask[], done: (cells: readonly Cell[]) => void): void {
    sendAsks(this.lab.world, placesOf(this.lab.snapshot()), this.current(asks), ANSWER_US).onDone(done);
  }
  /** A pod whose sandbox was made anew has another address now; one that was deleted is asked for no more. */
  private current(asks: readonly Ask[]): readonly Ask[] {
    const snapshot = this.lab.snapshot();
    if (!snapshot.kubernetes) return asks;
    const expected = new Map(placesOf(snapshot).map((place) => [place.id, place.expected]));
    return asks.flatMap((ask) => (ask.to === 'outside' || expected.has(ask.to) ? [{ ...ask, address: expected.get(ask.to) ?? ask.address }] : []));
  }
  /** Asks all; those that are expected to answer again, while ARP still has to find out that it may. */
  private askUntil(asks: readonly Ask[], expected: readonly Pair[], rounds: number, done: (cells: readonly Cell[]) => void): void {
    this.ask(asks, (cells) => {
      const isExpected = (cell: Cell): boolean => {
        const own = pairOf(cell);
        return expected.some(({ from, to, over }) => from === own.from && to === own.to && over === own.over);
      };
      const late = cells.filter((cell) => cell.outcome !== 'ok' && isExpected(cell));
      if (late.length === 0 || rounds <= 1) done(cells);
      else this.askUntil(late, expected, rounds - 1, (again) => done(cells.map((cell) => again.find((one) => cellKey(one) === cellKey(cell)) ?? cell)));
    });
  }
}

/** Who is to answer afterwards: what else is silent may only have to find its neighbours anew. */
const answering = (was: readonly Cell[], { breaks, mends }: PairChange): readonly Pair[] => {
  const lost = new Set(breaks.map((pair) => JSON.stringify(pair)));
  const kept = was.flatMap((cell) => (cell.outcome === 'ok' ? [pairOf(cell)] : []));
  return [...mends, ...kept.filter((pair) => !lost.has(JSON.stringify(pair)))];
};

/** Whether all that was said came true, and nothing else. */
function verdictOf({ prediction, measures, broke, mended, state }: Run): ExperimentRun['verdict'] {
  if (!prediction || state !== 'applied') return undefined;
  const text = (pairs: readonly Pair[]): string => JSON.stringify(pairs.map(({ from, to, over = '' }) => `${from} ${to} ${over}`).sort());
  const isSame =
    text(prediction.breaks) === text(broke) &&
    text(prediction.mends) === text(mended) &&
    measures.every(({ expected, after }) => expected === undefined || expected === after);
  return isSame ? 'as-predicted' : 'otherwise';
}

function kept(run: Run): ExperimentRecord {
  const { id, experiment, plan, outcomes, broke, mended, state, measures, prediction } = run;
  return {
    ...{ run: id, experiment, titles: plan.title, outcomes, broke, mended, measures, state },
    ...(prediction && { prediction }),
    ...(run.verdict && { verdict: run.verdict }),
  };
}
function shown(run: Run, locale: Locale): ExperimentRun {
  const { titles, measures = [], ...rest } = kept(run);
  return { ...rest, title: titles[locale], measures: measures.map(({ titles: words, ...one }) => ({ ...one, title: words[locale] })) };
}
