// score DIR [--recorded RECORDED_DIR] [--jobs N] [--show K] [--only TEXT] -- SIM_COMMAND...
// Runs every scenario of DIR on both sides and counts identical probes.
// With --recorded, side A is read from RECORDED_DIR/NAME.txt instead of being run.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chosenMacs, compareTranscripts, diffLines } from './transcript.mjs';

const SIM_LIMIT_MS = 20_000;
const REAL_LIMIT_MS = 40_000;
const oracle = dirname(dirname(fileURLToPath(import.meta.url)));

const argv = process.argv.slice(2);
const dashes = argv.indexOf('--');
const sim = dashes < 0 ? [] : argv.slice(dashes + 1);
const options = dashes < 0 ? argv : argv.slice(0, dashes);
const take = (name, fallback) => {
  const at = options.indexOf(name);
  return at < 0 ? fallback : options.splice(at, 2)[1];
};
const recorded = take('--recorded');
const jobs = Number(take('--jobs', 4));
const toShow = Number(take('--show', 0));
const only = take('--only', '');
const [directory] = options;
if (!directory || !sim.length) {
  console.error('usage: score DIR [--recorded RECORDED_DIR] [--jobs N] [--show K] [--only TEXT] -- SIM_COMMAND...');
  process.exit(2);
}

/** Runs a command in its own process group, output merged into a file; resolves to that output, cut off at the limit. */
function run([command, ...args], limitMs, outputFile) {
  return new Promise((resolve) => {
    const fd = openSync(outputFile, 'a');
    const child = spawn(command, args, { stdio: ['ignore', fd, fd], detached: true });
    closeSync(fd);
    const killGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // already gone
      }
    };
    const timer = setTimeout(killGroup, limitMs);
    const finish = () => {
      clearTimeout(timer);
      killGroup(); // what the command left in the background
      resolve(readFileSync(outputFile, 'utf8'));
    };
    child.on('error', (error) => {
      console.error(String(error));
      clearTimeout(timer);
      resolve('');
    });
    child.on('exit', finish);
  });
}

const prelude = readFileSync(join(oracle, 'prelude.sh'), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'oracle-score-'));

async function scoreScenario(name) {
  const scenario = readFileSync(join(directory, name), 'utf8');
  const file = join(scratch, name);
  writeFileSync(file, prelude + scenario);
  const sideA = recorded
    ? readFileSync(join(recorded, name.replace(/\.sh$/, '.txt')), 'utf8')
    : await run([join(oracle, 'real'), file], REAL_LIMIT_MS, `${file}.a`);
  const sideB = await run([...sim, file], SIM_LIMIT_MS, `${file}.b`);
  return compareTranscripts(sideA, sideB, chosenMacs(scenario));
}

const names = readdirSync(directory)
  .filter((name) => name.endsWith('.sh') && name.includes(only))
  .sort();
const results = new Array(names.length);
let next = 0;
const worker = async () => {
  while (next < names.length) {
    const index = next++;
    results[index] = await scoreScenario(names[index]);
  }
};
await Promise.all(Array.from({ length: jobs }, worker));
rmSync(scratch, { recursive: true });

let same = 0;
let total = 0;
results.forEach((probes, index) => {
  const good = probes.filter((probe) => probe.same).length;
  same += good;
  total += probes.length;
  console.log(`${names[index].padEnd(36)} ${String(good).padStart(3)} of ${String(probes.length).padStart(3)}`);
  for (const probe of probes.filter((p) => !p.same).slice(0, toShow)) {
    console.log(`--- A\n+++ B\n${diffLines(probe.expected, probe.actual)}`);
  }
});
console.log(`${same} of ${total} probes identical`);
process.exit(same === total && total > 0 ? 0 : 1);
