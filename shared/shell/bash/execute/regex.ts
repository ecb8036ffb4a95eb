/** POSIX extended regular expressions for `=~`, those used lately kept. */
import { compilePosixRegex } from '../../../base/index.ts';
import { ShellFailure } from '../failure.ts';

const kept = new Map<string, RegExp>();

export function compileRegex(source: string, ignoreCase: boolean): RegExp {
  const key = `${ignoreCase ? 'i' : 'c'}${source}`;
  const known = kept.get(key);
  if (known) return known;
  const compiled = compilePosixRegex(source, { syntax: 'extended', dialect: 'regcomp', ignoreCase });
  if (!compiled.ok) throw new ShellFailure(undefined, 'command', 2);
  if (kept.size > 256) kept.clear();
  kept.set(key, compiled.value);
  return compiled.value;
}
