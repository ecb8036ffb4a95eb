/**
 * Proves a lesson: each step unsolved when it begins, also when something else is done; solved by its own solution, which prints what the text
 * shows; and, its effect reverted, each of its checks failing with words of its own. The lab is driven faster than real time.
 */
import { isEventKind, missingLine, type LessonFile, type StepDefinition } from '../lesson/index.ts';
import type { Attempt, Lab } from './lab.ts';

const STEP_LIMIT_US = 90_000_000;
const QUIET_US = 3_000_000;

/** What is wrong with it, a line each: where, which step, what would be right; empty when it is proved. */
export function checkLesson(lesson: LessonFile, makeLab: () => Lab): readonly string[] {
  const problems: string[] = [];
  const lab = makeLab();
  try {
    const attempt = lab.startAttempt(lesson, 1);
    if (!attempt.ok) return [`${lesson.id}: ${attempt.error.message}`];
    for (const step of lesson.definition.chapters.flatMap((chapter) => chapter.steps)) {
      const proof = new StepProof(lab, attempt.value, step);
      proof.run();
      const place = lesson.places.get(step.id) ?? lesson.id;
      problems.push(...proof.problems.map(({ message, at }) => `${at ?? place}: step "${step.id}" ${message}`));
      // what follows builds on it
      if (proof.problems.length > 0) break;
    }
  } finally {
    lab.close();
  }
  return problems;
}

interface Ran {
  readonly status: number;
  readonly output: string;
}

class StepProof {
  readonly problems: { readonly message: string; readonly at: string | undefined }[] = [];
  private readonly outputs = new Map<string, string>();

  constructor(
    private readonly lab: Lab,
    private readonly attempt: Attempt,
    private readonly step: StepDefinition,
  ) {}

  private report(message: string, at?: string): void {
    this.problems.push({ message, at });
  }
  private get state() {
    return this.attempt.progress('en').steps[this.step.id];
  }
  private get isDone(): boolean {
    return this.state?.kind === 'done';
  }

  run(): void {
    const { step, attempt } = this;
    if (step.check.length === 0 || step.quiz) {
      const confirmed = attempt.confirm(step.id, step.quiz?.answer, 'en');
      if (!confirmed.ok) this.report(`cannot be confirmed: ${confirmed.error.message}`);
      return;
    }
    if (!this.isUnsolved()) return;
    const failed = this.solve();
    if (failed !== undefined) return this.report(`cannot be solved by its solution: ${failed}`);
    this.wait(STEP_LIMIT_US, () => this.isDone);
    const { state } = this;
    if (state?.kind !== 'done')
      return this.report(`is not solved by its solution: ${state?.kind === 'active' ? state.missing.join(' ') : ''} Mend the solution or the check.`);
    this.checkShown();
    if (this.problems.length === 0) this.checkRevert();
  }

  /** Nothing is done for a while, then something that no step asks for. */
  private isUnsolved(): boolean {
    const { lab } = this;
    this.wait(QUIET_US, () => this.isDone);
    const before = this.state;
    if (before?.kind === 'done') {
      this.report('is solved before anything is done: ask for something that is not there when it begins.');
      return false;
    }
    for (const node of lab.nodes) this.command(node, 'true');
    this.wait(100_000, () => this.isDone);
    const now = this.state;
    if (now?.kind === 'done') {
      this.report('is solved by any command: make the pattern of its check match what it asks for, and nothing else.');
      return false;
    }
    if (now?.kind === 'active' && now.missing.length > 0) return true;
    this.report('does not say what is missing.');
    return false;
  }

  private checkShown(): void {
    const shown = this.attempt.shown(this.step.id);
    for (const { node, command, lines, place } of shown.ok ? shown.value : []) {
      const output = this.outputs.get(`${node} ${command}`) ?? this.command(node, command).output;
      const line = missingLine(lines, output);
      if (line !== undefined) this.report(`shows the output "${line}" of "${command}" on ${node}, which prints:\n${indent(output)}`, place);
    }
  }

  /** With the effect taken away each check must speak up, and hold again once it is there again. */
  private checkRevert(): void {
    const { step, lab } = this;
    const sinceUs = lab.simulation.nowUs + 1;
    const reverted = this.revert();
    if (reverted !== undefined) return this.report(`cannot be reverted: ${reverted}`);
    const holding = (): readonly number[] => this.verdicts(sinceUs).flatMap((one, index) => (one === undefined ? [index] : []));
    this.wait(STEP_LIMIT_US, () => holding().length === 0);
    for (const index of holding())
      this.report(`has a check that cannot fail: number ${index + 1}, "${kindOf(step, index)}", holds when the step is reverted. Mend the check or "revert".`);
    const seen = new Map<string, number>();
    for (const [index, verdict] of this.verdicts(sinceUs).entries()) {
      const same = verdict && seen.get(verdict.en);
      if (same !== undefined) this.report(`has two checks that fail with the same words, number ${same + 1} and ${index + 1}: leave one out.`);
      if (verdict) seen.set(verdict.en, index);
    }
    if (this.problems.length > 0 || step.revert.length === 0) return;
    const failed = this.solve();
    if (failed !== undefined) return this.report(`cannot be solved a second time, after its revert: ${failed}`);
    const lasting = (): readonly string[] =>
      this.verdicts(sinceUs).flatMap((one, index) => (one === undefined || isEventKind(kindOf(step, index)) ? [] : [one.en]));
    this.wait(STEP_LIMIT_US, () => lasting().length === 0);
    if (lasting().length > 0) this.report(`is not solved a second time, after its revert: ${lasting().join(' ')}`);
  }
  private verdicts(sinceUs: number): readonly ({ readonly en: string } | undefined)[] {
    const verdicts = this.attempt.verdicts(this.step.id, sinceUs);
    return verdicts.ok ? verdicts.value : [];
  }

  private solve(): string | undefined {
    const solution = this.attempt.solution(this.step.id);
    if (!solution.ok) return solution.error.message;
    for (const { node, command } of solution.value) {
      const { status, output } = this.command(node, command);
      this.outputs.set(`${node} ${command}`, output);
      if (status !== 0) return `"${command}" on ${node} ends with ${status}: ${output.trim()}`;
    }
    for (const action of this.step.actions) {
      const failed = this.act(action);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }
  private revert(): string | undefined {
    const actions = this.attempt.revert(this.step.id);
    if (!actions.ok) return actions.error.message;
    for (const action of actions.value) {
      if (action.kind === 'command') {
        const { status, output } = this.command(action.node, action.command);
        if (status !== 0) return `"${action.command}" on ${action.node} ends with ${status}: ${output.trim()}`;
        continue;
      }
      const failed = this.act(action.kind === 'apply' ? { apply: action.experiment } : { undo: action.experiment });
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  private act(action: StepDefinition['actions'][number]): string | undefined {
    const { lab } = this;
    if ('trace' in action) {
      const traced = lab.trace(action.trace.from, action.trace.to, { kind: 'icmp' });
      if (!traced.ok) return traced.error.message;
      return lab.runPending(traced.value) === undefined ? 'the trace does not end' : undefined;
    }
    if ('open-tape' in action) {
      this.attempt.note({ kind: 'tape-opened' });
      return undefined;
    }
    const begun = 'apply' in action ? lab.applyExperiment(action.apply, 'en') : lab.undoExperiment(this.runOf(action.undo), 'en');
    if (!begun.ok) return begun.error.message;
    const done = lab.runPending(begun.value);
    return done?.state === 'failed' || !done ? `the experiment fails: ${done?.outcomes.map((one) => one.output).join(' ') ?? 'it does not end'}` : undefined;
  }
  private runOf(experiment: string): string {
    return this.lab.experimentRuns('en').findLast((one) => one.experiment === experiment && one.state !== 'undone')?.run ?? experiment;
  }

  /** A command line as a learner would run it: by bash, in a terminal. */
  private command(target: string, command: string): Ran {
    const session = this.lab.exec({ target, argv: ['bash', '-c', command], terminal: { columns: 120, rows: 30 } });
    if (!session.ok) return { status: 127, output: session.error.message };
    let output = '';
    const drain = (): void => {
      for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
    };
    session.value.onReadable(drain);
    this.wait(STEP_LIMIT_US, () => session.value.exitStatus !== undefined);
    drain();
    const status = session.value.exitStatus;
    if (status === undefined) session.value.signal('KILL');
    return { status: status ?? 124, output: status === undefined ? 'it does not end' : output };
  }
  private wait(limitUs: number, isThere: () => boolean): void {
    const { simulation } = this.lab;
    const untilUs = simulation.nowUs + limitUs;
    while (!isThere() && simulation.nowUs < untilUs) simulation.runUntil(Math.min(untilUs, simulation.nowUs + 50_000));
  }
}

const kindOf = (step: StepDefinition, index: number): string => Object.keys(step.check[index] ?? {})[0] ?? '';
const indent = (text: string): string =>
  text
    .trimEnd()
    .split(/\r*\n/)
    .map((line) => `    ${line}`)
    .join('\n');
