/** Goal: the real Vagrant takes our Vagrantfile, and is understood where it refuses. No machine boots: what does is in machines.test.ts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHost } from '../../electron/labs/vagrant/host.ts';
import { runVagrant } from '../../electron/labs/vagrant/process.ts';
import { VagrantProject } from '../../electron/labs/vagrant/project.ts';

const home = mkdtempSync(join(tmpdir(), 'podwalk-vagrantfile-test-'));
const ours = { folder: join(import.meta.dirname, '../../resources/vagrant'), state: join(home, 'ours') };
const guests = { folder: import.meta.dirname, state: join(home, 'guests'), provider: 'guest' };

beforeAll(() => {
  process.env['VAGRANT_HOME'] = join(home, 'vagrant-home');
});
afterAll(() => {
  delete process.env['VAGRANT_HOME'];
  rmSync(home, { recursive: true, force: true });
});

test('our Vagrantfile is valid, and has three machines', async () => {
  const valid = await runVagrant(ours, ['validate', '--ignore-provider']);
  expect([valid.status, valid.strays]).toEqual([0, []]);
  expect((await new VagrantProject({ place: ours }).status()).map(({ name, state }) => [name, state])).toEqual([
    ['controlplane', 'not_created'],
    ['node-1', 'not_created'],
    ['node-2', 'not_created'],
  ]);
});

test('its version is told', async () => {
  expect((await readHost(guests)).vagrant).toMatch(/^\d+\.\d+\.\d+/);
});

test('a machine that does not boot: which, in which step, and what it leaves; then it is destroyed', async () => {
  const project = new VagrantProject({ place: guests });
  process.env['PODWALK_TEST_REFUSE'] = 'VERR_NO_MEMORY';
  const { failure, machines } = await project.perform({ kind: 'up', machines: ['node-1'] });
  delete process.env['PODWALK_TEST_REFUSE'];
  expect(failure).toMatchObject({ trouble: 'no-memory', machines: ['node-1'], phase: 'booting', step: 'Booting VM...' });
  expect(machines.map(({ name, state }) => [name, state])).toEqual([
    ['controlplane', 'not_created'],
    ['node-1', 'poweroff'],
  ]);
  const { confirmation, machines: named } = await project.askDestroy();
  expect(named).toEqual(['node-1']);
  const { failure: none, machines: after } = await project.perform({ kind: 'destroy', confirmation });
  expect([none, after.map(({ state }) => state)]).toEqual([undefined, ['not_created', 'not_created']]);
});

test('a Vagrantfile that is none: where it breaks', async () => {
  const folder = join(home, "it's a lab; $(true)");
  mkdirSync(folder);
  writeFileSync(join(folder, 'Vagrantfile'), 'x = (\n');
  await expect(new VagrantProject({ place: { folder } }).status()).rejects.toMatchObject({
    error: { code: 'not-possible', details: { trouble: 'vagrantfile' } },
  });
});
