/** What the window is shown of machines, in both languages, while something is done with them. Vagrant is played by a script that prints recordings. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MachinesView } from '../../../shared/ipc/index.ts';
import type { Log } from '../../log.ts';
import { Machines } from './machines.ts';

const home = mkdtempSync(join(tmpdir(), 'podwalk-machines-'));
const path = process.env['PATH'];
const lab = join(home, 'a lab');
const log = { info: () => undefined, error: () => undefined } as unknown as Log;
const machines = new Machines({ home, resources: join(import.meta.dirname, '../../../resources') }, log);

beforeAll(() => {
  const samples = join(import.meta.dirname, 'samples');
  mkdirSync(join(home, 'bin'));
  const script = `#!/bin/bash
case "$*" in
*--version*) echo 'Vagrant 2.3.4' ;;
*status*) cat '${samples}/status.txt' ;;
*'snapshot list'*) cat '${samples}/snapshot-list.txt' ;;
*' up'*) cat '${samples}/up-provisioner-failed.txt'; while [ ! -e '${home}/go-on' ]; do sleep 0.02; done; exit 1 ;;
esac
`;
  writeFileSync(join(home, 'bin', 'vagrant'), script, { mode: 0o755 });
  process.env['PATH'] = `${join(home, 'bin')}:${path}`;
  mkdirSync(lab);
  writeFileSync(join(lab, 'Vagrantfile'), "Vagrant.configure('2') { |config| config.vm.box = 'x/y' }\n");
});
afterAll(async () => {
  await machines.close();
  process.env['PATH'] = path;
  rmSync(home, { recursive: true, force: true });
});

async function seen(views: AsyncIterable<MachinesView>, isIt: (view: MachinesView) => boolean): Promise<MachinesView> {
  for await (const view of views) if (isIt(view)) return view;
  throw new Error('the stream ended before it was seen');
}

test('the list: ours, and what was opened, once', async () => {
  expect((await machines.list()).map(({ project, isOwn }) => [project, isOwn])).toEqual([['kubernetes', true]]);
  const opened = await machines.open(lab);
  expect(opened).toEqual({ project: 'a-lab', file: join(lab, 'Vagrantfile'), isOwn: false });
  expect(await machines.open(join(lab, 'Vagrantfile'))).toEqual(opened);
  expect((await machines.list()).map(({ project }) => project)).toEqual(['kubernetes', 'a-lab']);
  await expect(machines.open(join(home, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
});

test('what is seen: states, snapshots, checks in the reader’s language', async () => {
  const view = await seen(await machines.watch('a-lab', 'zh'), ({ checks }) => checks !== undefined);
  expect(view).toMatchObject({
    project: 'a-lab',
    file: join(lab, 'Vagrantfile'),
    machines: [
      { name: 'controlplane', state: 'running', provider: 'guest', snapshots: [] },
      { name: 'node-1', state: 'running', provider: 'guest', snapshots: ['before all'] },
    ],
    checks: [{ verdict: 'fine', text: '已安装 Vagrant 2.3.4。' }],
  });
});

test('what goes on, and how it failed', async () => {
  const views = await machines.watch('a-lab', 'en');
  await machines.begin('a-lab', { kind: 'up' });
  await expect(machines.begin('a-lab', { kind: 'halt' })).rejects.toMatchObject({ code: 'not-possible' });
  const during = await seen(views, ({ work }) => (work?.output.length ?? 0) > 10);
  expect(during.work?.machines.map(({ machine, phase, step }) => [machine, phase, step])).toEqual([
    ['controlplane', 'provisioning', 'pods (shell)'],
    ['node-1', 'provisioning', 'pods (shell)'],
  ]);
  writeFileSync(join(home, 'go-on'), '');
  const after = await seen(await machines.watch('a-lab', 'en'), ({ outcome }) => outcome !== undefined);
  expect(after.work).toBeUndefined();
  expect(after.outcome?.failure).toMatchObject({ machines: ['controlplane', 'node-1'], phase: 'provisioning', step: 'pods (shell)' });
  expect(after.outcome?.failure?.lastLines.at(-1)).toBe('RTNETLINK answers: File exists');
  expect(after.outcome?.failure?.advice).toMatch(/^A script of the Vagrantfile failed/);
});

test('taken off the list', async () => {
  await machines.close('a-lab');
  expect((await machines.list()).map(({ project }) => project)).toEqual(['kubernetes']);
});
