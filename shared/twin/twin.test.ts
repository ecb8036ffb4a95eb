/** The laws of twins: what was read, built and read again is the same, and packets fare in it as in the lab. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLab, parseLabFile } from '../lab/index.ts';
import { Twin } from './index.ts';

const LABS = readdirSync('resources/labs').filter((name) => name.endsWith('.yaml'));

/** kube-proxy and its like catch up with the pods. */
const SETTLE_US = 5_000_000;

test.each(LABS)('%s: the snapshot of its twin is its snapshot, and who reaches whom is the same', (name) => {
  const { value } = parseLabFile(name.replace('.yaml', ''), readFileSync(`resources/labs/${name}`, 'utf8'));
  const lab = createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  const snapshot = lab.snapshot();
  const twin = new Twin(snapshot);
  expect(twin.problems).toEqual([]);
  expect(twin.snapshot()).toEqual(snapshot);

  const matrix = twin.matrix();
  expect(matrix.cells.filter(({ outcome }) => outcome !== 'ok').map(({ from, to, how }) => `${from} ${to} ${how}`)).toEqual([]);
  // what the lab itself has a name for
  const named = new Set(lab.endpoints().map(({ id }) => id));
  const pairs = matrix.cells
    .filter(({ protocol, from, to }) => protocol.kind === 'icmp' && named.has(from) && named.has(to))
    .map(({ from, to }) => ({ from, to }));
  const asked = lab.probe(pairs);
  expect(asked.ok && lab.runPending(asked.value)?.filter(({ reached }) => !reached)).toEqual([]);
  lab.close();
});
