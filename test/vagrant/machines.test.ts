/**
 * Goal: machines of the real Vagrant go through everything that the provider does with them. Method: one run over two real guests (provider.rb), each
 * step standing on the one before; what is in the machines is asked of the machines themselves, over SSH.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVagrant } from '../../electron/labs/vagrant/process.ts';
import type { VagrantProject } from '../../electron/labs/vagrant/project.ts';
import { vagrantProjects } from '../../electron/labs/vagrant/projects.ts';
import { vagrantProvider } from '../../electron/labs/vagrant/provider.ts';
import type { MachineLogin } from '../../electron/labs/vagrant/ssh-config.ts';

const home = mkdtempSync(join(tmpdir(), 'podwalk-vagrant-test-'));
const here = import.meta.dirname;
const started = performance.now();
const places = { home: join(home, 'data'), resources: join(here, '../../resources') };
let project: VagrantProject;
let logins: readonly MachineLogin[] = [];
const figures: string[] = [];

beforeAll(async () => {
  // a folder of its own, so that what Vagrant keeps is not left here
  mkdirSync(join(home, 'lab'));
  writeFileSync(join(home, 'lab', 'Vagrantfile'), `load '${join(here, 'Vagrantfile')}'\n`);
  process.env['VAGRANT_DEFAULT_PROVIDER'] = 'guest';
  project = await vagrantProjects(places).get(await vagrantProjects(places).add(join(home, 'lab')));
  process.env['VAGRANT_HOME'] = join(home, 'vagrant-home');
  await command(join(here, 'image'), []);
});
afterAll(async () => {
  await runVagrant(project.place, ['destroy', '--force']);
  rmSync(home, { recursive: true, force: true });
  console.log(`vagrant: ${figures.join(', ')}; all in ${seconds(started)}`);
});

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(0)} s`;
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const sinceMs = performance.now();
  const value = await work();
  figures.push(`${what} ${seconds(sinceMs)}`);
  return value;
}
function command(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${file} ${args.join(' ')}: ${stderr || error.message}`)) : resolve(stdout),
    );
  });
}
function on(machine: string, script: string): Promise<string> {
  const login = logins.find((one) => one.machine === machine)!;
  const options = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-o',
    'BatchMode=yes',
    '-i',
    login.identityFiles[0]!,
  ];
  return command('ssh', [...options, '-p', String(login.port), `${login.user}@${login.host}`, 'sudo', 'bash', '-c', `'${script.replaceAll("'", `'\\''`)}'`]);
}
const states = () => Object.fromEntries(project.machines.map(({ name, state }) => [name, state]));
/** Of qemu, whose machines these are. */
const guestsRunning = (): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(home);
    } catch {
      return false;
    }
  }).length;

test('cancelled while it boots: it says so, and the machine is what Vagrant left', async () => {
  const stopper = new AbortController();
  const stopListening = project.onChange(() => {
    if (project.work?.progress.machines().some(({ phase }) => phase === 'waiting') === true) stopper.abort();
  });
  const { failure } = await timed('cancelled up', () => project.perform({ kind: 'up', machines: ['node-1'] }, stopper.signal));
  stopListening();
  expect(failure).toMatchObject({ trouble: 'cancelled', phase: 'waiting' });
  expect(['running', 'poweroff']).toContain(states()['node-1']);
});

test('up: both machines, and their scripts', async () => {
  const { failure } = await timed('up', () => project.perform({ kind: 'up' }));
  expect(failure).toBeUndefined();
  expect(states()).toEqual({ controlplane: 'running', 'node-1': 'running' });
  // node-1 was cancelled before its scripts ran, and Vagrant takes them for done: they run when they are asked for
  const { failure: again } = await project.perform({ kind: 'provision', machines: ['node-1'] });
  expect(again).toBeUndefined();
});

test('they are what VirtualBox would make: the same NAT address on each, and a network between them', async () => {
  logins = await project.logins(['controlplane', 'node-1']);
  expect(logins.map(({ machine, user, host, checksHostKey }) => [machine, user, host, checksHostKey])).toEqual([
    ['controlplane', 'vagrant', '127.0.0.1', false],
    ['node-1', 'vagrant', '127.0.0.1', false],
  ]);
  const addresses = await Promise.all(['controlplane', 'node-1'].map((machine) => on(machine, 'ip -4 -br addr show | awk "{ print \\$1, \\$3 }"')));
  expect(addresses).toEqual([
    'lo 127.0.0.1/8\neth0 10.0.2.15/24\neth1 192.168.56.10/24\ncni0 10.244.0.1/24\n',
    'lo 127.0.0.1/8\neth0 10.0.2.15/24\neth1 192.168.56.11/24\ncni0 10.244.1.1/24\n',
  ]);
});

const WALK = 'ip netns exec pod-2 ping -c 1 -W 5 10.244.1.3 | grep -o "ttl=[0-9]*"';
test('from pod to pod over both machines; broken, and put right by the snapshot of before', async () => {
  expect(await on('controlplane', WALK)).toBe('ttl=62\n');
  await timed('snapshot', () => project.perform({ kind: 'snapshot', machines: ['controlplane'], name: 'before the change' }));
  expect(project.snapshots).toEqual(new Map([['controlplane', ['before the change']]]));
  await on('controlplane', 'ip route del 10.244.1.0/24');
  await expect(on('controlplane', WALK)).rejects.toThrow();
  const { failure } = await timed('restore', () => project.perform({ kind: 'restore', machines: ['controlplane'], name: 'before the change' }));
  expect(failure).toBeUndefined();
  expect(await on('controlplane', WALK)).toBe('ttl=62\n');
});

test('as a lab: its nodes, their pods and their wires; a change that is seen, and undone', async () => {
  const lab = await timed('observed', async () => {
    return vagrantProvider({ places, report: () => undefined }).start('lab');
  });
  try {
    expect([lab.provider, lab.nodes]).toEqual(['vagrant', ['controlplane', 'node-1']]);
    const snapshot = await lab.snapshot();
    expect(snapshot.nodes.map((node) => node.namespaces.map(({ name }) => name))).toEqual([
      ['', 'pod-2', 'pod-3'],
      ['', 'pod-2', 'pod-3'],
    ]);
    expect(snapshot.segments.map(({ name, ports }) => [name, ports.map(({ node }) => node)])).toEqual([['192.168.56.0/24', ['controlplane', 'node-1']]]);
    const cards = snapshot.nodes.map((node) => node.namespaces[0]!.links.filter(({ card }) => card?.kind === 'nat').map(({ name }) => name));
    expect(cards).toEqual([['eth0'], ['eth0']]);
    expect(lab.endpoints().map(({ id, address }) => `${id} ${address}`)).toContain('node-1 192.168.56.11');
    const mtu = async (): Promise<number> => (await lab.snapshot()).nodes[1]!.namespaces[0]!.links.find(({ name }) => name === 'cni0')!.mtu;
    for (const [command, expected] of [
      ['ip link set cni0 mtu 1400', 1400],
      ['ip link set cni0 mtu 1500', 1500],
    ] as const) {
      const program = await lab.exec({ target: 'node-1', argv: ['sudo', ...command.split(' ')] });
      expect(await new Promise((resolve) => program.onExit(resolve))).toBe(0);
      expect(await mtu()).toBe(expected);
    }
  } finally {
    await lab.stop();
  }
});

test('suspended, and resumed where it was', async () => {
  await on('node-1', 'echo 42 > /run/kept');
  await timed('suspend', () => project.perform({ kind: 'suspend' }));
  expect([states(), guestsRunning()]).toEqual([{ controlplane: 'saved', 'node-1': 'saved' }, 0]);
  const { failure } = await timed('resume', () => project.perform({ kind: 'resume' }));
  expect(failure).toBeUndefined();
  expect(await on('node-1', 'cat /run/kept')).toBe('42\n');
});

test('halted, and destroyed after a question that named them', async () => {
  await timed('halt', () => project.perform({ kind: 'halt', machines: ['node-1'] }));
  expect(states()).toEqual({ controlplane: 'running', 'node-1': 'poweroff' });
  const { confirmation, machines } = await project.askDestroy();
  expect(machines).toEqual(['controlplane', 'node-1']);
  await timed('destroy', () => project.perform({ kind: 'destroy', confirmation }));
  expect([states(), guestsRunning()]).toEqual([{ controlplane: 'not_created', 'node-1': 'not_created' }, 0]);
});
