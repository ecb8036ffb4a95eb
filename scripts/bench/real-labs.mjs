/**
 * Labs on the real kernel: three nodes and ten pods come up, beside the bare namespaces and wires made by hand; a node of 110 pods is read over SSH on
 * loopback; a change is seen. Needs Linux, user namespaces, iproute2, the CNI plugins, OpenSSH.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { loadModule, root } from './lib/bundle.mjs';
import { median, ms, ratio, report } from './lib/report.mjs';

const RUNS = 7;
const PODS = 10;
const MANY = 110;
const CHANGES = 60;

const folder = mkdtempSync(join(tmpdir(), 'podwalk-bench-'));
/** @param {number[]} values */
const p95 = (values) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? NaN;
/** @param {() => unknown} run */
async function timed(run) {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

// --- a lab comes up ---
const { namespacesProvider } = await loadModule('electron/labs/namespaces.ts');
const { openContent } = await loadModule('electron/content.ts');
const { findPlaces } = await loadModule('electron/places.ts');
mkdirSync(join(folder, 'labs'));
const source = readFileSync(join(root, 'resources/labs/flannel-host-gw.yaml'), 'utf8');
const pods = Array.from({ length: PODS - 2 }, (_, i) => `    - { name: p-${i}, image: nginx, node: node-${1 + (i % 2)} }\n`).join('');
writeFileSync(join(folder, 'labs/ten-pods.yaml'), source.replace(/ {2}pods:\n[^]*$/, `  pods:\n${pods}`));
const places = { ...findPlaces(root), home: folder };
const provider = namespacesProvider({ places, content: openContent(places), report: (/** @type {string} */ message) => console.error(message) });
/** @type {number[]} */
const ups = [];
for (let run = 0; run < RUNS; run++) {
  /** @type {any} */
  let lab;
  ups.push(await timed(async () => (lab = await provider.start('ten-pods'))));
  const there = lab.endpoints().filter((/** @type {{ kind: string, address?: string }} */ one) => one.kind === 'pod' && one.address !== undefined).length;
  if (there !== PODS) throw new Error(`there are ${there} pods and not ${PODS}`);
  await lab.stop();
}
const byHand = [
  'mount -t tmpfs none /run && mkdir /run/netns',
  'make() { for i in $(seq 13); do echo "netns add n$i"; done; echo "link add br0 type bridge"; echo "link set br0 up"',
  'for i in $(seq 13); do echo "link add v$i type veth peer name eth0 netns n$i"; echo "link set v$i master br0 up"; done; }',
  'make | ip -batch -',
  'for i in $(seq 13); do printf "link set lo up\\nlink set eth0 up\\naddr add 10.0.0.$i/24 dev eth0\\n" | ip -n n$i -batch -; done',
].join('\n');
const hands = [];
for (let run = 0; run < RUNS; run++) hands.push(await timed(() => execFileSync('unshare', ['-Urnm', 'sh', '-c', byHand])));
const [first = NaN, ...later] = ups;
report(
  'Three nodes and ten pods on this kernel',
  `the first start makes a plan of the cluster, later ones find it; medians of ${RUNS - 1} runs; pods by the CNI plugins`,
  [
    ['up, the first time', ms(first)],
    ['up, later', ms(median(later))],
    ['13 namespaces on one bridge, by hand', ms(median(hands))],
    ['ratio', ratio(median(later) / median(hands))],
  ],
);

// --- a node of many pods, over SSH ---
const { startKernelReader } = await loadModule('electron/labs/live/readers.ts');
const { PipeProgram } = await loadModule('electron/labs/live/pipe-program.ts');
const holding = spawn('unshare', ['-Urnm', 'sh', '-c', 'mount -t tmpfs none /run && mkdir /run/netns && echo ready && exec sleep 1000'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
await new Promise((resolve) => holding.stdout.once('data', resolve));
const door = ['nsenter', '--preserve-credentials', '-U', '-n', '-m', '-t', String(holding.pid), '--'];
const numbers = Array.from({ length: MANY }, (_, i) => i + 1);
/** @param {string} commands @param {string[]} options */
const batch = (commands, ...options) =>
  spawnSync('nsenter', [...door.slice(1), 'ip', ...options, '-batch', '-'], { input: commands, stdio: ['pipe', 'ignore', 'inherit'] });
batch(
  `link add cni0 type bridge\nlink set cni0 up\n${numbers.map((i) => `netns add cni-${i}\nlink add v${i} type veth peer name eth0 netns cni-${i}\nlink set v${i} master cni0 up\n`).join('')}`,
);
for (const i of numbers)
  batch(`link set lo up\nlink set eth0 up\naddr add 10.244.1.${i}/24 dev eth0\nroute add default via 10.244.1.${i === 254 ? 253 : 254}\n`, '-n', `cni-${i}`);

for (const key of ['host_key', 'key']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
  });
});
writeFileSync(
  join(folder, 'sshd'),
  `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${join(folder, 'host_key')}\nPidFile none\nAuthorizedKeysFile ${join(folder, 'key.pub')}\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nForceCommand exec ${door.join(' ')} sh -c "$SSH_ORIGINAL_COMMAND"\n`,
);
if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
const sshd = spawn('/usr/sbin/sshd', ['-D', '-f', join(folder, 'sshd')], { stdio: 'ignore' });
writeFileSync(
  join(folder, 'ssh'),
  `Host *\n  HostName 127.0.0.1\n  Port ${port}\n  User ${userInfo().username}\n  IdentityFile ${join(folder, 'key')}\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n  ControlMaster auto\n  ControlPath ${join(folder, 'control')}\n  ControlPersist 60\n`,
);
/** @param {string} word */
const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;
const ssh = ['ssh', '-F', join(folder, 'ssh'), 'node'];
while (spawnSync('ssh', [...ssh.slice(1), 'true']).status !== 0) await new Promise((resolve) => setTimeout(resolve, 100));

/** @type {any} */
let seen;
let wake = () => {};
const node = { name: 'node', watch: (/** @type {string[]} */ argv) => Promise.resolve(new PipeProgram([...ssh, argv.map(quoted).join(' ')])) };
const readings = [];
/** @type {any} */
let reader;
const told = (/** @type {unknown} */ collected) => {
  seen = collected;
  wake();
};
const whole = await timed(async () => (reader = await startKernelReader(node, told, console.error)));
for (let run = 0; run < RUNS; run++) readings.push(await timed(() => reader.refresh()));
if (seen.node.namespaces.length !== MANY + 1) throw new Error(`${seen.node.namespaces.length} namespaces were read`);
report(`A node of ${MANY} pods over SSH on loopback`, `one channel, one program there; medians of ${RUNS} runs; OpenSSH's own client and server`, [
  ['begun and read', ms(whole)],
  ['read again', ms(median(readings))],
]);

// --- a change is seen ---
const changes = [];
for (let i = 0; i < CHANGES; i++) {
  const alias = `change-${i}`;
  // the kernel changes while the program runs, so that the time counts from before it did
  const began = performance.now();
  batch(`link set eth0 alias ${alias}\n`, '-n', `cni-${1 + (i % MANY)}`);
  const made = performance.now();
  while (!JSON.stringify(seen.node.namespaces.map((/** @type {any} */ one) => one.links.map((/** @type {any} */ link) => link.alias))).includes(alias))
    await new Promise((resolve) => (wake = () => resolve(undefined)));
  changes.push({ fromBegin: performance.now() - began, fromEnd: performance.now() - made });
}
report(
  'A change in one pod of it',
  `${CHANGES} changes, each a program of its own; from when that ended, and from before it was started, to the facts in this process`,
  [
    ['p50', `${ms(median(changes.map((one) => one.fromEnd)))} (${ms(median(changes.map((one) => one.fromBegin)))})`],
    ['p95', `${ms(p95(changes.map((one) => one.fromEnd)))} (${ms(p95(changes.map((one) => one.fromBegin)))})`],
  ],
);

reader.stop();
spawnSync('ssh', ['-F', join(folder, 'ssh'), '-O', 'exit', 'node'], { stdio: 'ignore' });
sshd.kill();
holding.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });
process.exit(0);
