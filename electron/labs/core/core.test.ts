/**
 * Goal: a lab that is up in one process is the same lab for another: programs with their streams, statuses and signals, views, refusals; only its user gets at it.
 * Method: a simulated lab published on its socket and attached to from the same process.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContent } from '../../content.ts';
import { findPlaces } from '../../places.ts';
import { finished } from '../live/pipe-program.ts';
import type { RunningLab } from '../provider.ts';
import { simulatedProvider } from '../simulated.ts';
import type { RemoteLab } from './remote-lab.ts';
import { attachLab, labsUp, publishLab, runFolder } from './sockets.ts';

const LAB = 'flannel-host-gw';
const bugs: unknown[] = [];
let home = '';
let lab: RunningLab;
let published: { close(): void };
let remote: RemoteLab;
let stops = 0;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'podwalk-core-'));
  lab = await simulatedProvider(openContent({ ...findPlaces(), home }), '1', (error) => bugs.push(error)).start(LAB);
  published = await publishLab(
    home,
    lab,
    () => Promise.resolve(void stops++),
    (error) => bugs.push(error),
  );
  remote = (await attachLab(home, LAB))!;
});
afterAll(async () => {
  published.close();
  await lab.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('the socket', () => {
  it('is for its user alone', () => {
    expect(lstatSync(runFolder(home)).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(runFolder(home), `${LAB}.sock`)).mode & 0o777).toBe(0o600);
  });
  it('is found by name, and no other lab is', async () => {
    expect(await labsUp(home)).toMatchObject([{ id: LAB, provider: 'simulated', pid: process.pid }]);
    expect(await attachLab(home, 'another')).toBeUndefined();
    expect(await attachLab(home, '../../etc')).toBeUndefined();
  });
  it('is no second time published, and one that nobody answers is in no way', async () => {
    await expect(
      publishLab(
        home,
        lab,
        () => Promise.resolve(),
        () => undefined,
      ),
    ).rejects.toThrow('is up in another process');
    writeFileSync(join(runFolder(home), 'dead.sock'), '');
    const dead = await publishLab(
      home,
      { ...lab, id: 'dead' },
      () => Promise.resolve(),
      () => undefined,
    );
    dead.close();
    expect(readdirSync(runFolder(home))).toEqual([`${LAB}.sock`]);
  });
});

describe('the lab on its other end', () => {
  it('looks the same', async () => {
    expect(remote.nodes).toEqual(lab.nodes);
    expect(remote.topology()).toEqual(JSON.parse(JSON.stringify(lab.topology())));
    expect(remote.endpoints()).toEqual(lab.endpoints());
    expect((await remote.snapshot()).nodes).toHaveLength(3);
    expect(remote.capabilities).toEqual({ ...lab.capabilities, canSave: false, canRunLessons: false });
  });
  it.each([
    [['bash', '-c', 'printf "[%s]" "$@"', 'bash', "a'b", '$(x)', '', 'ä 漢'], '', { status: 0, stdout: "[a'b][$(x)][][ä 漢]", stderr: '' }],
    [['sh', '-c', 'cat; echo no >&2; exit 3'], 'in', { status: 3, stdout: 'in', stderr: 'no\n' }],
    [['wc', '-c'], 'x'.repeat(9_000), { status: 0, stdout: '9000\n', stderr: '' }],
  ] as [[string, ...string[]], string, object][])('runs %j', async (argv, stdin, expected) => {
    expect(await finished(await remote.exec({ target: 'node-1', argv }), stdin)).toEqual(expected);
  });
  it('passes signals on', async () => {
    const sleeper = await remote.exec({ target: 'node-1', argv: ['sleep', '1000'] });
    const done = finished(sleeper);
    sleeper.signal('TERM');
    expect((await done).status).toBe(143);
  });
  it('has terminals', async () => {
    const shell = await remote.openShell('node-1', { columns: 80, rows: 24 });
    let shown = '';
    shell.onReadable(() => {
      for (let data = shell.read(4096); data; data = shell.read(4096)) shown += Buffer.from(data).toString();
    });
    shell.resize({ columns: 100, rows: 30 });
    shell.write(Buffer.from('stty size; exit 4\n'));
    expect(await new Promise((resolve) => shell.onExit(resolve))).toBe(4);
    expect(shown).toContain('30 100');
  });
  it('refuses as it does', async () => {
    await expect(remote.exec({ target: 'node-9', argv: ['true'] })).rejects.toThrow('node-9');
    await expect(remote.startAttempt()).rejects.toThrow('is up in another process');
  });
  it('tells of changes, and of its end', async () => {
    const seen = (): boolean => remote.topology().boxes.some((box) => box.id === 'node-1/new0');
    expect(seen()).toBe(false);
    const changed = new Promise<void>((resolve) => remote.onChange(() => seen() && resolve()));
    await finished(await remote.exec({ target: 'node-1', argv: ['ip', 'link', 'add', 'new0', 'type', 'bridge'] }));
    await changed;
    await remote.stop();
    expect(stops).toBe(1);
    expect(bugs).toEqual([]);
  });
});
