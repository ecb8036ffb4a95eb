/**
 * What size costs a cluster: labs of more and more nodes with 30 pods each, every one in a process of its own. PODWALK_BENCH_NODES names another size,
 * such as 5000: with its 150,000 pods that is as large as Kubernetes goes.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { count, ms, report } from './lib/report.mjs';

const PODS_PER_NODE = 30;
const HEAP_MIB = 24_576;
const asked = process.env.PODWALK_BENCH_NODES;
const sizes = asked === undefined ? [100, 300, 1000] : [Number(asked)];

for (const nodes of sizes) {
  const program = join(import.meta.dirname, 'lib/large-cluster.mjs');
  const args = ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`, program, String(nodes + 1), String(PODS_PER_NODE)];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`a cluster of ${nodes} nodes: status ${status}`);
  const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  report(`A cluster of ${count(figures.nodes)} nodes and ${count(figures.pods)} pods`, 'flannel in host-gw mode, one process; times are of the processor', [
    ['heap', `${count(figures.bytes / 1e6)} MB, ${count(figures.bytes / figures.pods)} bytes a pod`],
    ['built', `${(figures.buildMs / 1000).toFixed(1)} s, ${(figures.buildMs / figures.pods).toFixed(2)} ms a pod`],
    ['a packet traced from pod to pod across nodes', ms(figures.traceMs)],
    ['one more pod, from the request until it runs', ms(figures.oneMoreMs)],
    ['… the same time without it', ms(figures.withoutMs)],
  ]);
}
