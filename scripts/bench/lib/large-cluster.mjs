/**
 * A cluster of many nodes and pods in this process (flannel in host-gw mode, a web server in each pod): run as a program, it builds one
 * of the size it is told and prints what that cost as JSON. Times are of the processor, so that they mean something on a machine that is shared.
 */
import { loadModule } from './bundle.mjs';
import { median } from './report.mjs';

const TRACES = 200;
const MORE_PODS = 9;
const READY_LIMIT_US = 60e6;

const [nodes = 0, podsPerNode = 0] = process.argv.slice(2).map(Number);
const collect = /** @type {{ gc?: () => void }} */ (globalThis).gc;
if (!collect) throw new Error('run it with --expose-gc');
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed;
};
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const { createLab, parseLabFile } = await loadModule('shared/lab/index.ts');
/** @param {number} i */
const nodeName = (i) => (i === 0 ? 'controlplane' : `node-${i}`);
const names = Array.from({ length: nodes }, (_, i) => nodeName(i));
const source = {
  lab: 1,
  title: { en: 'Large', zh: '大' },
  summary: { en: 'A large cluster.', zh: '一个大集群。' },
  networks: {
    nat: { kind: 'nat', subnet: '10.0.2.0/24', gateway: '10.0.2.2', dns: '10.0.2.3' },
    lan: { kind: 'segment', title: 'lan', subnet: '192.168.0.0/16' },
  },
  nodes: Object.fromEntries(
    names.map((name, i) => [
      name,
      {
        interfaces: {
          eth0: { network: 'nat', address: '10.0.2.15/24' },
          eth1: { network: 'lan', address: `192.168.${1 + Math.floor(i / 250)}.${(i % 250) + 1}/16` },
        },
      },
    ]),
  ),
  kubernetes: {
    controlPlane: 'controlplane',
    interface: 'eth1',
    podCIDR: '10.128.0.0/9',
    network: { plugin: 'flannel', backend: 'host-gw' },
    pods: names.slice(1).flatMap((node) => Array.from({ length: podsPerNode }, (_, i) => ({ name: `${node}-${i}`, image: 'nginx', node }))),
  },
};
const read = parseLabFile('large', JSON.stringify(source));
if (!read.value) throw new Error(JSON.stringify(read.problems));

const before = heap();
const cpuBefore = cpuMs();
const lab = createLab(read.value, { seed: 1, epochMs: 1_700_000_000_000 });
const buildMs = cpuMs() - cpuBefore;
const bytes = heap() - before;
/** @type {{ id: string, kind: string, node: string, status: string, address?: string }[]} */
const pods = lab.endpoints().filter((/** @type {{ kind: string, status: string }} */ one) => one.kind === 'pod' && one.status === 'Running');

/** Packets traced from pods to pods of other nodes, there and back. */
const traceMs = [];
for (let i = 0; i < TRACES; i++) {
  const [from, to] = [pods[(i * 7919) % pods.length], pods[(i * 104_729 + 31) % pods.length]];
  if (!from || !to || from.node === to.node) continue;
  const begun = cpuMs();
  const pending = lab.trace(from.id, to.address, { kind: 'icmp' });
  if (!pending.ok) throw new Error(pending.error.message);
  if (lab.runPending(pending.value) === undefined) throw new Error(`no trace from ${from.id} to ${to.address}`);
  traceMs.push(cpuMs() - begun);
}

/** One more pod: from the request until it runs; beside it the same virtual time without one. */
const oneMore = [];
const without = [];
for (let i = 0; i < MORE_PODS; i++) {
  const node = nodeName(1 + ((i * 37) % (nodes - 1)));
  const overrides = JSON.stringify({ spec: { nodeName: node } });
  const begun = cpuMs();
  const beganUs = lab.simulation.nowUs;
  const session = lab.exec({ target: 'controlplane', argv: ['kubectl', 'run', `more-${i}`, '--image=nginx', `--overrides=${overrides}`] });
  if (!session.ok) throw new Error(session.error.message);
  const isRunning = () => lab.cluster.pod('default', `more-${i}`)?.status.phase === 'Running';
  while (!isRunning() && lab.simulation.nowUs < beganUs + READY_LIMIT_US) lab.simulation.runUntil(lab.simulation.nowUs + 50_000);
  if (!isRunning()) throw new Error(`more-${i} does not run`);
  oneMore.push(cpuMs() - begun);
  const tookUs = lab.simulation.nowUs - beganUs;
  const idle = cpuMs();
  lab.simulation.runUntil(lab.simulation.nowUs + tookUs);
  without.push(cpuMs() - idle);
}
console.log(
  JSON.stringify({
    nodes,
    pods: pods.length,
    bytes,
    buildMs,
    virtualS: lab.simulation.nowUs / 1e6,
    traceMs: median(traceMs),
    oneMoreMs: median(oneMore),
    withoutMs: median(without),
  }),
);
