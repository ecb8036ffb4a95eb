/**
 * Experiments on machines that really are there: tried in a twin first, made with the way back kept by the nodes themselves (guard.ts), asked about with
 * real packets before and after. A run whose connection was lost is taken back by its nodes.
 */
import { refuse, type ExperimentPlan, type ExperimentRun, type Locale } from '../../../shared/ipc/index.ts';
import { EXPERIMENTS, Ground, Predictor, type DraftPlan, type ProbeResult, type Snapshot } from '../../../shared/lab/index.ts';
import { Guard, undoByNode } from './guard.ts';
import type { LiveNode } from './node.ts';

export interface LiveGround {
  readonly nodes: readonly LiveNode[];
  snapshot(): Promise<Snapshot>;
  probe(pairs?: readonly Pair[]): Promise<readonly ProbeResult[]>;
  /** By which a place of a twin is known to users. */
  nameOf(snapshot: Snapshot, place: string): string;
  report(message: string): void;
}
type PairChange = NonNullable<ExperimentRun['prediction']>;
type Pair = ExperimentRun['broke'][number];
type Outcome = ExperimentRun['outcomes'][number];

interface Run {
  readonly id: string;
  readonly experiment: string;
  readonly plan: DraftPlan;
  readonly prediction: PairChange | undefined;
  readonly guards: Map<string, Guard>;
  outcomes: readonly Outcome[];
  broke: readonly Pair[];
  mended: readonly Pair[];
  state: ExperimentRun['state'];
  /** Of what it did, not of its undoing. */
  verdict: ExperimentRun['verdict'];
}

/** An address that did not answer ARP is asked for again each second, at each hop. */
const PROBES = 4;

export class LiveExperiments {
  private readonly done: Run[] = [];

  constructor(
    private readonly ground: LiveGround,
    private readonly patienceS?: number,
  ) {}

  async plans(locale: Locale): Promise<readonly ExperimentPlan[]> {
    const snapshot = await this.ground.snapshot();
    const predictor = new Predictor(snapshot);
    return EXPERIMENTS.flatMap(({ id, plan }): readonly ExperimentPlan[] => {
      const draft = plan(new Ground(snapshot));
      if (!draft || !isForLive(draft)) return [];
      const { commands, undo, notNow, measures = [] } = draft;
      const words = { title: draft.title[locale], explanation: draft.explanation[locale] };
      if (notNow) return [{ id, ...words, commands, undo, notNow: notNow[locale] }];
      const foreseen = predictor.predict(commands, measures, draft.isRandom ? 'no-pairs' : 'pairs');
      if (!foreseen) return [{ id, ...words, commands, undo }];
      const expected = measures.map(({ title }, i) => ({ title: title[locale], expected: foreseen.measures[i] ?? '' }));
      return [{ id, ...words, commands, undo, prediction: { ...this.named(snapshot, foreseen), measures: expected } }];
    });
  }
  /** As users call the places, and only what a real echo request can ask. */
  private named(snapshot: Snapshot, { breaks, mends }: PairChange): PairChange {
    const names = (pairs: readonly Pair[]): readonly Pair[] =>
      pairs
        .filter(({ to, over }) => over === undefined && to !== 'outside')
        .map(({ from, to }) => ({ from: this.ground.nameOf(snapshot, from), to: this.ground.nameOf(snapshot, to) }));
    return { breaks: names(breaks), mends: names(mends) };
  }
  runs(locale: Locale): readonly ExperimentRun[] {
    return this.done.map((run) => shown(run, locale));
  }

  async apply(id: string, locale: Locale): Promise<ExperimentRun> {
    const snapshot = await this.ground.snapshot();
    const plan = EXPERIMENTS.find((one) => one.id === id)?.plan(new Ground(snapshot));
    if (!plan || !isForLive(plan)) return refuse('not-found', `There is no experiment ${id} in this lab.`);
    if (plan.notNow) return refuse('not-possible', plan.notNow[locale]);
    const foreseen = new Predictor(snapshot).predict(plan.commands, [], plan.isRandom ? 'no-pairs' : 'pairs');
    const run: Run = {
      id: `${id}-${this.done.length + 1}`,
      experiment: id,
      plan,
      prediction: foreseen && this.named(snapshot, foreseen),
      guards: new Map(),
      outcomes: [],
      broke: [],
      mended: [],
      state: 'applied',
      verdict: undefined,
    };
    const was = await this.ground.probe();
    // every node has its way back before one of them is changed
    const armed = await Promise.allSettled(
      [...undoByNode(plan.undo)].map(async ([node, undo]) => run.guards.set(node, await Guard.on(this.node(node), undo, this.patienceS))),
    );
    const failed = armed.find((one) => one.status === 'rejected');
    if (failed) {
      await Promise.all([...run.guards.values()].map((guard) => guard.keep()));
      return refuse('not-possible', `Nothing was changed: ${failed.reason instanceof Error ? failed.reason.message : String(failed.reason)}.`);
    }
    this.done.push(run);
    this.watch(run);
    run.outcomes = await this.runAll(plan);
    await this.settle(run, was, run.outcomes.every((one) => one.status === 0) ? 'applied' : 'failed');
    run.verdict = verdictOf(run);
    return shown(run, locale);
  }
  async undo(id: string, locale: Locale): Promise<ExperimentRun> {
    const run = this.running(id);
    const was = await this.ground.probe();
    const outcomes: Outcome[] = [];
    for (const [node, guard] of run.guards) {
      run.guards.delete(node);
      outcomes.push({ node, command: (undoByNode(run.plan.undo).get(node) ?? []).join('; '), ...(await guard.undo()) });
    }
    run.outcomes = [...run.outcomes, ...outcomes];
    await this.settle(run, was, outcomes.every((one) => one.status === 0) ? 'undone' : 'failed');
    return shown(run, locale);
  }
  /** It stays as it is: the nodes forget the way back. */
  async keep(id: string, locale: Locale): Promise<ExperimentRun> {
    const run = this.running(id);
    const guards = [...run.guards.values()];
    run.guards.clear();
    await Promise.all(guards.map((guard) => guard.keep()));
    run.state = 'kept';
    return shown(run, locale);
  }

  private running(id: string): Run {
    const run = this.done.find((one) => one.id === id);
    if (!run) return refuse('not-found', `There is no run ${id} of an experiment.`);
    if (run.state === 'undone') return refuse('not-possible', 'This experiment is undone already.');
    if (run.state === 'kept') return refuse('not-possible', 'This experiment was kept: nobody knows its way back any more.');
    return run;
  }
  /** A node that takes it back by itself ends the run. */
  private watch(run: Run): void {
    for (const [node, guard] of run.guards)
      void guard.ended.then(() => {
        if (run.guards.get(node) !== guard) return;
        run.guards.delete(node);
        run.state = 'undone';
        this.ground.report(`${node} took the experiment "${run.plan.title.en}" back: it was no longer reached`);
      });
  }
  private async runAll({ commands }: DraftPlan): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { node, command } of commands) {
      // what only stops a daemon: where there is none, it needs no stopping
      const { status, stdout, stderr } = await this.node(node).run(['sh', '-c', command]);
      const isDaemon = /^pkill -(?:STOP|CONT) /.test(command) && status === 1;
      outcomes.push({ node, command, status: isDaemon ? 0 : status, output: stdout + stderr });
      if (status !== 0 && !isDaemon) break; // what cannot go on after an error is not tried
    }
    return outcomes;
  }
  private async settle(run: Run, was: readonly ProbeResult[], state: ExperimentRun['state']): Promise<void> {
    const before = new Map(was.map((one) => [`${one.from} ${one.to}`, one.reached]));
    const awaited = new Set(state === 'undone' ? run.broke.map(({ from, to }) => `${from} ${to}`) : []);
    let results = await this.ground.probe(was.map(({ from, to }) => ({ from, to })));
    for (let times = 1; times < PROBES; times++) {
      const late = results.filter((one) => !one.reached && awaited.has(`${one.from} ${one.to}`));
      if (late.length === 0) break;
      const again = new Map((await this.ground.probe(late)).map((one) => [`${one.from} ${one.to}`, one]));
      results = results.map((one) => again.get(`${one.from} ${one.to}`) ?? one);
    }
    const changed = results.filter((one) => before.get(`${one.from} ${one.to}`) !== one.reached);
    const pairs = (reached: boolean): readonly Pair[] => changed.filter((one) => one.reached === reached).map(({ from, to }) => ({ from, to }));
    run.broke = pairs(false);
    run.mended = pairs(true);
    run.state = state;
  }
  private node(name: string): LiveNode {
    return this.ground.nodes.find((one) => one.name === name) ?? refuse('not-found', `There is no node ${name}.`, { node: name });
  }
}

/** Whose daemons it is about are in the model of the cluster only, and are no processes of the nodes. */
const isForLive = ({ needsDaemons, commands }: DraftPlan): boolean => needsDaemons !== true && !commands.some(({ command }) => /^kubectl /.test(command));

function verdictOf({ prediction, broke, mended, state }: Run): ExperimentRun['verdict'] {
  if (!prediction || state !== 'applied') return undefined;
  const text = (pairs: readonly Pair[]): string => JSON.stringify(pairs.map(({ from, to }) => `${from} ${to}`).sort());
  return text(prediction.breaks) === text(broke) && text(prediction.mends) === text(mended) ? 'as-predicted' : 'otherwise';
}
function shown({ id, experiment, plan, outcomes, broke, mended, state, prediction, verdict }: Run, locale: Locale): ExperimentRun {
  const told = { ...(prediction && { prediction }), ...(verdict && { verdict }) };
  return { run: id, experiment, title: plan.title[locale], outcomes, broke, mended, state, ...told };
}
