/** What is predicted in a twin is what then happens in the lab. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLab, parseLabFile } from '../lab/index.ts';

test('each experiment does what was predicted', () => {
  const { value } = parseLabFile('flannel-host-gw', readFileSync('resources/labs/flannel-host-gw.yaml', 'utf8'));
  const lab = createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
  const text = (pairs: readonly { readonly from: string; readonly to: string }[]) => pairs.map(({ from, to }) => `${from} ${to}`).sort();
  for (const { id } of lab.experiments('en')) {
    const plan = lab.experiments('en').find((one) => one.id === id)!;
    const begun = lab.applyExperiment(id, 'en');
    const run = begun.ok ? lab.runPending(begun.value)! : undefined;
    expect({ id, breaks: text(plan.prediction!.breaks), mends: text(plan.prediction!.mends) }).toEqual({
      id,
      breaks: text(run!.broke),
      mends: text(run!.mended),
    });
    expect(run!.broke.length).toBeGreaterThan(0);
    const undone = lab.undoExperiment(run!.run, 'en');
    if (undone.ok) lab.runPending(undone.value);
  }
  lab.close();
});
