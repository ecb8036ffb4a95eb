/**
 * Goal: the commands of a lab that is up, as scripts use them: with a file, a pipe or nothing as their input, with its status as theirs.
 * Method: the built command, a simulated lab that is up in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const LAB = 'two-namespaces';
const command = join(import.meta.dirname, '../../out/cli/podwalk.js');
let home = '';

function podwalk(
  argv: readonly string[],
  stdin: 'ignore' | number | { readonly text: string } = 'ignore',
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], {
    env: { ...process.env, PODWALK_HOME: home, LANG: 'C' },
    encoding: 'utf8',
    timeout: 50_000,
    ...(typeof stdin === 'object' ? { input: stdin.text } : { stdio: [stdin, 'pipe', 'pipe'] as const }),
  });
  return { status, out: stdout, err: stderr };
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'podwalk-up-'));
  const up = podwalk(['up', LAB, '--detach']);
  expect([up.status, up.err]).toEqual([0, '']);
});
afterAll(() => {
  podwalk(['down', LAB]);
  rmSync(home, { recursive: true, force: true });
});

const REACHES = 'ip netns exec ns1 ping -q -c 1 192.168.1.2 | grep -o "1 received"; touch /tmp/was-here; exit 3';

it.each([
  ['nothing', 'ignore'],
  ['a file', openSync(import.meta.filename, 'r')],
  ['a pipe', { text: 'unread\n' }],
] as const)('a command whose input is %s', (_, stdin) => {
  expect(podwalk(['exec', LAB, 'host', '--', 'bash', '-c', REACHES], stdin)).toEqual({ status: 3, out: '1 received\n', err: '' });
});

it('what one command leaves the next one finds, until the lab is down', () => {
  expect(podwalk(['exec', LAB, 'host', '--', 'ls', '/tmp/was-here'])).toMatchObject({ status: 0, out: '/tmp/was-here\n' });
  expect(podwalk(['exec', LAB, 'host', '--', 'cat'], { text: 'through\nand through\n' })).toEqual({ status: 0, out: 'through\nand through\n', err: '' });
  expect(podwalk(['down', LAB]).status).toBe(0);
  expect(podwalk(['exec', LAB, 'host', '--', 'ls', '/tmp/was-here'])).toMatchObject({ status: 2 });
});
