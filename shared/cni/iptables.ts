/** iptables as plugins use it: the program itself, run as a child (coreos/go-iptables). */
import { err, ok, type Result } from '../base/index.ts';
import { exitStatusOf, type Process, type Sys } from '../shell/index.ts';

/** Its output; the error is what it printed. */
export function* iptables(p: Process, args: readonly string[]): Sys<Result<string, string>> {
  const output = p.pipe();
  const errors = p.pipe();
  const input = yield* p.open('/dev/null', { read: true });
  if (!output.ok || !errors.ok || !input.ok) return err('too many open files');
  const child = p.spawn(['iptables', ...args, '--wait'], {
    fds: new Map([
      [0, input.value],
      [1, output.value.write],
      [2, errors.value.write],
    ]),
  });
  for (const fd of [input.value, output.value.write, errors.value.write]) p.close(fd);
  const printed = yield* p.readAll(output.value.read);
  const complaint = yield* p.readAll(errors.value.read);
  p.close(output.value.read);
  p.close(errors.value.read);
  if (!child.ok) return err('exec: "iptables": executable file not found in $PATH');
  const status = exitStatusOf(yield* p.waitExit(child.value));
  return status === 0
    ? ok(printed.ok ? printed.value : '')
    : err(`running [/usr/sbin/iptables ${args.join(' ')} --wait]: exit status ${status}: ${complaint.ok ? complaint.value : ''}`);
}

export function* ruleExists(p: Process, table: string, chain: string, rule: readonly string[]): Sys<boolean> {
  return (yield* iptables(p, ['-t', table, '-C', chain, ...rule])).ok;
}
export function* ensureRule(
  p: Process,
  table: string,
  chain: string,
  rule: readonly string[],
  where: 'append' | 'prepend' = 'append',
): Sys<Result<void, string>> {
  if (yield* ruleExists(p, table, chain, rule)) return ok(undefined);
  const added = yield* iptables(p, ['-t', table, ...(where === 'append' ? ['-A', chain] : ['-I', chain, '1']), ...rule]);
  return added.ok ? ok(undefined) : added;
}
export function* ensureChain(p: Process, table: string, chain: string): Sys<Result<void, string>> {
  if ((yield* iptables(p, ['-t', table, '-S', chain])).ok) return ok(undefined);
  const made = yield* iptables(p, ['-t', table, '-N', chain]);
  return made.ok ? ok(undefined) : made;
}
