/**
 * What is wrong in the labs that are up. A diagnosis is many twins asked everything: between any two of them the rest of the app has its turn. The latest
 * of each lab is kept, to be shown in another language and to be acted on.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { refuse, type CommandOutcome, type DiagnosisView, type FixRun, type Locale } from '../../shared/ipc/index.ts';
import { diagnosing, diagnosisView, diffSnapshots, findingId, provable, type DiagnosisReport, type NodeCommand } from '../../shared/lab/index.ts';
import type { LabGuest } from './labs.ts';
import type { Program, RunningLab, Snapshot } from './provider.ts';

/** A neighbour that was given up is asked for again by the next packet, and the first answers may be late. */
const PROOFS = 3;
/** So often a lab is looked at that goes on changing, and so long lies between. */
const LOOKS = 4;
const CHANGING_MS = 1_500;
/** What a command of a fix prints is shown when it fails. */
const MOST_OUTPUT = 16_384;

export class Diagnoses implements LabGuest {
  private readonly reports = new Map<string, DiagnosisReport>();

  async run(lab: RunningLab, locale: Locale): Promise<DiagnosisView> {
    return diagnosisView(await this.look(lab), locale);
  }
  latest(lab: string, locale: Locale): DiagnosisView | null {
    const report = this.reports.get(lab);
    return report ? diagnosisView(report, locale) : null;
  }
  async fix(lab: RunningLab, id: string, locale: Locale): Promise<FixRun> {
    const report = this.reports.get(lab.id);
    const finding = report?.findings.find((one) => findingId(one) === id);
    if (!report || !finding) return refuse('not-found', 'This is not among the latest findings: diagnose again.', { lab: lab.id });
    if (!finding.fix) return refuse('not-possible', 'No fix is known for this finding.', { lab: lab.id });
    const outcomes: CommandOutcome[] = [];
    for (const command of finding.fix.commands) {
      const outcome = await carryOut(lab, command);
      outcomes.push(outcome);
      if (outcome.status !== 0) break;
    }
    const proof = outcomes.every(({ status }) => status === 0) ? await prove(lab, provable(report, finding)) : undefined;
    return { outcomes, ...(proof && { proof }), diagnosis: await this.run(lab, locale) };
  }
  labStopping(lab: string): void {
    this.reports.delete(lab);
  }

  /** What fails in a lab that is still changing (it has just come up, a daemon catches up) is looked at again when it has changed. */
  private async look(lab: RunningLab): Promise<DiagnosisReport> {
    let snapshot = await lab.snapshot();
    for (let times = 1; ; times++) {
      const report = await inPieces(snapshot);
      const isWell = report.findings.length === 0 && report.unexplained.length === 0;
      if (!isWell && times < LOOKS && !lab.isPaused) {
        await pause(CHANGING_MS);
        const later = await lab.snapshot();
        if (diffSnapshots(snapshot, later).length > 0) {
          snapshot = later;
          continue;
        }
      }
      this.reports.set(lab.id, report);
      return report;
    }
  }
}

async function inPieces(snapshot: Snapshot): Promise<DiagnosisReport> {
  const work = diagnosing(snapshot);
  for (;;) {
    await turn();
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

async function carryOut(lab: RunningLab, { node, command }: NodeCommand): Promise<CommandOutcome> {
  const program = await lab.exec({ target: node, argv: ['bash', '-c', command] });
  const { status, output } = await finished(program);
  return { node, command, status, output };
}
function finished(program: Program): Promise<{ readonly status: number; readonly output: string }> {
  program.closeInput();
  const pieces: Uint8Array[] = [];
  const drain = (): void => {
    for (let data = program.read(65_536); data?.length; data = program.read(65_536)) pieces.push(data);
    for (let data = program.readError(65_536); data?.length; data = program.readError(65_536)) pieces.push(data);
  };
  program.onReadable(drain);
  return new Promise((resolve) =>
    program.onExit((status) => {
      drain();
      resolve({ status, output: Buffer.concat(pieces).toString('utf8').slice(0, MOST_OUTPUT) });
    }),
  );
}

/** Echo requests between the places that the fix should have brought together. */
async function prove(lab: RunningLab, pairs: readonly { readonly from: string; readonly to: string }[]): Promise<FixRun['proof']> {
  const known = new Set(lab.endpoints().map(({ id }) => id));
  const asked = pairs.filter(({ from, to }) => known.has(from) && known.has(to));
  if (asked.length === 0 || !lab.capabilities.canTrace) return undefined;
  let left = asked;
  for (let times = 0; times < PROOFS && left.length > 0; times++) {
    const results = await lab.probe(left);
    left = results.filter(({ reached }) => !reached).map(({ from, to }) => ({ from, to }));
  }
  return { asked: asked.length, answered: asked.length - left.length };
}
