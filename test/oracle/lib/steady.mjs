// steady DIR [--runs N] [--jobs N] [--only TEXT] [--record RECORDED_DIR]
// Runs every scenario N times for real and reports probes that are not the same each
// time, text printed outside probes, and run times. --record keeps the first transcript.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chosenMacs, compareTranscripts, diffLines } from './transcript.mjs';

const oracle = dirname(dirname(fileURLToPath(import.meta.url)));
const options = process.argv.slice(2);
const take = (name, fallback) => {
  const at = options.indexOf(name);
  return at < 0 ? fallback : options.splice(at, 2)[1];
};
const runs = Number(take('--runs', 5));
const jobs = Number(take('--jobs', 4));
const only = take('--only', '');
const record = take('--record');
const [directory] = options;
if (record) mkdirSync(record, { recursive: true });

function runReal(file) {
  return new Promise((resolve) => {
    const started = Date.now();
    let output = '';
    const child = spawn(join(oracle, 'real'), [file]);
    child.stdout.setEncoding('utf8').on('data', (data) => (output += data));
    child.stderr.setEncoding('utf8').on('data', (data) => (output += data));
    child.on('close', (code) => resolve({ output, code, seconds: (Date.now() - started) / 1000 }));
  });
}

/** Lines printed outside any probe: a scenario must have none. */
function strayLines(transcript) {
  let inside = false;
  return transcript.split('\n').filter((line) => {
    if (line.startsWith('### ')) inside = true;
    const stray = !inside && line !== '';
    if (/=> \d+$/.test(line)) inside = false;
    return stray;
  });
}

const names = readdirSync(directory)
  .filter((name) => name.endsWith('.sh') && name.includes(only))
  .sort();
const outcomes = new Map(names.map((name) => [name, []]));
const queue = names.flatMap((name) => Array.from({ length: runs }, () => name));
await Promise.all(
  Array.from({ length: jobs }, async () => {
    while (queue.length) {
      const name = queue.shift();
      outcomes.get(name).push(await runReal(join(directory, name)));
    }
  }),
);

let probes = 0;
let flaky = 0;
for (const [name, results] of outcomes) {
  const chosen = chosenMacs(readFileSync(join(directory, name), 'utf8'));
  const [first, ...others] = results;
  const differing = new Map();
  let count = 0;
  for (const other of others) {
    const compared = compareTranscripts(first.output, other.output, chosen);
    const back = compareTranscripts(other.output, first.output, chosen);
    count = compared.length;
    if (back.length !== count) console.log(`  ${name}: ${count} probes once, ${back.length} another time`);
    compared.forEach((probe, index) => probe.same || differing.set(index, probe));
  }
  probes += count;
  flaky += differing.size;
  const slowest = Math.max(...results.map((r) => r.seconds));
  console.log(
    `${name.padEnd(36)} ${String(count).padStart(3)} probes ${slowest.toFixed(1).padStart(5)} s exit ${[...new Set(results.map((r) => r.code))]}${differing.size ? ` FLAKY ${differing.size}` : ''}`,
  );
  for (const stray of new Set(results.flatMap((r) => strayLines(r.output)))) console.log(`  stray: ${stray}`);
  for (const probe of differing.values()) console.log(diffLines(probe.expected, probe.actual).replace(/^/gm, '  | '));
  if (record) writeFileSync(join(record, name.replace(/\.sh$/, '.txt')), first.output);
}
console.log(`${names.length} scenarios, ${probes} probes, ${flaky} not steady`);
process.exit(flaky ? 1 : 0);
