// Goal: `npm test` cannot pass by accident. Method: suites that end in every way, and what is made of each.
import { expect, test } from 'vitest';
import { lastLine, runSuite } from '../../scripts/test.mjs';

const says = (text: string, status = 0): string[] => ['-e', `console.log(${JSON.stringify(text)}); process.exitCode = ${status}`];

test.each([
  ['a check that succeeds', { run: says('fine') }, { passed: 1, failed: 0 }],
  ['a check that finds fault', { run: says('3 problems', 1) }, { passed: 0, failed: 1 }],
  ['tests that pass', { run: says('7 passed, 0 failed'), count: lastLine }, { passed: 7, failed: 0 }],
  ['tests of which some fail', { run: says('5 passed, 2 failed', 1), count: lastLine }, { passed: 5, failed: 2 }],
  ['tests that pass, and a tool that fails', { run: says('5 passed, 0 failed', 1), count: lastLine }, { passed: 5, failed: 1 }],
  ['tests of which none ran', { run: says('0 passed, 0 failed'), count: lastLine }, { passed: 0, failed: 1 }],
  ['a report that is missing', { run: says('done'), count: () => undefined }, { passed: 0, failed: 1 }],
  ['a count that is not at the end', { run: says('5 passed, 0 failed\ncrashed'), count: lastLine }, { passed: 0, failed: 1 }],
  ['a tool that is not there', { run: ['/nowhere/tool.js'] }, { passed: 0, failed: 1 }],
  ['a tool that is killed', { run: ['-e', "process.kill(process.pid, 'SIGKILL')"] }, { passed: 0, failed: 1 }],
])('%s', async (_, suite, { passed, failed }) => {
  const { tally } = await runSuite({ name: 'planted', ...suite });
  expect({ passed: tally.passed, failed: tally.failed }).toEqual({ passed, failed });
});
