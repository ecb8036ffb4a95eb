/**
 * The table fault × lab: each fault is put into a twin of each kind of lab, diagnosed as itself and nothing else, mended so that all is as it was, and
 * taken out again without a trace. A healthy lab has no finding.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DIAGNOSES, diagnose, findingWords, Situation } from '../diagnose/index.ts';
import { createLab, parseLabFile } from '../lab/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { Twin } from '../twin/index.ts';
import { FAULTS, planFault } from './faults.ts';

const SETTLE_US = 5_000_000;
/** One of each way in which nodes reach each other's pods. */
const LABS = ['flannel-host-gw', 'flannel-vxlan', 'route-table', 'bash-cni'];

function snapshotOf(name: string): Snapshot {
  const { value } = parseLabFile(name, readFileSync(`resources/labs/${name}.yaml`, 'utf8'));
  const lab = createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  const snapshot = lab.snapshot();
  lab.close();
  return snapshot;
}

test('every diagnosis has its words in both languages, and is found once', () => {
  expect(new Set(DIAGNOSES.map(({ code }) => code)).size).toBe(DIAGNOSES.length);
  for (const { words } of DIAGNOSES) for (const one of [words.en, words.zh]) expect([one.title, one.cause].every((text) => text.length > 5)).toBe(true);
  for (const { code } of FAULTS) expect(DIAGNOSES.map((one) => one.code)).toContain(code);
});

/** Without looking for a fix. */
const firstFinding = (situation: Situation) => DIAGNOSES.find(({ find }) => find(situation).length > 0)?.code;

describe.each(LABS)('%s', (name) => {
  const healthy = snapshotOf(name);

  test('nothing is wrong in a healthy lab', () => {
    const { findings, unexplained, unknown } = diagnose(healthy);
    expect({ findings, unexplained, unknown }).toEqual({ findings: [], unexplained: [], unknown: [] });
  });

  const fitting = FAULTS.filter(({ code, needsLab }) => !needsLab && planFault(code, healthy)).map(({ code }) => code);
  test.each(fitting)('%s is found as itself, mended, and taken out', (code) => {
    const plan = planFault(code, healthy)!;
    const twin = new Twin(healthy);
    for (const { node, command } of plan.commands) expect(twin.run(node, command), command).toMatchObject({ status: 0 });
    const broken = twin.snapshot();
    const { findings, unexplained } = diagnose(broken);
    expect(findings.map((finding) => finding.code)).toEqual([code]);
    expect(unexplained).toEqual([]);
    const [finding] = findings;
    for (const locale of ['en', 'zh'] as const) expect(Object.values(findingWords(finding!, locale)).join(' ')).not.toMatch(/[{}]|undefined/);

    const mended = new Twin(broken);
    for (const { node, command } of finding!.fix!.commands) expect(mended.run(node, command), command).toMatchObject({ status: 0 });
    // that nothing else is found afterwards, the diagnosis has looked for itself: it would have told it as a second finding
    expect(mended.matrix().cells.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);

    for (const { node, command } of plan.undo) expect(twin.run(node, command), command).toMatchObject({ status: 0 });
    expect(firstFinding(new Situation(twin.snapshot(), twin.matrix()))).toBeUndefined();
  });
});

test('what needs Kubernetes or files is found in a lab', () => {
  const { value } = parseLabFile('flannel-host-gw', readFileSync('resources/labs/flannel-host-gw.yaml', 'utf8'));
  const lab = createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
  const run = (node: string, command: string): void => {
    const started = lab.exec({ target: node, argv: ['bash', '-c', command] });
    if (!started.ok) throw new Error(started.error.message);
    while (started.value.exitStatus === undefined) lab.simulation.runUntil(lab.simulation.nowUs + 10_000);
    expect(started.value.exitStatus, command).toBe(0);
  };
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  for (const { code } of FAULTS.filter(({ needsLab }) => needsLab)) {
    const plan = planFault(code, lab.snapshot())!;
    for (const { node, command } of plan.commands) run(node, command);
    lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
    expect(diagnose(lab.snapshot()).findings.map((finding) => [finding.code, finding.noFix])).toEqual([[code, 'needs-kubernetes']]);
    for (const { node, command } of plan.undo) run(node, command);
    lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
    expect(diagnose(lab.snapshot()).findings).toEqual([]);
  }
  lab.close();
});
