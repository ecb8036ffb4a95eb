/**
 * Proves a lesson: each step unsolved when it begins, also when something else is done; solved by its own solution, which prints what the text
 * shows; its questions answered by what the lab knows, and by nothing else; and, its effect reverted, each of its checks failing with words of
 * its own. The lab is driven faster than real time.
 */
import { isConfirmed, isEventKind, missingLine, type LessonFile, type StepDefinition } from '../lesson/index.ts';
import type { Attempt, Lab } from './lab.ts';
import { STEP_LIMIT_US, StepSolver } from './step-solver.ts';

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

class StepProof {
  readonly problems: { readonly message: string; readonly at: string | undefined }[] = [];
  private readonly outputs = new Map<string, string>();
  private readonly solver: StepSolver;

  constructor(
    private readonly lab: Lab,
    private readonly attempt: Attempt,
    private readonly step: StepDefinition,
  ) {
    this.solver = new StepSolver(lab, attempt);
  }

  private report(message: string, at?: string): void {
    this.problems.push({ message, at });
  }
  private get state() {
    return this.solver.stateOf(this.step);
  }
  private get isDone(): boolean {
    return this.solver.isDone(this.step);
  }

  run(): void {
    const { step } = this;
    if (step.check.length === 0 && isConfirmed(step)) return this.confirm();
    if (!this.isUnsolved()) return;
    const failed = this.solve();
    if (failed !== undefined) return this.report(`cannot be solved by its solution: ${failed}`);
    const isSolved = (): boolean => this.isDone || (isConfirmed(step) && this.missing() === '');
    this.solver.wait(STEP_LIMIT_US, isSolved);
    if (!isSolved()) return this.report(`is not solved by its solution: ${this.missing()} Mend the solution or the check.`);
    if (!this.isDone) this.confirm();
    if (this.problems.length === 0) this.checkShown();
    if (this.problems.length === 0) this.checkRevert();
  }
  private missing(): string {
    const { state } = this;
    return state?.kind === 'active' ? state.missing.join(' ') : '';
  }

  /** What is read, or asked: a wrong reply must be refused, the right one taken. */
  private confirm(): void {
    const { step, attempt, solver } = this;
    if (!solver.prepare(step)) return this.report('is never ready: its setup does not end, or the packet it asks about cannot be sent.');
    const { state } = this;
    if (step.predict && (state?.kind !== 'active' || state.hops?.length === 0)) return this.report('asks about a packet that cannot be sent when it begins.');
    if (step.quiz ?? step.answer ?? step.predict) {
      solver.wait(QUIET_US, () => {
        const right = attempt.rightReply(step.id);
        return right.ok && right.value !== undefined;
      });
      const right = attempt.rightReply(step.id);
      if (right.ok && right.value?.text?.trim() === '')
        return this.report(`asks for what its command does not print: "${step.answer?.command}" prints nothing.`);
      const refused = attempt.confirm(step.id, { choice: (step.quiz?.answer ?? 0) + 1, text: 'something else', choices: [] }, 'en');
      if (refused.ok) return this.report('takes a wrong answer.');
    }
    const failed = solver.confirm(step);
    if (failed !== undefined) this.report(`cannot be confirmed: ${failed}`);
    else if (step.check.length === 0) this.checkShown();
  }

  /** Nothing is done for a while, then something that no step asks for. */
  private isUnsolved(): boolean {
    const { lab, solver, step } = this;
    if (!solver.prepare(step) && !this.isDone) {
      this.report('is never ready: its setup does not end.');
      return false;
    }
    const isSolved = (): boolean => this.isDone || (isConfirmed(step) && this.missing() === '');
    solver.wait(QUIET_US, () => this.isDone);
    if (isSolved()) {
      this.report('is solved before anything is done: ask for something that is not there when it begins.');
      return false;
    }
    for (const node of lab.nodes) solver.command(node, 'true');
    solver.wait(100_000, () => this.isDone);
    if (isSolved() && this.isDone) {
      this.report('is solved by any command: make the pattern of its check match what it asks for, and nothing else.');
      return false;
    }
    if (this.missing() !== '') return true;
    this.report('does not say what is missing.');
    return false;
  }

  private checkShown(): void {
    const shown = this.attempt.shown(this.step.id);
    for (const { node, command, lines, place } of shown.ok ? shown.value : []) {
      const output = this.outputs.get(`${node} ${command}`) ?? this.solver.command(node, command).output;
      const line = missingLine(lines, output);
      if (line !== undefined) this.report(`shows the output "${line}" of "${command}" on ${node}, which prints:\n${indent(output)}`, place);
    }
  }

  /** With the effect taken away each check must speak up, and hold again once it is there again. */
  private checkRevert(): void {
    const { step, lab, solver } = this;
    const sinceUs = lab.simulation.nowUs + 1;
    const reverted = this.revert();
    if (reverted !== undefined) return this.report(`cannot be reverted: ${reverted}`);
    const holding = (): readonly number[] => this.verdicts(sinceUs).flatMap((one, index) => (one === undefined ? [index] : []));
    solver.wait(STEP_LIMIT_US, () => holding().length === 0);
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
    solver.wait(STEP_LIMIT_US, () => lasting().length === 0);
    if (lasting().length > 0) this.report(`is not solved a second time, after its revert: ${lasting().join(' ')}`);
  }
  private verdicts(sinceUs: number): readonly ({ readonly en: string } | undefined)[] {
    const verdicts = this.attempt.verdicts(this.step.id, sinceUs);
    return verdicts.ok ? verdicts.value : [];
  }

  private solve(): string | undefined {
    return this.solver.solve(this.step, (node, command, output) => void this.outputs.set(`${node} ${command}`, output));
  }
  private revert(): string | undefined {
    const actions = this.attempt.revert(this.step.id);
    if (!actions.ok) return actions.error.message;
    for (const action of actions.value) {
      if (action.kind === 'command') {
        const { status, output } = this.solver.command(action.node, action.command);
        if (status !== 0) return `"${action.command}" on ${action.node} ends with ${status}: ${output.trim()}`;
        continue;
      }
      const failed = this.solver.act(action.kind === 'apply' ? { apply: action.experiment } : { undo: action.experiment });
      if (failed !== undefined) return failed;
    }
    return undefined;
  }
}

const kindOf = (step: StepDefinition, index: number): string => Object.keys(step.check[index] ?? {})[0] ?? '';
const indent = (text: string): string =>
  text
    .trimEnd()
    .split(/\r*\n/)
    .map((line) => `    ${line}`)
    .join('\n');
