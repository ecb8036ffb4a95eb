/**
 * Goal: an experiment says beforehand what will happen, that happens, and its undo takes it back. Method: every experiment in one lab of each kind of
 * network; the lab is real packets and daemons, the prediction is a twin's.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diffSnapshots, differenceWords, type Snapshot } from '../snapshot/index.ts';
import { createLab } from './create.ts';
import { parseLabFile } from './lab-file.ts';
import type { Lab } from './lab.ts';

/** All of them in one lab with daemons and one without a cluster; in the others, what is different there. */
const LABS: readonly (readonly [string, RegExp])[] = [
  ['flannel-host-gw', /./],
  ['bridge', /./],
  ['bash-cni', /masquerade|delete-bridge|port-out|scale/],
  ['flannel-vxlan', /remove-route|flannel|small-mtu/],
  ['route-table', /forward-policy|block-port/],
  ['calico-ipip', /forward-drop|block-port|loss/],
];

function labOf(name: string): Lab {
  const { value } = parseLabFile(name, readFileSync(`resources/labs/${name}.yaml`, 'utf8'));
  const lab = createLab(value!, { seed: 3, epochMs: 1_700_000_000_000 });
  rest(lab);
  return lab;
}
const rest = (lab: Lab): void => void lab.simulation.runUntil(lab.simulation.nowUs + 8_000_000);

/** What experiments may leave: what the cluster itself counts and names, caches, and a table that came into being with its chains empty. */
const differences = (before: Snapshot, after: Snapshot): readonly string[] =>
  diffSnapshots(before, after)
    .map((one) => differenceWords(one, 'en'))
    .filter((words) => !/neighbour|fe80|ff02|conntrack|learned|kube-flannel-ds|filter came: iptables -t filter -P/i.test(words));

describe.each(LABS)('%s', (name, which) => {
  const ids = labOf(name)
    .experiments('en')
    .filter(({ id, notNow }) => notNow === undefined && which.test(id))
    .map(({ id }) => id);

  test.each(ids)('%s happens as predicted, and is undone', (id) => {
    const lab = labOf(name);
    // neighbours are known, so that forgetting them can be seen
    const known = lab.probe();
    if (known.ok) lab.runPending(known.value);
    const before = lab.snapshot();
    const plan = lab.experiments('en').find((one) => one.id === id)!;
    expect(plan.prediction, 'the commands can be tried').toBeDefined();
    expect(lab.experiments('zh').find((one) => one.id === id)!.explanation).toMatch(/[\u4e00-\u9fff]/);
    const begun = lab.applyExperiment(id, 'en');
    const run = begun.ok ? lab.runPending(begun.value, 300_000_000) : undefined;
    const { breaks, mends, measures } = plan.prediction!;
    expect({ state: run?.state, outcomes: run?.outcomes.filter(({ status }) => status !== 0), broke: run?.broke, mended: run?.mended }).toEqual({
      state: 'applied',
      outcomes: [],
      broke: breaks,
      mended: mends,
    });
    expect(run!.measures!.map(({ title, after }) => ({ title, expected: after }))).toEqual(measures);
    expect(run!.verdict).toBe('as-predicted');
    const undoing = lab.undoExperiment(run!.run, 'en');
    const undone = undoing.ok ? lab.runPending(undoing.value, 300_000_000) : undefined;
    expect({ state: undone?.state, broke: undone?.broke, mended: undone?.mended }).toEqual({ state: 'undone', broke: run!.mended, mended: run!.broke });
    rest(lab);
    if (id !== 'kill-pause') expect(differences(before, lab.snapshot())).toEqual([]);
    lab.close();
  });
});
