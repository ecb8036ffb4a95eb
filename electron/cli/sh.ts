/** `podwalk sh`: programs of a simulated lab of the command's own on this terminal, or on these pipes. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecOptions, Lab, LabResult, Session } from '../../shared/lab/index.ts';
import { Input, Output, runFree } from './free-run.ts';
import { runInteractive } from './interactive.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

export async function sh({ options, operands }: Arguments): Promise<number> {
  const { lab, keep } = await openFor(text(options['lab']), text(options['save']));
  const target = nodeOf(lab, options['node']);
  const command = text(options['c']);
  if (command !== undefined) return run(lab, { target, argv: ['bash', '-c', command, ...operands] }, keep);
  const [file, ...args] = operands;
  if (file === undefined || file === '-') return run(lab, { target, argv: isTerminal() ? ['bash', '-il'] : ['bash', '-s', ...args] }, keep);
  const path = file.startsWith('/') ? file : resolve('/root', file);
  valueOf(lab.writeFile(target, path, readScript(file), 0o755));
  return run(lab, { target, argv: ['bash', file, ...args] }, keep);
}

/** A lab for one program. `keep`: called when that is over and the lab still there. */
export async function openFor(name: string | undefined, save: string | undefined): Promise<{ readonly lab: Lab; readonly keep: () => void }> {
  if (save === undefined) return { lab: await openLab(name), keep: () => undefined };
  const { checkFree, journaledLab, keepLab } = await import('./saved.ts');
  checkFree(save);
  const lab = await journaledLab(name);
  return { lab, keep: () => keepLab(lab, save) };
}

/** The node that is meant: as asked, else the first. */
export function nodeOf(lab: Lab, wanted: string | boolean | undefined): string {
  const node = text(wanted) ?? lab.nodes[0]!;
  if (!lab.nodes.includes(node)) throw new UsageError(`there is no node ${node}; the nodes are ${lab.nodes.join(', ')}`);
  return node;
}

/** Both ends are a terminal: the program gets one too. */
export const isTerminal = (): boolean => process.stdin.isTTY && process.stdout.isTTY;
const text = (value: string | boolean | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** A program of a lab that is the command's own: at its own speed, unless it has a terminal. */
export async function run(lab: Lab, program: ExecOptions, keep: () => void): Promise<number> {
  const options: ExecOptions = { cwd: '/root', ...program };
  try {
    if (isTerminal()) {
      const env = { TERM: process.env['TERM'] ?? 'xterm-256color' };
      const status = await runInteractive(lab, (terminal) => valueOf(lab.exec({ ...options, terminal, env })));
      keep();
      return status;
    }
    const session = valueOf(lab.exec(options));
    const stop = passSignals(session);
    const input = new Input(process.stdin);
    try {
      const status = await runFree(lab, session, input, new Output());
      keep();
      return status;
    } finally {
      stop();
      input.stop();
    }
  } finally {
    lab.close();
  }
}

/** A signal goes to the program; a second one ends us. */
function passSignals(session: Session): () => void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const sent = new Set<string>();
  const pass = (signal: NodeJS.Signals): void => {
    if (sent.has(signal)) process.exit(130);
    sent.add(signal);
    session.signal(signal.slice(3));
  };
  for (const name of names) process.on(name, pass);
  return () => {
    for (const name of names) process.off(name, pass);
  };
}

export function readScript(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'No such file or directory' : code === 'EISDIR' ? 'Is a directory' : code === 'EACCES' ? 'Permission denied' : String(error);
    throw new Failure(`${file}: ${why}`);
  }
}

export function valueOf<T>(result: LabResult<T>): T {
  if (result.ok) return result.value;
  throw new Failure(result.error.message);
}

export async function openLab(name: string | undefined): Promise<Lab> {
  if (name === undefined) {
    const { createBlankHost } = await import('../../shared/lab/index.ts');
    return createBlankHost({ seed: 1, epochMs: Date.now() });
  }
  return (await import('./lab-by-name.ts')).labByName(name);
}
