/**
 * Proves a lesson: each step unsolved when it begins, solved by its own solution, and each of its checks about the present failing when the
 * step's effect is reverted. The lab is driven faster than real time.
 */
import { isEvent, type LessonFile, type StepDefinition } from '../lesson/index.ts';
import type { Attempt, Lab } from './lab.ts';

const STEP_LIMIT_US = 90_000_000;
const QUIET_US = 3_000_000;

/** What is wrong with it; empty when it is proved. */
export function checkLesson(lesson: LessonFile, makeLab: () => Lab): readonly string[] {
  const problems: string[] = [];
  const lab = makeLab();
  try {
    const attempt = lab.startAttempt(lesson, 1);
    if (!attempt.ok) return [attempt.error.message];
    for (const step of lesson.definition.chapters.flatMap((chapter) => chapter.steps)) {
      const before = problems.length;
      checkStep(lab, attempt.value, step, (problem) => problems.push(`step "${step.id}": ${problem}`));
      if (problems.length > before) break;
    }
  } finally {
    lab.close();
  }
  return problems;
}

function checkStep(lab: Lab, attempt: Attempt, step: StepDefinition, report: (problem: string) => void): void {
  const state = () => attempt.progress('en').steps[step.id];
  if (step.check.length === 0 || step.quiz) {
    const confirmed = attempt.confirm(step.id, step.quiz?.answer, 'en');
    if (!confirmed.ok) report(`cannot be confirmed: ${confirmed.error.message}`);
    return;
  }
  wait(lab, QUIET_US, () => state()?.kind === 'done');
  const now = state();
  if (now?.kind === 'done') return report('is solved before anything is done');
  if (now?.kind !== 'active' || now.missing.length === 0) return report('does not say what is missing');
  const failed = solve(lab, attempt, step);
  if (failed !== undefined) return report(failed);
  wait(lab, STEP_LIMIT_US, () => state()?.kind === 'done');
  const then = state();
  if (then?.kind !== 'done') return report(`is not solved by its solution: ${then?.kind === 'active' ? then.missing.join(' ') : ''}`);
  if (step.revert.length > 0) checkRevert(lab, attempt, step, report);
}

/** With the effect taken away its checks must speak up, and hold again once it is there again. */
function checkRevert(lab: Lab, attempt: Attempt, step: StepDefinition, report: (problem: string) => void): void {
  const lasting = step.check.filter((one) => !isEvent(one));
  const missing = (): readonly string[] => attempt.missing(step.id);
  for (const { node, command } of attempt.revert(step.id)) run(lab, node, command);
  wait(lab, STEP_LIMIT_US, () => missing().length > 0);
  if (lasting.length > 0 && missing().length === 0) return report('is still solved when its effect is reverted');
  const failed = solve(lab, attempt, step);
  if (failed !== undefined) return report(`after its revert: ${failed}`);
  wait(lab, STEP_LIMIT_US, () => missing().length === 0);
  if (missing().length > 0) report(`is not solved a second time: ${missing().join(' ')}`);
}

function solve(lab: Lab, attempt: Attempt, step: StepDefinition): string | undefined {
  const solution = attempt.solution(step.id);
  if (!solution.ok) return solution.error.message;
  for (const { node, command } of solution.value) {
    const { status, output } = run(lab, node, command);
    if (status !== 0) return `"${command}" on ${node} ends with ${status}: ${output.trim()}`;
  }
  for (const action of step.actions) {
    const failed = act(lab, attempt, action);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

function act(lab: Lab, attempt: Attempt, action: StepDefinition['actions'][number]): string | undefined {
  if ('trace' in action) {
    const traced = lab.trace(action.trace.from, action.trace.to, { kind: 'icmp' });
    if (!traced.ok) return traced.error.message;
    return lab.runPending(traced.value) === undefined ? 'the trace does not end' : undefined;
  }
  if ('open-tape' in action) {
    attempt.note({ kind: 'tape-opened' });
    return undefined;
  }
  const id =
    'apply' in action ? action.apply : (lab.experimentRuns('en').findLast((one) => one.experiment === action.undo && one.state !== 'undone')?.run ?? '');
  const begun = 'apply' in action ? lab.applyExperiment(id, 'en') : lab.undoExperiment(id, 'en');
  if (!begun.ok) return begun.error.message;
  const done = lab.runPending(begun.value);
  return done?.state === 'failed' || !done ? `the experiment fails: ${done?.outcomes.map((one) => one.output).join(' ') ?? 'it does not end'}` : undefined;
}

/** A command line as a learner would run it: by bash, in a terminal. */
function run(lab: Lab, target: string, command: string): { readonly status: number; readonly output: string } {
  const session = lab.exec({ target, argv: ['bash', '-c', command], terminal: { columns: 120, rows: 30 } });
  if (!session.ok) return { status: 127, output: session.error.message };
  let output = '';
  const drain = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  session.value.onReadable(drain);
  wait(lab, STEP_LIMIT_US, () => session.value.exitStatus !== undefined);
  drain();
  const status = session.value.exitStatus;
  if (status === undefined) session.value.signal('KILL');
  return { status: status ?? 124, output: status === undefined ? 'it does not end' : output };
}

function wait(lab: Lab, limitUs: number, isThere: () => boolean): void {
  const untilUs = lab.simulation.nowUs + limitUs;
  while (!isThere() && lab.simulation.nowUs < untilUs) lab.simulation.runUntil(Math.min(untilUs, lab.simulation.nowUs + 50_000));
}
