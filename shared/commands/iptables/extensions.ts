/** Which extensions there are, by the names that `-m` and `-j` take, and what a chain may not be called because of them. */
import type { Family } from '../../kernel/index.ts';
import { otherProblem, usage } from './exit.ts';
import type { MatchExtension, TargetExtension } from './extension.ts';
import { MATCHES, UNMODELLED_MATCHES } from './matches/index.ts';
import { TARGETS, UNMODELLED_TARGETS } from './targets/index.ts';

/** XT_EXTENSION_MAXNAMELEN. */
export const NAME_LIMIT = 29;
export const VERDICTS: readonly string[] = ['ACCEPT', 'DROP', 'RETURN'];

export function lookupMatch(name: string, family: Family): MatchExtension | undefined {
  const known = name === 'icmpv6' || name === 'ipv6-icmp' ? 'icmp6' : name;
  return MATCHES.find((each) => each.name === known && each.families.includes(family));
}
export function findMatch(name: string, family: Family): MatchExtension {
  if (name.length >= NAME_LIMIT) usage(`Invalid match name "${name}" (${NAME_LIMIT - 1} chars max)`);
  const extension = lookupMatch(name, family);
  if (extension) return extension;
  if (UNMODELLED_MATCHES.includes(name)) otherProblem(`not modelled: match ${name}`);
  return usage(`Couldn't load match \`${name}':No such file or directory\n`);
}
/** Undefined: a chain of the user's. */
export function findTarget(name: string, family: Family): TargetExtension | undefined {
  const extension = TARGETS.find((each) => each.name === name && each.families.includes(family));
  if (!extension && (name === 'QUEUE' || UNMODELLED_TARGETS.includes(name))) otherProblem(`not modelled: target ${name}`);
  return extension;
}
/** Whether `-j NAME` would be an extension or a verdict, and so no chain's name. */
export const isTargetName = (name: string, family: Family): boolean =>
  VERDICTS.includes(name) ||
  name === 'QUEUE' ||
  UNMODELLED_TARGETS.includes(name) ||
  TARGETS.some((each) => each.name === name && each.families.includes(family));

/** Checks a name after `-j` or `-g`. */
export function targetName(name: string): string {
  if (name === '') usage('Invalid target name (too short)');
  if (name.length >= NAME_LIMIT) usage(`Invalid target name \`${name}' (${NAME_LIMIT - 1} chars max)`);
  if (/\s/.test(name)) usage(`Invalid target name \`${name}'`);
  return name;
}
