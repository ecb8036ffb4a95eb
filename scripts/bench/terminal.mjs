/**
 * Bytes per second from a simulated `seq` to the screen: shell, terminal, core, WebSocket, then an xterm.js that draws nothing, as fast as it
 * takes them; against that xterm.js fed from memory. Drawing costs both the same.
 */
import xterm from '@xterm/headless';
import { connectTo, startHost } from './lib/host.mjs';
import { report, speed } from './lib/report.mjs';

const LINES = 1_500_000;
const SIZE = { columns: 100, rows: 30 };

const host = await startHost();
const client = await connectTo(host.address);
const [lab] = await client.call('labs.list', { locale: 'en' });
await client.call('labs.start', { lab: lab.id });
const { terminal } = await client.call('terminals.open', { lab: lab.id, node: lab.nodes[0], ...SIZE });

const screen = new xterm.Terminal({ cols: SIZE.columns, rows: SIZE.rows, scrollback: 1000, allowProposedApi: true });
/** @param {import('@xterm/headless').Terminal} on @param {Uint8Array} data */
const write = (on, data) => /** @type {Promise<void>} */ (new Promise((resolve) => on.write(data, () => resolve())));

let bytes = 0;
let started = 0;
let seconds = 0;
let tail = '';
/** @type {Uint8Array[]} */
const kept = [];
for await (const chunk of client.open('terminals.output', { terminal })) {
  await write(screen, chunk);
  tail = (tail + Buffer.from(chunk).toString('latin1')).slice(-64);
  if (started === 0) {
    if (!/[#$] (\x1b\[[?\d]*[a-z])*$/.test(tail)) continue;
    started = performance.now();
    await client.call('terminals.input', { terminal, data: `seq ${LINES}; echo the'-'end\r` });
    continue;
  }
  bytes += chunk.length;
  if (kept.length < 256) kept.push(chunk);
  if (!tail.includes('the-end\r\n')) continue;
  seconds = (performance.now() - started) / 1000;
  break;
}

const memory = new xterm.Terminal({ cols: SIZE.columns, rows: SIZE.rows, scrollback: 1000, allowProposedApi: true });
let written = 0;
const writeStarted = performance.now();
while (written < bytes) {
  for (const chunk of kept) {
    await write(memory, chunk);
    written += chunk.length;
  }
}
const own = written / ((performance.now() - writeStarted) / 1000);
const peak = process.memoryUsage().rss;
client.close();
await host.stop();
report(
  'Terminal',
  `seq ${LINES} on a node, ${(bytes / 1e6).toFixed(1)} MB, in one run with its comparison; memory of the reading side ${(peak / 1e6).toFixed(0)} MB`,
  [
    ['simulated seq to the screen', speed(bytes / seconds)],
    ["xterm.js's own write speed", speed(own)],
    ['ratio', (bytes / seconds / own).toFixed(2)],
  ],
);
