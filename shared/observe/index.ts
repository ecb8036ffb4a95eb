/**
 * observe: what programs print on live hosts → facts in the snapshot's form. One parser per program; text and JSON of the same thing give the same facts.
 *
 *     parseOutput('ip -d addr', text)   → { value: { links: […] }, problems: [{ line, text, message }] }
 *
 * Invariant: no text makes a parser throw; what it could not read is among the problems.
 *     COLLECT_SCRIPT, run on a node → readCollected(name, [what it printed]) → the node's part of a snapshot
 *
 * Deliberately absent: running anything.
 */
import { parserOf } from './programs.ts';
import { parseCommandLine } from './command-line.ts';
import { Input, type Reading } from './input.ts';
import type { Facts } from './facts.ts';

export { COLLECT_SCRIPT, NodeReading, readCollected, type Collected } from './collect.ts';
export { readFolder } from './folder.ts';
export type { Facts } from './facts.ts';
export { joinPods, readKubernetes } from './kubernetes.ts';
export { segmentsOf } from './join.ts';
export { READABLE } from './programs.ts';

/** undefined: nothing here reads what that command prints. */
export function parseOutput(command: string, text: string): Reading<Facts> | undefined {
  const commandLine = parseCommandLine(command);
  const parse = parserOf(commandLine, text);
  if (!parse) return undefined;
  const input = new Input(text, commandLine);
  const value = parse(input);
  return { value, problems: input.finish() };
}
