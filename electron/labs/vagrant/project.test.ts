/** What can be done with machines, in which order Vagrant is asked, and what is refused; and a command that is cancelled. Vagrant is played by recordings, or by a small script. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseVagrantOutput } from './machine-readable.ts';
import { runVagrant, vagrantEnvironment } from './process.ts';
import { VagrantProject } from './project.ts';

const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'podwalk-vagrant-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each command answers with a recording. */
function project(answers: Readonly<Record<string, { text: string; status?: number }>> = {}, nowMs = () => 0) {
  const asked: string[] = [];
  const run: typeof runVagrant = (_, args, options) => {
    asked.push(args.join(' '));
    const answer = answers[args.join(' ')] ?? answers[args[0]!] ?? { text: args[0] === 'status' ? sample('status.txt') : '' };
    const { lines, problems } = parseVagrantOutput(answer.text);
    for (const line of lines) options?.onLine?.(line);
    return Promise.resolve({ status: answer.status ?? 0, lines, strays: problems.map(({ text }) => text), wasCancelled: options?.signal?.aborted === true });
  };
  return { asked, project: new VagrantProject({ place: { folder, provider: 'guest' }, run, nowMs }) };
}

describe('what can be done', () => {
  test.each([
    [{ kind: 'up' } as const, 'up'],
    [{ kind: 'suspend', machines: ['node-1'] } as const, 'suspend node-1'],
    [{ kind: 'halt', machines: ['controlplane', 'node-1'] } as const, 'halt controlplane node-1'],
    [{ kind: 'snapshot', name: 'before all' } as const, 'snapshot save before all'],
    [{ kind: 'restore', machines: ['node-1'], name: 'x' } as const, 'snapshot restore node-1 x'],
  ])('%j', async (action, command) => {
    const { asked, project: machines } = project({ 'snapshot list': { text: sample('snapshot-list.txt') } });
    const outcome = await machines.perform(action);
    expect(asked.slice(0, 3)).toEqual(['status', command, 'status']);
    expect(outcome).toMatchObject({ action: action.kind, machines: [{ name: 'controlplane' }, { name: 'node-1' }] });
    expect(outcome.failure).toBeUndefined();
  });
  test('machines that do not exist yet are made by the provider that was chosen', async () => {
    const { asked, project: machines } = project({ status: { text: sample('status.txt').replaceAll('running', 'not_created') } });
    await machines.perform({ kind: 'up' });
    expect(asked[1]).toBe('up --provider guest');
  });
  test('a failure is told, with the state it leaves', async () => {
    const { project: machines } = project({ up: { text: sample('up-provisioner-failed.txt'), status: 1 } });
    expect((await machines.perform({ kind: 'up' })).failure).toMatchObject({ trouble: 'provisioner', machines: ['controlplane', 'node-1'] });
    expect(machines.work).toBeUndefined();
  });
  test.each(['--force', '-x', ' a', '', 'a/b', 'a\nb', 'a'.repeat(101)])('no name for a snapshot: %j', async (name) => {
    await expect(project().project.perform({ kind: 'snapshot', name })).rejects.toMatchObject({ code: 'invalid-request' });
  });
  test('a machine that the Vagrantfile does not have, such as an option', async () => {
    const { asked, project: machines } = project();
    await expect(machines.perform({ kind: 'halt', machines: ['--force'] })).rejects.toMatchObject({ code: 'not-found' });
    expect(asked).toEqual(['status']);
  });
  test('logins', async () => {
    const { project: machines } = project({ 'ssh-config': { text: sample('ssh-config.txt') } });
    await machines.status();
    expect((await machines.logins(['node-1'])).map(({ machine, port }) => [machine, port])).toEqual([
      ['controlplane', 41101],
      ['node-1', 37883],
    ]);
  });
});

describe('destroying', () => {
  test('needs a confirmation that named the machines, once', async () => {
    const { asked, project: machines } = project();
    await expect(machines.perform({ kind: 'destroy', confirmation: 'yes' })).rejects.toMatchObject({ code: 'not-possible' });
    const { confirmation, machines: named } = await machines.askDestroy(['node-1']);
    expect(named).toEqual(['node-1']);
    await machines.perform({ kind: 'destroy', confirmation });
    expect(asked.filter((command) => command.startsWith('destroy'))).toEqual(['destroy --force node-1']);
    await expect(machines.perform({ kind: 'destroy', confirmation })).rejects.toMatchObject({ code: 'not-possible' });
  });
  test('a confirmation does not last', async () => {
    let nowMs = 0;
    const { project: machines } = project({}, () => nowMs);
    const { confirmation } = await machines.askDestroy();
    nowMs = 6 * 60_000;
    await expect(machines.perform({ kind: 'destroy', confirmation })).rejects.toMatchObject({ code: 'not-possible' });
  });
  test('where nothing exists there is nothing to ask', async () => {
    const { project: machines } = project({ status: { text: sample('status.txt').replaceAll('running', 'not_created') } });
    await expect(machines.askDestroy()).rejects.toMatchObject({ code: 'not-possible' });
  });
});

describe('a command that runs', () => {
  const script = (body: string): string => {
    const file = join(folder, `program-${Math.random()}`);
    writeFileSync(file, `#!/bin/bash\n${body}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  test('its lines as they come, what is none of them, its status', async () => {
    const program = script(
      `echo '1,node-1,state,running'; echo 'a warning of Ruby' >&2; printf '2,,ui,info,%s' "$*|$VAGRANT_CWD|$VAGRANT_LOG|$RUBYOPT"; exit 3`,
    );
    process.env['VAGRANT_LOG'] = 'debug';
    const end = await runVagrant({ folder }, ['up', "it's; echo $HOME"], { program });
    delete process.env['VAGRANT_LOG'];
    expect(end).toEqual({
      status: 3,
      lines: [
        { atS: 1, machine: 'node-1', type: 'state', data: ['running'] },
        { atS: 2, machine: '', type: 'ui', data: ['info', `--machine-readable up it's; echo $HOME|${folder}||`] },
      ],
      strays: ['a warning of Ruby'],
      wasCancelled: false,
    });
  });
  test('cancelled: it is interrupted, and may tidy up', async () => {
    const stopper = new AbortController();
    const program = script(`trap 'echo "2,,ui,warn,tidied"; exit 1' INT; echo '1,,ui,info,begun'; while :; do sleep 0.05; done`);
    const end = await runVagrant({ folder }, ['up'], { program, signal: stopper.signal, onLine: ({ data }) => data[1] === 'begun' && stopper.abort() });
    expect(end).toMatchObject({ status: 1, wasCancelled: true });
    expect(end.lines.map(({ data }) => data[1])).toEqual(['begun', 'tidied']);
  });
  test('cancelled and deaf: it is ended, with what it started', async () => {
    const stopper = new AbortController();
    const program = script(`trap '' INT; sleep 600 & echo "1,,ui,info,$!"; while :; do sleep 0.05; done`);
    let started = 0;
    const onLine = ({ data }: { readonly data: readonly string[] }): void => {
      started = Number(data[1]);
      stopper.abort();
    };
    const end = await runVagrant({ folder }, ['up'], { program, signal: stopper.signal, askMs: 100, onLine });
    expect(end).toMatchObject({ status: 137, wasCancelled: true });
    await expect.poll(() => isThere(started)).toBe(false);
  });
  test('a program that is not there', async () => {
    await expect(runVagrant({ folder }, ['status'], { program: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'ENOENT' });
  });
  test('its environment is chosen', () => {
    const env = {
      PATH: '/bin',
      HOME: '/root',
      VAGRANT_HOME: '/h',
      VAGRANT_CWD: '/else',
      VAGRANT_VAGRANTFILE: 'x',
      VAGRANT_DOTFILE_PATH: 'y',
      VAGRANT_LOG: 'debug',
      RUBYOPT: '-w',
      GEM_HOME: '/g',
      BASH_ENV: '/b',
    };
    expect(vagrantEnvironment({ folder: '/lab', file: 'Other', state: '/state', provider: 'libvirt' }, env)).toEqual({
      PATH: '/bin',
      HOME: '/root',
      VAGRANT_HOME: '/h',
      VAGRANT_CWD: '/lab',
      VAGRANT_VAGRANTFILE: 'Other',
      VAGRANT_DOTFILE_PATH: '/state',
      VAGRANT_DEFAULT_PROVIDER: 'libvirt',
      VAGRANT_NO_COLOR: '1',
      VAGRANT_CHECKPOINT_DISABLE: '1',
      VAGRANT_BOX_UPDATE_CHECK_DISABLE: '1',
    });
  });
});

const isThere = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
