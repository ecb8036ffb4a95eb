/**
 * What size costs: asking for a route among 5,000 interfaces and 50,000 routes beside asking in a namespace with two, and the heap that an
 * idle pod holds. Measured in the kernel itself, without shell or program.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadModule } from './lib/bundle.mjs';
import { count, median, report } from './lib/report.mjs';

const INTERFACES = 5_000;
const ROUTES = 50_000;
const ASKED = 200_000;
const RUNS = 5;
const PODS = 5_000;
const IDLE_LIMIT_BYTES = 20_000;
const UP = 1;

setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));
const kernel = await loadModule('shared/kernel/index.ts');
const { addAddress, addLink, addRoute, getRoute, makeHost, makeNetns, makeWorld, nameNetns, setLink } = kernel;

/** @template T @param {{ ok: boolean, value: T, error: unknown }} result @returns {T} */
function granted(result) {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
const up = (/** @type {unknown} */ netns, /** @type {string} */ name) => granted(setLink(netns, name, { flagsMask: UP, flags: UP }));
const heap = () => {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};

/** Veth pairs whose first ends have a network each, and routes spread over their neighbours. @param {number} pairs @param {number} routes */
function network(pairs, routes) {
  const world = makeWorld(1, 1_700_000_000_000);
  const netns = makeHost(world, 'node-1').initNetns;
  netns.ipv6Default.disable_ipv6 = 1;
  for (let i = 0; i < pairs; i++) {
    const [name, peer] = [`a${i}`, `b${i}`];
    granted(addLink(netns, { name, info: { kind: 'veth', peer: { name: peer, netns } } }));
    up(netns, name);
    up(netns, peer);
    const device = netns.device(name).index;
    granted(addAddress(netns, { device, local: 0x0a00_0001 | (i << 8) | 0, prefixLength: 24, create: true }));
  }
  for (let i = 0; i < routes; i++) {
    const gateway = 0x0a00_0002 | ((i % pairs) << 8) | 0;
    granted(addRoute(netns, { destination: (0x6400_0000 + (i << 8)) | 0, length: 24, gateway, scope: 0, create: true, exclusive: true }));
  }
  return netns;
}

/** Microseconds of one question, each for another destination. @param {any} netns @param {number} routes */
function askUs(netns, routes) {
  const runs = Array.from({ length: RUNS }, () => {
    const started = performance.now();
    for (let i = 0; i < ASKED; i++) granted(getRoute(netns, { destination: (0x6400_0005 + (((i * 7919) % routes) << 8)) | 0 }));
    return ((performance.now() - started) * 1000) / ASKED;
  });
  return median(runs);
}

const small = network(1, 10);
askUs(small, 10);
const fewUs = askUs(small, 10);
const large = network(INTERFACES / 2, ROUTES);
const manyUs = askUs(large, ROUTES);
// Every change makes what was found before void: the worst that can be asked.
const changedUs = (() => {
  const started = performance.now();
  for (let i = 0; i < 1000; i++) {
    large.fibGeneration++;
    granted(getRoute(large, { destination: (0x6400_0005 + (i << 8)) | 0 }));
  }
  return (performance.now() - started) * 1;
})();

/** Heap of an idle pod: its namespace, lo, eth0 with an address and a default route, the other end on a bridge. */
function podBytes() {
  const world = makeWorld(1, 1_700_000_000_000);
  const host = makeHost(world, 'node-1');
  const root = host.initNetns;
  granted(addLink(root, { name: 'cni0', info: { kind: 'bridge' } }));
  up(root, 'cni0');
  const master = root.device('cni0').index;
  const before = heap();
  for (let i = 0; i < PODS; i++) {
    const pod = makeNetns(host);
    granted(nameNetns(pod, `pod-${i}`));
    granted(addLink(pod, { name: 'eth0', info: { kind: 'veth', peer: { name: `veth${i}`, netns: root } } }));
    for (const name of ['lo', 'eth0']) up(pod, name);
    // A bridge has 1,023 ports.
    if (i < 1000) granted(setLink(root, `veth${i}`, { master }));
    up(root, `veth${i}`);
    granted(addAddress(pod, { device: pod.device('eth0').index, local: (0x0a80_0002 + i) | 0, prefixLength: 16, create: true }));
    granted(addRoute(pod, { destination: 0, length: 0, gateway: 0x0a80_0001, scope: 0, create: true }));
  }
  world.simulation.runUntil(world.simulation.nowUs + 5_000_000);
  const bytes = (heap() - before) / PODS;
  if (root.devices.size < PODS) throw new Error('the pods are gone');
  return bytes;
}
const idleBytes = podBytes();

report('Size', `${count(ASKED)} questions a run, the median of ${RUNS} runs; heap after collection, ${count(PODS)} pods`, [
  ['ip route get, 2 interfaces and 10 routes', `${fewUs.toFixed(2)} µs`],
  [`ip route get, ${count(INTERFACES)} interfaces and ${count(ROUTES)} routes`, `${manyUs.toFixed(2)} µs`],
  ['the same, after a change of routes each time', `${changedUs.toFixed(2)} µs`],
  ['an idle pod', `${count(idleBytes)} bytes (limit ${count(IDLE_LIMIT_BYTES)})`],
]);
if (idleBytes > IDLE_LIMIT_BYTES) process.exitCode = 1;
