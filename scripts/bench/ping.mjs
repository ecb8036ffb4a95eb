/**
 * Round trips per second of a simulated ping between pods of two nodes: through two bridges, two routers and the wire between them, with
 * connection tracking; and of the same network on this machine's own kernel, where it lets us make one without root.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { count, ms, ratio, report } from './lib/report.mjs';
import { floodPing, twoPods } from './lib/two-pods.mjs';

const PINGS = 100_000;
const WARM_UP = 5_000;

const pods = await twoPods();
floodPing(pods, WARM_UP);
const real = realRoundTrips();
const simulated = floodPing(pods, PINGS);
report('Round trips, pod to pod across nodes', `ping -f -q -c ${PINGS}; simulated: from ${pods.from.id} to ${pods.to.address}, run free, one process`, [
  ['lab ready (three nodes, flannel)', ms(pods.readyMs)],
  ['simulated, per second', count(simulated)],
  ["this machine's kernel, per second", typeof real === 'number' ? count(real) : real],
  ['ratio', typeof real === 'number' ? ratio(simulated / real) : 'not measured'],
]);

/** @returns {number | string} or why it was not measured */
function realRoundTrips() {
  const script = join(import.meta.dirname, 'lib/real-pods.sh');
  const { error, status, stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', '--net', '--mount', 'bash', script, String(PINGS)], {
    encoding: 'utf8',
  });
  if (error || status !== 0) return `not measured: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? `status ${status}`}`;
  const [, milliseconds] = /, time (\d+)ms/.exec(stdout) ?? [];
  return milliseconds === undefined ? `not measured: ${stdout}` : (PINGS / Number(milliseconds)) * 1000;
}
