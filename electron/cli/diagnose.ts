/**
 * `podwalk diagnose`: what is wrong in a lab that is up, in a fresh one, or in a snapshot. Exits 1 if there are findings; with --fix, if any are left.
 */
import {
  diagnose as diagnosed,
  findingWords,
  matrixWords,
  planFault,
  possibleFaults,
  type DiagnosisReport,
  type Finding,
  type NodeCommand,
  type Snapshot,
} from '../../shared/lab/index.ts';
import type { Program } from '../labs/provider.ts';
import { labByName } from './lab-by-name.ts';
import { borrowLab } from './running.ts';
import { savedSnapshot } from './snapshot.ts';
import { localeOption, printJson } from './table.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

/** What is looked at, and mended. */
interface Patient {
  snapshot(): Promise<Snapshot>;
  /** The exit status. */
  run(command: NodeCommand): Promise<number>;
  giveBack(): Promise<void>;
}
type Locale = 'en' | 'zh';

export async function diagnose({ options, operands }: Arguments): Promise<number> {
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError(`--locale is en or zh, not ${JSON.stringify(options['locale'])}`);
  const patient = await patientNamed(operands[0]!, options['provider']);
  try {
    const fault = options['with'];
    if (fault === '?') {
      process.stdout.write(`${possibleFaults(await patient.snapshot()).join('\n')}\n`);
      return 0;
    }
    if (typeof fault === 'string') await putIn(patient, fault);
    const report = diagnosed(await patient.snapshot());
    const isJson = options['json'] === true;
    if (options['fix'] !== true) {
      if (isJson) printJson(plain(report));
      else process.stdout.write(formatReport(report, locale));
      return report.findings.length > 0 || report.unexplained.length > 0 ? 1 : 0;
    }
    if (!isJson) process.stdout.write(formatReport(report, locale));
    for (const finding of report.findings) for (const command of finding.fix?.commands ?? []) await carryOut(patient, command, isJson);
    const after = report.findings.length === 0 ? report : diagnosed(await patient.snapshot());
    if (isJson) printJson({ before: plain(report), after: plain(after) });
    else if (report.findings.length > 0) process.stdout.write(`\n${WORDS.afterwards[locale]}\n${formatReport(after, locale)}`);
    return after.findings.length > 0 || after.unexplained.length > 0 ? 1 : 0;
  } finally {
    await patient.giveBack();
  }
}

async function putIn(patient: Patient, fault: string): Promise<void> {
  const snapshot = await patient.snapshot();
  const plan = planFault(fault, snapshot);
  if (!plan) throw new UsageError(`--with is one of ${possibleFaults(snapshot).join(', ')}, not ${JSON.stringify(fault)}`);
  for (const command of plan.commands) await carryOut(patient, command, true);
}
async function carryOut(patient: Patient, command: NodeCommand, isQuiet: boolean): Promise<void> {
  if (!isQuiet) process.stdout.write(`${command.node}# ${command.command}\n`);
  const status = await patient.run(command);
  if (status !== 0) throw new Failure(`${command.node}: ${command.command}: exit status ${status}`);
}

/** kube-proxy and its like catch up with what was done. */
const SETTLE_US = 5_000_000;

async function patientNamed(name: string, provider: string | boolean | undefined): Promise<Patient> {
  const saved = provider === undefined ? savedSnapshot(name) : undefined;
  if (saved)
    return {
      snapshot: () => Promise.resolve(saved),
      run: () => Promise.reject(new Failure(`${name} is a snapshot: nothing can be run there`)),
      giveBack: () => Promise.resolve(),
    };
  const borrowed = await borrowLab(name, provider);
  if (borrowed) {
    const { lab } = borrowed;
    const run = async ({ node, command }: NodeCommand): Promise<number> => statusOf(await lab.exec({ target: node, argv: ['bash', '-c', command] }));
    return { snapshot: () => lab.snapshot(), run, giveBack: () => borrowed.giveBack() };
  }
  const lab = await labByName(name);
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  return {
    snapshot: () => Promise.resolve(lab.snapshot()),
    run({ node, command }) {
      const started = lab.exec({ target: node, argv: ['bash', '-c', command] });
      if (!started.ok) return Promise.reject(new Failure(started.error.message));
      const session = started.value;
      session.closeInput();
      while (session.exitStatus === undefined && lab.simulation.runUntil(lab.simulation.nowUs + 10_000) !== 'held') drain(session);
      return Promise.resolve(session.exitStatus ?? 1);
    },
    giveBack: () => Promise.resolve(lab.close()),
  };
}
/** What it prints is its error, if it fails; otherwise nobody wants it. */
function statusOf(program: Program): Promise<number> {
  program.closeInput();
  const read = (): void => {
    while (program.read(65_536)?.length);
    for (let data = program.readError(65_536); data?.length; data = program.readError(65_536)) process.stderr.write(data);
  };
  program.onReadable(read);
  return new Promise((resolve) =>
    program.onExit((status) => {
      read();
      resolve(status);
    }),
  );
}
function drain(session: { read(limit: number): string; readError(limit: number): string }): void {
  while (session.read(65_536) !== '');
  for (let text = session.readError(65_536); text !== ''; text = session.readError(65_536)) process.stderr.write(Buffer.from(text, 'latin1'));
}

/** Without the traces of the matrix. */
const plain = ({ matrix, ...report }: DiagnosisReport): object => ({ ...report, matrix: matrix.cells.map(({ trace: _trace, ...cell }) => cell) });

const WORDS = {
  evidence: { en: 'Evidence', zh: '证据' },
  see: { en: 'See it', zh: '查看' },
  pairs: { en: 'Fails', zh: '不通' },
  fix: { en: 'Fix', zh: '修复' },
  unexplained: { en: 'No cause is known for', zh: '原因不明' },
  unknown: { en: 'Not modelled', zh: '未建模' },
  unread: { en: 'Not read', zh: '未能读取' },
  nothing: { en: 'Nothing wrong was found', zh: '没有发现问题' },
  afterwards: { en: 'Afterwards:', zh: '修复之后：' },
} as const;
const MOST = 5;
const listed = (items: readonly string[], locale: Locale): string =>
  `${items.slice(0, MOST).join('; ')}${items.length > MOST ? (locale === 'zh' ? `；等 ${items.length} 对` : `; and ${items.length - MOST} more`) : ''}`;

export function formatReport({ findings, unexplained, unknown, unread, matrix }: DiagnosisReport, locale: Locale): string {
  const colon = locale === 'zh' ? '：' : ': ';
  const tail = (what: 'unexplained' | 'unknown' | 'unread', items: readonly string[]): string =>
    items.length === 0 ? '' : `${WORDS[what][locale]}${colon}${listed(items, locale)}\n`;
  const all = matrixWords(matrix, locale);
  return [
    ...findings.map((finding, i) => formatFinding(finding, i + 1, locale)),
    findings.length === 0 && unexplained.length === 0
      ? `${WORDS.nothing[locale]}${colon}${all}${locale === 'zh' ? '。' : '.'}\n`
      : `${all}${locale === 'zh' ? '。' : '.'}\n`,
    tail('unexplained', unexplained),
    tail(
      'unknown',
      unknown.map(({ pair, what }) => `${pair} (${what})`),
    ),
    tail(
      'unread',
      unread.map(({ node, what }) => `${node} ${what}`),
    ),
  ].join('');
}

function formatFinding(finding: Finding, number: number, locale: Locale): string {
  const words = findingWords(finding, locale);
  const line = (what: keyof typeof WORDS, text: string): string => `   ${WORDS[what][locale]}${locale === 'zh' ? '：' : ': '}${text}\n`;
  const { fix } = finding;
  const told = fix
    ? `${fix.commands.map(({ node, command }) => `${node}# ${command}`).join('\n        ')}\n        (${fixWords(fix, locale)})`
    : (words.noFix ?? '');
  return [
    `${number}. ${words.title} [${finding.code}]\n   ${words.cause}\n`,
    ...finding.evidence.map(({ source, text }) => line('evidence', `${source}${locale === 'zh' ? '：' : ': '}${text}`)),
    line('see', `${finding.see.node}# ${finding.see.command}`),
    finding.pairs.length === 0 ? '' : line('pairs', listed(finding.pairs, locale)),
    line('fix', told),
    '\n',
  ].join('');
}
function fixWords({ mends, leaves }: NonNullable<Finding['fix']>, locale: Locale): string {
  if (locale === 'zh') return `在孪生实验室中试过：${mends.length} 对恢复，没有一对变坏${leaves.length > 0 ? `；还有 ${leaves.length} 对仍不通` : ''}`;
  return `tried in a twin: ${mends.length} pairs work again, none is worse${leaves.length > 0 ? `; ${leaves.length} still fail` : ''}`;
}
