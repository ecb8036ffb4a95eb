/** From the command to a lesson that can be done: the host's address, the lab, the first prompt; and `podwalk sh` from start to end. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/bundle.mjs';
import { connectTo, startHost } from './lib/host.mjs';
import { median, ms, report } from './lib/report.mjs';

const RUNS = 5;
/** @type {number[]} */
const shell = [];
/** @type {number[]} */
const node = [];
for (let i = 0; i < RUNS; i++) {
  for (const [times, args] of /** @type {[number[], string[]][]} */ ([
    [shell, [join(root, 'out/cli/podwalk.js'), 'sh', '-c', 'true']],
    [node, ['-e', '0']],
  ])) {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`podwalk sh ended with status ${status}`);
    times.push(performance.now() - started);
  }
}

/** @type {Record<'address' | 'lesson' | 'prompt' | 'total', number[]>} */
const times = { address: [], lesson: [], prompt: [], total: [] };
for (let i = 0; i < RUNS; i++) {
  const host = await startHost();
  const client = await connectTo(host.address);
  const [lesson] = await client.call('lessons.list', { locale: 'en' });
  const started = performance.now();
  const { lab } = await client.call('lessons.start', { lesson: lesson.id });
  const lessonMs = performance.now() - started;
  const { terminal } = await client.call('terminals.open', { lab, node: 'node-1', columns: 80, rows: 24 });
  let text = '';
  for await (const chunk of client.open('terminals.output', { terminal })) {
    text += Buffer.from(chunk).toString('latin1');
    if (/[#$] (\x1b\[[?\d]*[a-z])*$/.test(text)) break; // a prompt, and what sets the modes
  }
  const promptMs = performance.now() - started;
  times.address.push(host.addressMs);
  times.lesson.push(lessonMs);
  times.prompt.push(promptMs);
  times.total.push(host.addressMs + promptMs);
  client.close();
  await host.stop();
}

report('Start', `median of ${RUNS} runs; a web host started anew for each, spoken to over its WebSocket without a browser`, [
  ['podwalk sh -c true, against node -e 0', `${ms(median(shell))} against ${ms(median(node))}`],
  ['web host: its address is printed', ms(median(times.address))],
  ['the first lesson is started: its lab is up', ms(median(times.lesson))],
  ['… and a terminal shows its first prompt', ms(median(times.prompt))],
  ['from the command to that prompt', ms(median(times.total))],
]);
