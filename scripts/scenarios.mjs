#!/usr/bin/env node
/**
 * `node scripts/scenarios.mjs [--raise]`: every scenario of test/oracle runs in the simulator, and its answers are compared with those
 * recorded from a real kernel. A scenario fails when fewer probes are identical than test/oracle/floor.json promises;
 * `--raise` writes what holds now into it (a floor never sinks by itself). The last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const oracle = join(root, 'test/oracle');
const floorFile = join(oracle, 'floor.json');
const floor = /** @type {Record<string, number>} */ (JSON.parse(readFileSync(floorFile, 'utf8')));
const raise = process.argv.includes('--raise');

const args = ['public', '--recorded', 'recorded', '--jobs', '2', '--', process.execPath, join(root, 'out/cli/podwalk.js'), 'sh'];
const { stdout, stderr } = spawnSync(process.execPath, ['lib/score.mjs', ...args], { cwd: oracle, encoding: 'utf8', maxBuffer: 64 << 20 });
const scores = [...stdout.matchAll(/^(\S+)\.sh +(\d+) of +(\d+)$/gm)].map(([, name = '', same, all]) => ({ name, same: Number(same), all: Number(all) }));

const fallen = scores.filter(({ name, same }) => same < (floor[name] ?? 0));
const unknown = Object.keys(floor).filter((name) => !scores.some((score) => score.name === name));
const sum = (/** @type {(score: typeof scores[number]) => number} */ of) => scores.reduce((total, score) => total + of(score), 0);
for (const { name, same, all } of scores) {
  const promised = floor[name] ?? 0;
  console.log(
    `${name.padEnd(28)} ${String(same).padStart(3)} of ${String(all).padStart(3)}${same < promised ? `   FAILED: was ${promised}` : same > promised ? `   was ${promised}: raise the floor` : ''}`,
  );
}
for (const name of unknown) console.log(`${name.padEnd(28)} FAILED: it did not run`);
if (scores.length === 0) console.log(`no scenario ran\n${stdout}${stderr}`);
console.log(`${sum(({ same }) => same)} of ${sum(({ all }) => all)} probes identical`);

if (raise) {
  const raised = Object.fromEntries(scores.map(({ name, same }) => [name, Math.max(same, floor[name] ?? 0)]));
  writeFileSync(floorFile, `${JSON.stringify(raised, null, 2)}\n`);
}
const failed = fallen.length + unknown.length + (scores.length === 0 ? 1 : 0);
console.log(`${scores.length - fallen.length} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
