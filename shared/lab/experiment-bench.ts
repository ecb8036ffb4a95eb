/** Experiments in a lab: what each would do now, doing it with real packets before and after, and taking it back. */
import { utf8Decode } from '../base/index.ts';
import {
  EXPERIMENTS,
  type CommandOutcome,
  type DraftPlan,
  type ExperimentFacts,
  type ExperimentPlan,
  type ExperimentRecord,
  type ExperimentRun,
  type NodeCommand,
  type Pair,
} from '../experiment/index.ts';
import { diffSnapshots, type Snapshot } from '../snapshot/index.ts';
import type { LabError, LabEvent, LabResult, Pending, ProbeResult } from './lab.ts';
import { Predictor, Promised } from '../twin/index.ts';
import type { SimulatedLab } from './simulated-lab.ts';

type Locale = 'en' | 'zh';

interface Run {
  readonly id: string;
  readonly experiment: string;
  readonly plan: DraftPlan;
  outcomes: readonly CommandOutcome[];
  broke: readonly Pair[];
  mended: readonly Pair[];
  state: ExperimentRun['state'];
  changedUs: number;
}

/** An address that did not answer ARP is asked for again each second, at each hop. */
const PROBES = 4;

const refuse = (code: LabError['code'], message: string): { readonly ok: false; readonly error: LabError } => ({ ok: false, error: { code, message } });

export class ExperimentBench {
  private readonly done: Run[] = [];
  /** Of the lab as it was when somebody last looked. */
  private predictor: Predictor | undefined;

  constructor(
    private readonly lab: SimulatedLab,
    private readonly tell: (event: LabEvent) => void,
  ) {}

  plans(locale: Locale): readonly ExperimentPlan[] {
    const facts = this.facts();
    return EXPERIMENTS.flatMap(({ id, plan }): readonly ExperimentPlan[] => {
      const draft = plan(facts);
      if (!draft) return [];
      const { commands, undo, notNow } = draft;
      const words = { title: draft.title[locale], explanation: draft.explanation[locale] };
      if (notNow) return [{ id, ...words, commands, undo, notNow: notNow[locale] }];
      const prediction = this.predictorOf(facts.snapshot).predict(commands);
      return [{ id, ...words, commands, undo, ...(prediction && { prediction }) }];
    });
  }
  /** Counters go on all the time; what was predicted holds until something else is different. */
  private predictorOf(snapshot: Snapshot): Predictor {
    if (!this.predictor || diffSnapshots(this.predictor.snapshot, snapshot).length > 0) this.predictor = new Predictor(snapshot);
    return this.predictor;
  }
  runs(locale: Locale): readonly ExperimentRun[] {
    return this.done.map((run) => shown(run, locale));
  }
  states(): readonly { readonly id: string; readonly state: ExperimentRun['state']; readonly changedUs: number }[] {
    return this.done.map((run) => ({ id: run.experiment, state: run.state, changedUs: run.changedUs }));
  }

  apply(id: string, locale: Locale): LabResult<Pending<ExperimentRun>> {
    const plan = EXPERIMENTS.find((one) => one.id === id)?.plan(this.facts());
    if (!plan) return refuse('not-found', `There is no experiment ${id} in this lab.`);
    if (plan.notNow) return refuse('not-possible', plan.notNow[locale]);
    const run: Run = {
      id: `${id}-${this.done.length + 1}`,
      experiment: id,
      plan,
      outcomes: [],
      broke: [],
      mended: [],
      state: 'applied',
      changedUs: this.lab.simulation.nowUs,
    };
    return this.carryOut(run, plan.commands, 'applied', locale, () => this.done.push(run));
  }
  undo(id: string, locale: Locale): LabResult<Pending<ExperimentRun>> {
    const run = this.done.find((one) => one.id === id);
    if (!run) return refuse('not-found', `There is no run ${id} of an experiment.`);
    if (run.state === 'undone') return refuse('not-possible', 'This experiment is undone already.');
    return this.carryOut(run, run.plan.undo, 'undone', locale, () => undefined);
  }

  /** Asks all pairs, runs the commands one after the other, asks again. */
  private carryOut(
    run: Run,
    commands: readonly NodeCommand[],
    state: 'applied' | 'undone',
    locale: Locale,
    begun: () => void,
  ): LabResult<Pending<ExperimentRun>> {
    const pending = new Promised<ExperimentRun>();
    const before = this.lab.probe();
    if (!before.ok) return before;
    const pairs = (results: readonly ProbeResult[], was: readonly ProbeResult[], reached: boolean): readonly Pair[] =>
      results
        .filter((one) => one.reached === reached && was.some((old) => old.from === one.from && old.to === one.to && old.reached !== reached))
        .map(({ from, to }) => ({ from, to }));
    before.value.onDone((was) =>
      this.runAll(commands, (outcomes) => {
        run.outcomes = state === 'applied' ? outcomes : [...run.outcomes, ...outcomes];
        const finish = (results: readonly ProbeResult[]): void => {
          run.broke = pairs(results, was, false);
          run.mended = pairs(results, was, true);
          run.state = outcomes.every((one) => one.status === 0) ? state : 'failed';
          run.changedUs = this.lab.simulation.nowUs;
          begun();
          this.tell({ kind: 'experiment', atUs: run.changedUs, run: kept(run) });
          pending.fulfil(shown(run, locale));
        };
        const expected = state === 'undone' ? run.broke : [];
        this.probeUntil(was, expected, PROBES, finish);
      }),
    );
    return { ok: true, value: pending };
  }

  /** Asks all pairs; those that are expected to answer again, while ARP still has to find out that it may. */
  private probeUntil(known: readonly ProbeResult[], expected: readonly Pair[], times: number, done: (results: readonly ProbeResult[]) => void): void {
    const asked = this.lab.probe(known.map(({ from, to }) => ({ from, to })));
    if (!asked.ok) {
      done(known);
      return;
    }
    asked.value.onDone((results) => {
      const late = results.filter((one) => !one.reached && expected.some(({ from, to }) => from === one.from && to === one.to));
      if (late.length === 0 || times <= 1) done(results);
      else
        this.probeUntil(late, expected, times - 1, (again) =>
          done(results.map((one) => again.find((other) => other.from === one.from && other.to === one.to) ?? one)),
        );
    });
  }

  private runAll(commands: readonly NodeCommand[], done: (outcomes: readonly CommandOutcome[]) => void, so: readonly CommandOutcome[] = []): void {
    const [next, ...rest] = commands;
    // what cannot go on after an error is not tried
    if (!next || so.some((one) => one.status !== 0)) {
      done(so);
      return;
    }
    const target = this.lab.find(next.node);
    const session = target.ok ? this.lab.open(target.value, { target: next.node, argv: ['bash', '-c', next.command] }, 'lab') : target;
    if (!session.ok) {
      done([...so, { ...next, status: 127, output: session.error.message }]);
      return;
    }
    session.value.closeInput();
    let output = '';
    const drain = (): void => {
      for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
      for (let data = session.value.readError(65536); data !== ''; data = session.value.readError(65536)) output += data;
    };
    session.value.onReadable(drain);
    session.value.onExit((status) => {
      drain();
      this.runAll(rest, done, [...so, { ...next, status, output: utf8Decode(output) }]);
    });
  }

  private facts(): ExperimentFacts {
    const { cluster } = this.lab;
    const workers = (cluster?.nodes() ?? []).filter((node) => !('node-role.kubernetes.io/control-plane' in (node.metadata.labels ?? {})));
    const order = this.lab.nodes;
    return {
      snapshot: this.lab.snapshot(),
      workers: [...workers]
        .sort((a, b) => order.indexOf(a.metadata.name) - order.indexOf(b.metadata.name))
        .map((node) => ({ name: node.metadata.name, podCIDR: node.spec.podCIDR ?? '', address: node.status.addresses[0]?.address ?? '' })),
      interface: this.lab.interface_,
      hasFlannel: cluster !== undefined,
    };
  }
}

function kept({ id, experiment, plan, outcomes, broke, mended, state }: Run): ExperimentRecord {
  return { run: id, experiment, titles: plan.title, outcomes, broke, mended, state };
}
function shown(run: Run, locale: Locale): ExperimentRun {
  const { titles, ...rest } = kept(run);
  return { ...rest, title: titles[locale] };
}
