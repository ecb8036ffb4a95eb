/** iptables as plugins use it: the program itself, run as a child (coreos/go-iptables). */
import { err, ok, type Result } from '../base/index.ts';
import type { Process, Sys } from '../shell/index.ts';
import { runWithInput } from './child.ts';

export type IptablesProgram = 'iptables' | 'ip6tables';
/** The program for an address or prefix. */
export const programFor = (address: string): IptablesProgram => (address.includes(':') ? 'ip6tables' : 'iptables');

/** Its output; the error is what it printed, and with what status. */
function* call(p: Process, args: readonly string[], program: IptablesProgram): Sys<Result<string, { readonly status: number; readonly text: string }>> {
  const ran = yield* runWithInput(p, [program, ...args, '--wait'], p.env, '');
  if (!ran.ok) return err({ status: 127, text: `exec: "${program}": executable file not found in $PATH` });
  const { status, stdout, stderr } = ran.value;
  return status === 0 ? ok(stdout) : err({ status, text: `running [/usr/sbin/${program} ${args.join(' ')} --wait]: exit status ${status}: ${stderr}` });
}
/** Its output; the error is what it printed. */
export function* iptables(p: Process, args: readonly string[], program: IptablesProgram = 'iptables'): Sys<Result<string, string>> {
  const called = yield* call(p, args, program);
  return called.ok ? called : err(called.error.text);
}

/** A rule that cannot be is an error, one that is not there is not. */
export function* ruleExists(
  p: Process,
  table: string,
  chain: string,
  rule: readonly string[],
  program: IptablesProgram = 'iptables',
): Sys<Result<boolean, string>> {
  const called = yield* call(p, ['-t', table, '-C', chain, ...rule], program);
  return called.ok ? ok(true) : called.error.status === 1 ? ok(false) : err(called.error.text);
}
export function* ensureRule(
  p: Process,
  table: string,
  chain: string,
  rule: readonly string[],
  where: 'append' | 'prepend' = 'append',
  program?: IptablesProgram,
): Sys<Result<void, string>> {
  const exists = yield* ruleExists(p, table, chain, rule, program);
  if (!exists.ok) return exists;
  if (exists.value) return ok(undefined);
  const added = yield* iptables(p, ['-t', table, ...(where === 'append' ? ['-A', chain] : ['-I', chain, '1']), ...rule], program);
  return added.ok ? ok(undefined) : added;
}
export function* chainExists(p: Process, table: string, chain: string, program?: IptablesProgram): Sys<boolean> {
  return (yield* iptables(p, ['-t', table, '-S', chain], program)).ok;
}
export function* ensureChain(p: Process, table: string, chain: string, program?: IptablesProgram): Sys<Result<void, string>> {
  if (yield* chainExists(p, table, chain, program)) return ok(undefined);
  const made = yield* iptables(p, ['-t', table, '-N', chain], program);
  return made.ok ? ok(undefined) : made;
}
