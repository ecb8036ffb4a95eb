/** `podwalk exec` and `podwalk shell`: in the lab that is up, else in a simulated one of the command's own, which runs as fast as it can. */
import { isTerminal, openFor, run } from './sh.ts';
import { borrowLab, type Borrowed } from './running.ts';
import { runProgram, terminalSize } from './run-program.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

export async function exec({ options, operands }: Arguments): Promise<number> {
  const [name, target, ...rest] = operands as [string, string, ...string[]];
  const [command, ...args] = rest[0] === '--' ? rest.slice(1) : rest;
  if (command === undefined) throw new UsageError('a command is missing: podwalk exec LAB NODE -- ip route', 'exec');
  const argv = [command, ...args] as const;
  const save = typeof options['save'] === 'string' ? options['save'] : undefined;
  const borrowed = save === undefined ? await borrowLab(name, options['provider']) : undefined;
  if (!borrowed) {
    const { lab, keep } = await openFor(name, save);
    return run(lab, { target, argv }, keep);
  }
  const onTerminal = isTerminal();
  return inside(borrowed, async ({ lab }) => {
    const program = await lab.exec({
      target,
      argv,
      ...(onTerminal && { terminal: terminalSize(), env: { TERM: process.env['TERM'] ?? 'xterm-256color' } }),
      ...(options['cluster'] === true && { onCluster: true }),
    });
    return runProgram(program, onTerminal);
  });
}

export async function shell({ options, operands }: Arguments): Promise<number> {
  const [name, target] = operands as [string, string];
  if (!isTerminal()) throw new Failure('a shell wants a terminal: podwalk exec LAB NODE -- bash runs one on pipes');
  const borrowed = await borrowLab(name, options['provider']);
  if (!borrowed) {
    const { lab, keep } = await openFor(name, undefined);
    return run(lab, { target, argv: ['-bash'] }, keep);
  }
  return inside(borrowed, async ({ lab }) => runProgram(await lab.openShell(target, terminalSize()), true));
}

async function inside(borrowed: Borrowed, use: (borrowed: Borrowed) => Promise<number>): Promise<number> {
  try {
    return await use(borrowed);
  } finally {
    await borrowed.giveBack();
  }
}
