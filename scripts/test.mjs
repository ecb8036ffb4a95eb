#!/usr/bin/env node
/**
 * `npm test` (everything) and `npm run check` (all that needs no browser): sets up what is missing, runs every check, and ends with
 * what each found. `npm test -- NAME …` runs only the named suites, and some only so. Node built-ins only.
 * Invariant: a suite that could not run is listed as not run, and in CI ($CI) that is a failure. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError, ensureBuild, ensureDependencies, ensureNode, root, runCommand } from './setup.mjs';
import { ensurePrograms, findChromium } from './system.mjs';

const RESULTS = join(root, 'test-results');
const bin = (/** @type {string} */ path) => join(root, 'node_modules', path);
const tsc = ['typescript/bin/tsc', '--noEmit', '-p'];

/**
 * A suite: the tool of node_modules (or the script) that runs it, and where its count of tests is read from; without one it is a single test.
 * @typedef {{ name: string, run: string[], count?: Count, needs?: import('./system.mjs').Purpose, alone?: boolean, asked?: boolean }} Suite
 * @typedef {{ passed: number, failed: number, skipped?: number }} Tally
 * @typedef {(output: string) => Tally | undefined} Count
 */

/** @type {Count} */
export const lastLine = (output) => {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed) };
};
/** @param {string} file @returns {Count} */
const vitestJson = (file) => () => {
  const report = readReport(file);
  return (
    report && {
      passed: Number(report['numPassedTests']),
      failed: Number(report['numFailedTests']) + brokenFiles(report),
      skipped: Number(report['numPendingTests']),
    }
  );
};
/** @type {Count} */
const playwrightJson = () => {
  const stats = readReport('playwright.json')?.['stats'];
  return stats && { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
};

/** @type {Suite[]} */
const SUITES = [
  { name: 'types-shared', run: [bin(tsc[0] ?? ''), ...tsc.slice(1), 'tsconfig.shared.json'] },
  { name: 'types-node', run: [bin(tsc[0] ?? ''), ...tsc.slice(1), 'tsconfig.node.json'] },
  { name: 'types-web', run: [bin('vue-tsc/bin/vue-tsc.js'), ...tsc.slice(1), 'tsconfig.web.json'] },
  { name: 'types-e2e', run: [bin(tsc[0] ?? ''), ...tsc.slice(1), 'tsconfig.e2e.json'] },
  { name: 'format', run: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', run: [bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.'] },
  { name: 'arrows', run: [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', 'dependency-cruiser.config.mjs', 'electron', 'renderer', 'shared'] },
  { name: 'dead-code', run: [bin('knip/bin/knip.js'), '--no-progress'] },
  {
    name: 'unit',
    run: [bin('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', '--outputFile.json=test-results/vitest.json'],
    count: vitestJson('vitest.json'),
  },
  {
    name: 'kubectl',
    run: [
      ...[bin('vitest/vitest.mjs'), 'run', '--config', 'vitest.kubectl.config.ts'],
      ...['--reporter=default', '--reporter=json', '--outputFile.json=test-results/kubectl.json'],
    ],
    count: vitestJson('kubectl.json'),
    needs: 'kubectl',
  },
  {
    name: 'labs',
    run: [
      ...[bin('vitest/vitest.mjs'), 'run', '--config', 'vitest.labs.config.ts'],
      ...['--reporter=default', '--reporter=json', '--outputFile.json=test-results/labs.json'],
    ],
    count: vitestJson('labs.json'),
    needs: 'labs',
  },
  ...[
    { name: 'vagrant', file: 'vagrantfile', needs: /** @type {const} */ ('vagrant') },
    // boots guests without hardware virtualisation: minutes, so only when it is asked for
    { name: 'machines', file: 'machines', needs: /** @type {const} */ ('machines'), asked: true, alone: true },
  ].map(({ file, ...suite }) => ({
    ...suite,
    run: [
      ...[bin('vitest/vitest.mjs'), 'run', '--config', 'vitest.vagrant.config.ts', `test/vagrant/${file}.test.ts`],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=test-results/${suite.name}.json`],
    ],
    count: vitestJson(`${suite.name}.json`),
  })),
  { name: 'scenarios', run: ['scripts/scenarios.mjs'], count: lastLine },
  { name: 'browser', run: [bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], count: playwrightJson, needs: 'browser', alone: true },
];

/** @param {string} file @returns {Record<string, any> | undefined} */
function readReport(file) {
  const path = join(RESULTS, file);
  return existsSync(path) ? /** @type {Record<string, any>} */ (JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

/** Test files that did not even load have no test that could fail. @param {Record<string, any>} report */
function brokenFiles(report) {
  const files = /** @type {{ status: string, assertionResults: unknown[] }[]} */ (report['testResults']);
  return files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
}

/** @typedef {{ suite: Suite, tally: Tally, seconds: number, output: string }} Outcome */

/** A suite in which nothing ran has failed, and so has one whose tool fails without a failed test. @param {Suite} suite @returns {Promise<Outcome>} */
export function runSuite(suite) {
  const started = Date.now();
  const env = {
    ...process.env,
    CHROMIUM: findChromium() ?? '',
    PLAYWRIGHT_JSON_OUTPUT_FILE: join(RESULTS, 'playwright.json'),
    FORCE_COLOR: '0',
    NO_COLOR: '1',
  };
  const child = spawn(process.execPath, suite.run, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
  return new Promise((resolve) => {
    const finish = (/** @type {boolean} */ ended) => {
      const counted = suite.count?.(output);
      const failed = Math.max(counted?.failed ?? 0, ended ? 0 : 1);
      const passed = counted?.passed ?? (suite.count || failed > 0 ? 0 : 1);
      const nothingRan = passed + failed === 0;
      resolve({ suite, tally: { passed, failed: nothingRan ? 1 : failed, skipped: counted?.skipped ?? 0 }, seconds: (Date.now() - started) / 1000, output });
    };
    child.on('error', (error) => {
      output += String(error);
      finish(false);
    });
    child.on('close', (status) => finish(status === 0));
  });
}

/** @param {Outcome} outcome */
function tell({ suite, tally, seconds, output }) {
  const bad = tally.failed > 0;
  console.log(`${bad ? 'FAILED' : 'ok    '} ${line(suite.name, tally)}  ${seconds.toFixed(1)} s`);
  if (bad) console.log(`${output.trimEnd().replaceAll(/^/gm, '  │ ')}\n`);
}

/** @param {string} name @param {Tally} tally */
const line = (name, { passed, failed, skipped }) => `${name.padEnd(14)} ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

/** Two at a time; a suite that wants the machine for itself waits for the others. @param {Suite[]} suites */
async function runAll(suites) {
  /** @type {Outcome[]} */
  const outcomes = [];
  const queue = suites.filter((suite) => !suite.alone);
  const work = async () => {
    for (let suite = queue.shift(); suite; suite = queue.shift()) {
      const outcome = await runSuite(suite);
      tell(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all([work(), work()]);
  queue.push(...suites.filter((suite) => suite.alone));
  await work();
  return outcomes;
}

async function test() {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => !arg.startsWith('-'));
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name)) ?? args.find((arg) => arg.startsWith('-') && arg !== '--no-browser');
  if (unknown) throw new SetupError(`no such suite: ${unknown}\nusage: npm test [-- ${SUITES.map((suite) => suite.name).join(' | ')} …]`);
  const chosen = SUITES.filter((suite) =>
    names.length > 0 ? names.includes(suite.name) : !suite.asked && !(args.includes('--no-browser') && suite.needs === 'browser'),
  );

  ensureNode();
  ensureDependencies();
  const missing = ensurePrograms(chosen.flatMap((suite) => suite.needs ?? []));
  ensureBuild();
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });

  const started = Date.now();
  const notRun = chosen.filter((suite) => suite.needs && missing.has(suite.needs));
  const outcomes = await runAll(chosen.filter((suite) => !notRun.includes(suite)));

  const skipped = outcomes.filter((outcome) => outcome.tally.skipped);
  for (const { suite, tally } of skipped) console.log(`SKIPPED ${tally.skipped} of ${suite.name}`);
  for (const suite of notRun) console.log(`NOT RUN ${suite.name}: missing ${missing.get(suite.needs ?? 'browser')?.join(', ')} (Debian's names)`);
  const passed = outcomes.reduce((total, { tally }) => total + tally.passed, 0);
  const failed = outcomes.reduce((total, { tally }) => total + tally.failed, 0) + (process.env['CI'] ? notRun.length : 0);
  const closing = `${passed} passed, ${failed} failed`;
  console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s in all\n${closing}`);
  writeFileSync(join(RESULTS, 'closing-line.txt'), `${closing}\n`);
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await runCommand(test);
