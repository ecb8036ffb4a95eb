/**
 * Goal: a lab on this machine's kernel is the lab that the simulator shows: the same routes and addresses, the same way of a packet; nothing of it is left
 * when it is down, however the app ended; no name is taken for a command.
 * Method: the lab file that comes with the program and one of hostile names, brought up for real. Needs user namespaces, iproute2 and the CNI plugins; where
 * they are missing these tests fail and say what is.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContent } from '../../electron/content.ts';
import { findPlaces } from '../../electron/places.ts';
import { finished } from '../../electron/labs/live/pipe-program.ts';
import { namespacesProvider } from '../../electron/labs/namespaces.ts';
import { clearLeftovers, writeState } from '../../electron/labs/namespaces/leftovers.ts';
import { explain, obstacles } from '../../electron/labs/namespaces/obstacles.ts';
import type { RunningLab } from '../../electron/labs/provider.ts';
import { requestOutcome } from '../../shared/ipc/index.ts';
import { simulatedProvider } from '../../electron/labs/simulated.ts';

const LAB = 'flannel-host-gw';
const reports: string[] = [];
let home = '';
let lab: RunningLab;
let simulated: RunningLab;

const provider = () => {
  const places = { ...findPlaces(), home };
  return namespacesProvider({ places, content: openContent(places), report: (message) => reports.push(message) });
};
const hubs = (): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()];
      } catch {
        return [];
      }
    });
async function run(on: RunningLab, target: string, ...argv: [string, ...string[]]): Promise<string> {
  const { status, stdout, stderr } = await finished(await on.exec({ target, argv }));
  return `${stdout}${stderr}${status === 0 ? '' : `[${status}]\n`}`;
}

beforeAll(async () => {
  expect(await obstacles(), 'these tests make real namespaces').toBeUndefined();
  home = mkdtempSync(join(tmpdir(), 'podwalk-ns-'));
  const content = openContent({ ...findPlaces(), home });
  [lab, simulated] = await Promise.all([provider().start(LAB), simulatedProvider(content, '1', () => undefined).start(LAB)]);
}, 60_000);
afterAll(async () => {
  await lab.stop();
  await simulated.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('the same lab on both', () => {
  /** In the node, or in its first pod: their namespaces have the same names in both. */
  const inside = async (on: RunningLab, target: string, ...argv: [string, ...string[]]): Promise<string> => {
    const [node = '', place] = target.split(' ');
    if (place === undefined) return run(on, node, ...argv);
    const [netns = ''] = (await run(simulated, node, 'ls', '/run/netns')).split('\n');
    return run(on, node, 'ip', 'netns', 'exec', netns, ...argv);
  };
  it.each(['controlplane', 'node-1', 'node-2', 'controlplane pod', 'node-1 pod', 'node-2 pod'])(
    '%s has the routes that it has in the simulator',
    async (target) => {
      expect(await inside(lab, target, 'ip', 'route')).toBe(await inside(simulated, target, 'ip', 'route'));
    },
  );
  it.each(['controlplane', 'node-1', 'node-1 pod'])('%s has the addresses that it has in the simulator', async (target) => {
    // the names and numbers of ports, MAC addresses and what follows from them are chance; queueing depends on the card
    const shape = (text: string): string =>
      text
        .replaceAll(/veth[0-9a-f]+/g, 'vethX')
        .replaceAll(/@if\d+/g, '')
        .replaceAll(/[0-9a-f]{2}(?::[0-9a-f]{2}){5}/g, 'MAC')
        .replaceAll(/fe80::[0-9a-f:]+\/64/g, 'LINKLOCAL')
        .replaceAll(/qdisc \S+/g, 'qdisc Q')
        .replaceAll(/ link-netnsid \d+| link-netns \S+/g, '')
        .replaceAll(/scope (link|host) (?:tentative |proto \S+ |noprefixroute )*$/gm, 'scope $1 ')
        .replaceAll(/ qlen 1000/g, '');
    expect(shape(await inside(lab, target, 'ip', 'addr'))).toBe(shape(await inside(simulated, target, 'ip', 'addr')));
  });
  it('a packet goes from pod to pod by both nodes', async () => {
    expect(await run(lab, 'node-1/hello-1', 'ping', '-c', '2', '-i', '0.2', '10.244.2.2')).toContain('2 packets transmitted, 2 received, 0% packet loss');
    const hops = (text: string): string[] => [...text.matchAll(/^ ?\d+ {2}(\S+)/gm)].map(([, hop]) => hop!);
    for (const on of [lab, simulated])
      expect(hops(await inside(on, 'node-1 pod', 'traceroute', '-n', '-q', '1', '10.244.2.2'))).toEqual(['10.244.1.1', '192.168.56.12', '10.244.2.2']);
  });
  it('every pod reaches every other', async () => {
    expect((await lab.probe()).filter((one) => !one.reached)).toEqual([]);
  });
});

describe('a node', () => {
  it('sees itself alone', async () => {
    expect(await run(lab, 'node-2', 'hostname')).toBe('node-2\n');
    expect((await run(lab, 'node-2', 'ip', 'netns', 'list')).trim().split('\n')).toHaveLength(1);
    const processes = await run(lab, 'node-2', 'ps', '-eo', 'pid=,args=');
    expect(processes).toMatch(/^ +1 \/sbin\/init$/m);
    expect(processes.trim().split('\n').length).toBeLessThan(12);
    expect(await run(lab, 'node-1/hello-1', 'hostname')).toBe('hello-1\n');
    expect(await run(lab, 'node-1/hello-1', 'ps', '-eo', 'pid=,args=')).toMatch(/^ +1 \/pause$/m);
  });
  it('answers behind its NAT as VirtualBox does', async () => {
    // a name is answered at once: there is none
    expect(await run(lab, 'node-1', 'timeout', '3', 'getent', 'hosts', 'nowhere.example')).toBe('[2]\n');
    expect(await run(lab, 'node-1', 'ping', '-c', '1', '10.0.2.2')).toContain('1 received');
  });
  it('passes on exit statuses, signals, input and words as they are', async () => {
    const words = ['$(touch /tmp/x)', "a'b", 'c"d', '`id`', '; reboot', '\\', '', 'ä 漢'] as const;
    expect(await run(lab, 'node-1', 'printf', '[%s]', ...words)).toBe(words.map((word) => `[${word}]`).join(''));
    expect((await finished(await lab.exec({ target: 'node-1', argv: ['sh', '-c', 'cat; exit 7'] }), 'in')).status).toBe(7);
    expect((await finished(await lab.exec({ target: 'node-1', argv: ['cat'] }), 'in')).stdout).toBe('in');
    expect((await finished(await lab.exec({ target: 'node-1', argv: ['nothing-like-it'] }))).status).toBe(127);
    const sleeper = await lab.exec({ target: 'node-1', argv: ['sh', '-c', 'trap "echo got it; exit 5" TERM; echo ready; while :; do sleep 0.05; done'] });
    const done = finished(sleeper);
    await new Promise((resolve) => setTimeout(resolve, 500));
    sleeper.signal('TERM');
    expect(await done).toMatchObject({ status: 5, stdout: 'ready\ngot it\n' });
  });
});

describe('what is seen', () => {
  it('is the network as it is, with pods by name and wires between nodes', async () => {
    const snapshot = await lab.snapshot();
    const node = snapshot.nodes.find((one) => one.name === 'node-1')!;
    expect(node.namespaces).toHaveLength(2);
    const [own, pod] = node.namespaces;
    expect(own!.sysctls['net.ipv4.ip_forward']).toBe('1');
    expect(own!.routes.map((route) => route.text)).toContain('10.244.2.0/24 via 192.168.56.12 dev eth1');
    expect(own!.iptables.map((table) => table.table).sort()).toEqual(['filter', 'nat']);
    expect(pod!.links.find((link) => link.name === 'eth0')!.link).toEqual({
      ifindex: own!.links.find((link) => link.kind === 'veth' && link.master !== undefined)!.ifindex,
      netnsId: 0,
    });
    expect(snapshot.segments).toMatchObject([{ name: 'host-only network', ports: [{ node: 'controlplane' }, { node: 'node-1' }, { node: 'node-2' }] }]);
    const boxes = lab.topology().boxes.map((box) => `${box.kind} ${box.label}`);
    expect(boxes).toEqual(expect.arrayContaining(['pod hello-1', 'pod hello-2', 'segment host-only network', 'bridge cni0', 'outside NAT']));
    expect(lab.endpoints().find((endpoint) => endpoint.id === 'node-1/hello-1')).toMatchObject({ address: '10.244.1.2', status: 'Running' });
  });
  it('changes with the kernel', async () => {
    await lab.snapshot();
    const told = new Promise<void>((resolve) => lab.onChange(resolve));
    lab.topology();
    expect(await run(lab, 'node-2', 'ip', 'link', 'add', 'new0', 'type', 'bridge')).toBe('');
    await told;
    await lab.snapshot();
    expect(lab.topology().boxes.map((box) => box.id)).toContain('node-2/new0');
  });
});

describe('a packet that is followed', () => {
  it('is sent for real, and goes by the routers that the trace tells', async () => {
    const { hops, sent } = await lab.trace('node-1/hello-1', 'node-2/hello-2', { kind: 'icmp' });
    expect(requestOutcome({ id: 0, startedUs: 0, hops }).kind).toBe('delivered');
    expect(sent).toMatchObject({ answered: true, expected: true, agrees: true });
    expect(sent!.routers.map(({ place, seen }) => [place, seen])).toEqual([
      ['node-1', '10.244.1.1'],
      ['node-2', '192.168.56.12'],
    ]);
    const tcp = await lab.trace('node-1/hello-1', 'node-2/hello-2', { kind: 'tcp', port: 80 });
    expect(tcp.sent).toMatchObject({ answered: true, agrees: true });
  });
  it('is dropped where the trace says so', async () => {
    await run(lab, 'node-2', 'sysctl', '-w', 'net.ipv4.ip_forward=0');
    const { sent } = await lab.trace('node-1/hello-1', 'node-2/hello-2', { kind: 'icmp' });
    await run(lab, 'node-2', 'sysctl', '-w', 'net.ipv4.ip_forward=1');
    expect(sent).toMatchObject({ answered: false, expected: false, agrees: true });
  });
});

describe('an experiment', () => {
  const cells = async (): Promise<string[]> => (await lab.probe()).filter((one) => !one.reached).map((one) => `${one.from} ${one.to}`);
  const forwarding = (node: string): Promise<string> => run(lab, node, 'cat', '/proc/sys/net/ipv4/ip_forward');
  it('breaks what was predicted, and is taken back on the node', async () => {
    const plan = (await lab.experiments('en')).find((one) => one.id === 'ip-forward-off')!;
    const applied = await lab.applyExperiment('ip-forward-off', 'en');
    const { node } = plan.commands[0]!;
    expect([applied.state, await forwarding(node)]).toEqual(['applied', '0\n']);
    const sorted = (pairs: readonly { from: string; to: string }[]): string[] => pairs.map((one) => `${one.from} ${one.to}`).sort();
    expect(sorted(applied.broke)).toEqual(sorted(plan.prediction!.breaks));
    const undone = await lab.undoExperiment(applied.run, 'en');
    expect([undone.state, await forwarding(node), await cells()]).toEqual(['undone', '1\n', []]);
  });
  it('that is kept stays, and nothing of it is left on the node', async () => {
    const applied = await lab.applyExperiment('ip-forward-off', 'en');
    expect((await lab.keepExperiment(applied.run, 'en')).state).toBe('kept');
    const { node } = applied.outcomes[0]!;
    expect(await forwarding(node)).toBe('0\n');
    expect(
      await run(lab, node, 'sh', '-c', 'ls -d /tmp/podwalk-undo.* 2>/dev/null; pgrep -f podwalk-undo | grep -vx "$$"; sysctl -qw net.ipv4.ip_forward=1'),
    ).not.toContain('/tmp/podwalk-undo');
  });
});

describe('the cluster', () => {
  it('is what kubectl shows, and a pod that it makes is there', async () => {
    const kubectl = async (...words: string[]) => finished(await lab.exec({ target: 'controlplane', argv: ['kubectl', ...words], onCluster: true }));
    expect((await kubectl('get', 'nodes', '-o', 'name')).stdout).toBe('node/controlplane\nnode/node-1\nnode/node-2\n');
    await kubectl('run', 'third', '--image=busybox', '--', 'sleep', '1000');
    for (let i = 0; i < 100 && !lab.endpoints().some((endpoint) => endpoint.label === 'third'); i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (i % 10 === 9) await lab.snapshot();
    }
    const inside = await kubectl('exec', 'third', '--', 'sh', '-c', 'hostname; exit 3');
    expect([inside.stdout, inside.status]).toEqual(['third\n', 3]);
    expect((await kubectl('exec', 'nobody', '--', 'true')).stderr).toBe('Error from server (NotFound): pods "nobody" not found\n');
    const third = lab.endpoints().find((endpoint) => endpoint.label === 'third')!;
    expect(await run(lab, third.id, 'ping', '-c', '1', '10.244.1.2')).toContain('1 received');
    await kubectl('delete', 'pod', 'third', '--grace-period=0', '--force');
    for (let i = 0; i < 100 && lab.endpoints().some((endpoint) => endpoint.label === 'third'); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(lab.endpoints().some((endpoint) => endpoint.label === 'third')).toBe(false);
  });
  it('told of nothing that went wrong', () => {
    expect(reports).toEqual([]);
  });
});

describe('every lab that comes with the program', () => {
  it.each(['bash-cni', 'bridge', 'flannel-vxlan', 'route-table', 'two-namespaces', 'vxlan-pair'])(
    '%s comes up, and its pods reach each other',
    async (name) => {
      const said: string[] = [];
      const places = { ...findPlaces(), home };
      const one = await namespacesProvider({ places, content: openContent(places), report: (message) => said.push(message) }).start(name);
      try {
        expect(said).toEqual([]);
        expect((await one.probe()).filter((probe) => !probe.reached)).toEqual([]);
        for (const { id } of one.endpoints()) expect(await run(one, id, 'ip', '-br', 'link', 'show', 'lo')).toMatch(/^lo /);
      } finally {
        await one.stop();
      }
    },
  );
});

describe('hostile names', () => {
  it('of interfaces and of a lab are words, never commands', async () => {
    mkdirSync(join(home, 'labs'), { recursive: true });
    const names = ['$(id)', "a'b#c", '`x`;y', '-x', '"'];
    const cards = names.map((name, i) => `      ${JSON.stringify(name)}: { network: lan, address: 10.9.0.${i + 1}/24 }\n`).join('');
    writeFileSync(
      join(home, 'labs/evil.yaml'),
      `lab: 1\ntitle: { en: A, zh: B }\nsummary: { en: A, zh: B }\nnetworks:\n  lan: { kind: segment, title: lan, subnet: 10.9.0.0/24 }\nnodes:\n  one:\n    interfaces:\n${cards}    setup: echo done > /root/done\n`,
    );
    const evil = await provider().start('evil');
    try {
      const [node] = (await evil.snapshot()).nodes;
      expect(node!.namespaces[0]!.links.map((link) => link.name)).toEqual(['lo', ...names]);
      expect(await run(evil, 'one', 'cat', '/root/done')).toBe('done\n');
      await run(evil, 'one', 'ip', 'netns', 'add', 'a b\n$(id)');
      const again = await evil.snapshot();
      expect(again.nodes[0]!.namespaces.map((netns) => netns.name)).toEqual(['', 'a b\n$(id)']);
    } finally {
      await evil.stop();
    }
    expect(hubs().filter((line) => line === 'podwalk lab evil')).toEqual([]);
  });
});

describe('what is left', () => {
  it('nothing, when the app is killed', async () => {
    const script = readFileSync(join(findPlaces().resources, 'namespaces/lab.pl'), 'utf8');
    const app = spawn(process.execPath, [
      '-e',
      `const c = require('node:child_process').spawn('perl', ['-e', process.argv[1], 'killed', '', 'one'], { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'], detached: true });
       c.stdio[4].once('data', () => console.log(c.pid)); setInterval(() => {}, 1000);`,
      script,
    ]);
    const pid = await new Promise<number>((resolve) => app.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))));
    const left = () => hubs().filter((line) => line === 'podwalk lab killed' || line === 'podwalk node one');
    expect(left()).toHaveLength(2);
    app.kill('SIGKILL');
    for (let i = 0; i < 100 && left().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(left()).toEqual([]);
    expect(pid).toBeGreaterThan(0);
  });
  it('what was written down is ended when its app is gone, and only that', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podwalk-left-'));
    const sleeper = spawn('sleep', ['1000']);
    await writeState(folder, 'mine', [sleeper.pid!]);
    expect(await clearLeftovers(folder)).toEqual([]); // its app is this one
    const file = join(folder, readdirSync(folder)[0]!);
    const state = JSON.parse(readFileSync(file, 'utf8')) as { owner: { startTime: string }; processes: { startTime: string }[] };
    const gone = { ...state, owner: { ...state.owner, startTime: '1' } };
    writeFileSync(file, JSON.stringify({ ...gone, processes: [{ ...state.processes[0]!, startTime: '2' }] }));
    expect(await clearLeftovers(folder)).toEqual([]); // another process has the number now
    expect(sleeper.exitCode).toBeNull();
    writeFileSync(file, JSON.stringify(gone));
    const ended = new Promise((resolve) => sleeper.once('exit', resolve));
    expect(await clearLeftovers(folder)).toEqual(['mine']);
    await ended;
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

describe('where it is forbidden, the setting is named', () => {
  it.each([
    [{ '/proc/sys/kernel/unprivileged_userns_clone': '0' }, 'kernel.unprivileged_userns_clone=0'],
    [{ '/proc/sys/user/max_user_namespaces': '0' }, 'user.max_user_namespaces=0'],
    [{ '/proc/sys/user/max_net_namespaces': '0' }, 'user.max_net_namespaces=0'],
    [{ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1' }, 'kernel.apparmor_restrict_unprivileged_userns=1'],
    [{}, 'unshare: Operation not permitted'],
  ])('%o', (settings: Record<string, string>, word) => {
    const said = explain('unshare: Operation not permitted', (path) => settings[path]);
    expect(said).toContain(word);
    expect(said).toContain('Simulated labs work without it.');
  });
});
