/** Round trips per second of a simulated ping between pods of two nodes: through two bridges, two routers and the wire between them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, root } from './lib/bundle.mjs';
import { count, ms, report } from './lib/report.mjs';

const LAB = 'flannel-host-gw';
const PINGS = 100_000;

const { createLab, parseLabFile } = await loadModule('shared/lab/index.ts');
const source = readFileSync(join(root, `resources/labs/${LAB}.yaml`), 'utf8');
const started = performance.now();
const lab = createLab(parseLabFile(LAB, source).value, { seed: 1, epochMs: Date.now() });
const readyMs = performance.now() - started;

/** @param {string} target @param {string[]} argv */
function run(target, argv) {
  const { ok, value: session, error } = lab.exec({ target, argv });
  if (!ok) throw new Error(error.message);
  let output = '';
  session.onReadable(() => (output += session.read(1 << 20) + session.readError(1 << 20)));
  while (session.exitStatus === undefined) if (lab.simulation.runFree(() => session.exitStatus === undefined) === 'idle') break;
  output += session.read(1 << 20) + session.readError(1 << 20);
  return { status: session.exitStatus, output };
}

const [, one, two] = lab.nodes;
for (const [name, node] of [
  ['ping-a', one],
  ['ping-b', two],
]) {
  const { status, output } = run(lab.nodes[0], [
    'kubectl',
    'run',
    name,
    '--image=nicolaka/netshoot',
    `--overrides={"spec":{"nodeName":"${node}"}}`,
    '--command',
    '--',
    'sleep',
    'infinity',
  ]);
  if (status !== 0) throw new Error(output);
}
const until = lab.simulation.nowUs + 30e6;
const running = () => lab.endpoints().filter((/** @type {any} */ one) => one.kind === 'pod' && one.label.startsWith('ping-') && one.status === 'Running');
while (running().length < 2 && lab.simulation.nowUs < until) lab.simulation.runUntil(lab.simulation.nowUs + 100_000);
const [from, to] = running();
if (!from || !to) throw new Error('the pods do not run');

run(from.id, ['ping', '-c', '2000', '-i', '0', '-q', to.address]); // the machine warms up
const pingStarted = performance.now();
const { output } = run(from.id, ['ping', '-c', String(PINGS), '-i', '0', '-q', to.address]);
const seconds = (performance.now() - pingStarted) / 1000;
if (!output.includes(` ${PINGS} received, 0% packet loss`)) throw new Error(output);
report('Simulated kernel', `ping -c ${PINGS} -i 0 -q from ${from.id} to ${to.address}, simulation run free, one process`, [
  ['lab ready (three nodes, flannel)', ms(readyMs)],
  ['round trips per second, pod to pod across nodes', count(PINGS / seconds)],
]);
