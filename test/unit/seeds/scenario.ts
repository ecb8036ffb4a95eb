/** A lab that is up, and commands in it as a reader of a document types them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createBlankHost, createLab, parseLabFile, type Lab } from '../../../shared/lab/index.ts';

/** What is claimed, where it is typed, the command, and what it prints: whole, or the shape of it. */
export type Claim = readonly [claim: string, target: string, command: string, expected: string | RegExp];

const LABS = new URL('../../../resources/labs/', import.meta.url);
const OPTIONS = { seed: 1, epochMs: 1_700_000_000_000 };
const CTRL_C = '\x03';

export function bringUp(name: string, change: (text: string) => string = (text) => text): Lab {
  if (name === 'blank') return createBlankHost(OPTIONS);
  const { value, problems } = parseLabFile(name, change(readFileSync(new URL(`${name}.yaml`, LABS), 'utf8')));
  if (!value) throw new Error(problems.map((problem) => problem.message).join());
  return createLab(value, OPTIONS);
}

/** Output and errors. A command that ends with `^C` runs on a terminal and is interrupted after five and a half seconds. */
export function type(lab: Lab, target: string, command: string): string {
  const isInterrupted = command.endsWith('^C');
  const line = command.replace(/\^C$/, '');
  const argv: [string, ...string[]] = ['bash', '-c', isInterrupted ? line : `exec 2>&1; ${line}`];
  const opened = lab.exec({ target, argv, cwd: '/root', ...(isInterrupted ? { terminal: { columns: 200, rows: 50 } } : {}) });
  if (!opened.ok) throw new Error(opened.error.message);
  const session = opened.value;
  if (!isInterrupted) session.closeInput();
  let output = '';
  const take = (): void => {
    for (let data = session.read(65536); data !== ''; data = session.read(65536)) output += data;
  };
  for (let i = 0; i < 3000 && session.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    take();
    if (isInterrupted && i === 275) session.write(CTRL_C);
  }
  take();
  return output.replaceAll('\r\n', '\n');
}

export function claims(lab: Lab, list: readonly Claim[]): void {
  test.each(list)('%s', (_, target, command, expected) => {
    const output = type(lab, target, command);
    if (typeof expected === 'string') expect(output).toBe(expected);
    else expect(output).toMatch(expected);
  });
}
