/** What 5,000 services in iptables cost a flow: its first packet walks the rules, connection tracking spares the rest of it. */
import { count, median, ratio, report } from './lib/report.mjs';
import { floodPing, twoPods } from './lib/two-pods.mjs';

const SERVICES = 5_000;
const PINGS = 30_000;
const RUNS = 5;
const FLOWS = 300;

/** As kube-proxy writes them. @returns {string} input of iptables-restore */
function serviceRules() {
  const lines = ['*nat', ':KUBE-SERVICES - [0:0]', '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'];
  const chains = [];
  for (let i = 0; i < SERVICES; i++) {
    const address = `10.${96 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
    const name = `default/service-${i}:http`;
    chains.push(`:KUBE-SVC-${String(i).padStart(16, 'A')} - [0:0]`);
    lines.push(
      `-A KUBE-SERVICES -d ${address}/32 -p icmp -m comment --comment "${name} cluster IP" -j KUBE-SVC-${String(i).padStart(16, 'A')}`,
      `-A KUBE-SVC-${String(i).padStart(16, 'A')} -m comment --comment "${name} -> 10.244.1.9:80" -j RETURN`,
    );
  }
  return [...lines.slice(0, 2), ...chains, ...lines.slice(2), 'COMMIT', ''].join('\n');
}

/** Microseconds of a flow of one packet. @param {Awaited<ReturnType<typeof twoPods>>} pods */
function flowUs({ run, from, to }) {
  const started = performance.now();
  run(from.id, ['sh', '-c', `i=0; while [ $i -lt ${FLOWS} ]; do ping -c 1 -q ${to.address}; i=$((i+1)); done`]);
  return ((performance.now() - started) * 1000) / FLOWS;
}

/** @param {() => number} measure */
const repeated = (measure) => median(Array.from({ length: RUNS }, measure));

const pods = await twoPods();
/** @returns {[number, number]} */
const figures = () => [repeated(() => floodPing(pods, PINGS)), repeated(() => flowUs(pods))];
figures(); // the machine warms up
const [fewRules, fewFlow] = figures();
pods.run(pods.from.node, ['iptables-restore', '--noflush'], serviceRules());
const [manyRules, manyFlow] = figures();
report(
  `A flow among ${count(SERVICES)} services`,
  `medians of ${RUNS} runs between pods of two nodes; ${count(PINGS)} round trips of one flow, then ${FLOWS} flows of one ping each (a process started for each)`,
  [
    ['round trips per second in one flow, without', count(fewRules)],
    [`round trips per second in one flow, with ${count(2 * SERVICES)} rules`, count(manyRules)],
    ['ratio', ratio(manyRules / fewRules)],
    ['a flow of one packet, without', `${count(fewFlow)} µs`],
    ['a flow of one packet, with', `${count(manyFlow)} µs`],
  ],
);
