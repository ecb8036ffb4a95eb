/** Does a lesson's steps by their own solutions, with the lab driven faster than real time: for proving lessons, and to come back to a step. */
import { isConfirmed, type LessonFile, type StepDefinition } from '../lesson/index.ts';
import type { Attempt, Lab } from './lab.ts';

export const STEP_LIMIT_US = 90_000_000;

export interface Ran {
  readonly status: number;
  readonly output: string;
}

export class StepSolver {
  constructor(
    readonly lab: Lab,
    readonly attempt: Attempt,
  ) {}

  stateOf(step: StepDefinition) {
    return this.attempt.progress('en').steps[step.id];
  }
  isDone(step: StepDefinition): boolean {
    return this.stateOf(step)?.kind === 'done';
  }
  /** The lab is ready for the step; false when it never is. */
  prepare(step: StepDefinition): boolean {
    const isReady = (): boolean => {
      const state = this.stateOf(step);
      return state?.kind === 'active' && state.isPreparing !== true;
    };
    this.wait(STEP_LIMIT_US, isReady);
    return isReady();
  }
  /** Reads it, or gives the right reply. What went wrong. */
  confirm(step: StepDefinition): string | undefined {
    const reply = () => {
      const right = this.attempt.rightReply(step.id);
      return right.ok ? right.value : undefined;
    };
    const isAsked = step.quiz ?? step.answer ?? step.predict;
    if (isAsked) this.wait(STEP_LIMIT_US, () => reply() !== undefined);
    const confirmed = this.attempt.confirm(step.id, reply() ?? {}, 'en');
    return confirmed.ok ? undefined : confirmed.error.message;
  }
  /** Types the solution. `noted`: what each command printed. */
  solve(step: StepDefinition, noted: (node: string, command: string, output: string) => void = () => undefined): string | undefined {
    const solution = this.attempt.solution(step.id);
    if (!solution.ok) return solution.error.message;
    for (const { node, command } of solution.value) {
      const { status, output } = this.command(node, command);
      noted(node, command, output);
      if (status !== 0) return `"${command}" on ${node} ends with ${status}: ${output.trim()}`;
    }
    for (const action of step.actions) {
      const failed = this.act(action);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }
  act(action: StepDefinition['actions'][number]): string | undefined {
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

  /** A command line as a learner would run it: by a shell, in a terminal. */
  command(target: string, command: string): Ran {
    const shell = this.lab.nodes.includes(target) ? 'bash' : 'sh';
    const session = this.lab.exec({ target, argv: [shell, '-c', command], terminal: { columns: 120, rows: 30 } });
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
  wait(limitUs: number, isThere: () => boolean): void {
    const { simulation } = this.lab;
    const untilUs = simulation.nowUs + limitUs;
    while (!isThere() && simulation.nowUs < untilUs) simulation.runUntil(Math.min(untilUs, simulation.nowUs + 50_000));
  }
}

/** Solves the steps before `at`; what went wrong. */
export function skipTo(lab: Lab, lesson: LessonFile, attempt: Attempt, at: string): string | undefined {
  const solver = new StepSolver(lab, attempt);
  const steps = lesson.definition.chapters.flatMap((chapter) => chapter.steps);
  if (!steps.some((step) => step.id === at)) return `There is no step ${at}.`;
  for (const step of steps) {
    if (step.id === at) break;
    if (!solver.prepare(step) && !solver.isDone(step)) return `Step ${step.id} cannot be made ready.`;
    const failed = solver.solve(step) ?? (isConfirmed(step) ? solver.confirm(step) : undefined);
    if (failed !== undefined) return `Step ${step.id} cannot be done: ${failed}`;
    solver.wait(STEP_LIMIT_US, () => solver.isDone(step));
    if (!solver.isDone(step)) return `Step ${step.id} is not done by its solution.`;
  }
  const last = steps.find((step) => step.id === at);
  if (last) solver.prepare(last);
  return undefined;
}
