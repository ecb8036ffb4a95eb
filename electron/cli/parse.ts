/**
 * `podwalk parse`: what a program printed, as facts in JSON on standard output; each line that could not be read, with its number, on standard
 * error. Exits 1 when nothing at all could be read.
 */
import { readFileSync } from 'node:fs';
import { parseOutput, READABLE } from '../../shared/lab/index.ts';
import { printJson } from './table.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';
import { whyNot } from './why-not.ts';

export function parse({ operands }: Arguments): Promise<number> {
  const [command = '', file] = operands;
  const name = file === undefined || file === '-' ? 'standard input' : file;
  if (!parseOutput(command, '')) throw new UsageError(`nothing reads what ${JSON.stringify(command)} prints; there is: ${READABLE.join(', ')}`);
  const { value, problems } = parseOutput(command, read(file, name))!;
  for (const { line, text, message } of problems) process.stderr.write(`podwalk: ${name}: line ${line}: ${message}: ${text.trim()}\n`);
  printJson(value);
  return Promise.resolve(problems.length > 0 && Object.values(value).every(isEmpty) ? 1 : 0);
}

const isEmpty = (facts: unknown): boolean => typeof facts === 'object' && facts !== null && Object.keys(facts).length === 0;

function read(file: string | undefined, name: string): string {
  try {
    return readFileSync(file === undefined || file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Failure(`${name} cannot be read: ${whyNot(error)}`);
  }
}
