/** The processes of a namespaces lab brought up: a hub that owns the wires, a first process for each node, and the channels to them. */
import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { Agent } from './agent.ts';
import { isPlain, type Command } from './wiring.ts';

export interface Hub {
  readonly pid: number;
  readonly agent: Agent;
  /** By node: as this machine counts its first process. */
  readonly nodes: ReadonlyMap<string, { readonly pid: number; readonly agent: Agent }>;
  stop(): Promise<void>;
}

const ENDS_WITHIN_MS = 3000;

/** `script`: resources/namespaces/lab.pl. `app`: what nodes see of this machine under /run/podwalk, NAME → path. */
export async function startHub(
  lab: string,
  names: readonly string[],
  script: string,
  app: Readonly<Record<string, string>>,
  onEnd: (why: string) => void,
): Promise<Hub> {
  const seen = Object.entries(app)
    .map(([name, path]) => `${name}=${path}`)
    .join('\0');
  // a NUL cannot be in an argument: the list goes as hex
  const child = spawn('perl', ['-e', script, lab, Buffer.from(seen).toString('hex'), ...names], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', ...names.map(() => 'pipe' as const)],
    detached: true,
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  const channel = (fd: number): Duplex => child.stdio[fd] as unknown as Duplex;
  const agent = new Agent(channel(3), 'the hub');
  const agents = names.map((name, i) => new Agent(channel(4 + i), name));
  let isStopping = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const one of [agent, ...agents]) one.close();
      resolve();
      if (!isStopping) onEnd(said.trim());
    });
    child.once('error', (error) => {
      said = error.message;
      for (const one of [agent, ...agents]) one.close();
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    isStopping = true;
    for (const one of [...agents, agent]) one.close();
    const timer = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  try {
    const told = await agent.ready;
    const pids = told.stdout.split('\n');
    const failed = pids.findIndex((pid) => !/^[1-9]\d*$/.test(pid));
    if (failed !== -1) throw new Error(`${names[failed]!}: ${pids[failed]!.replace(/^0 /, '')}`);
    const nodes = new Map(names.map((name, i) => [name, { pid: Number(pids[i]), agent: agents[i]! }]));
    return { pid: child.pid!, agent, nodes, stop };
  } catch (error) {
    await stop();
    throw said.trim() === '' ? error : new Error(said.trim());
  }
}

/** `ip` for each command, in order: plain ones together, in one process. */
export async function runIp(agent: Agent, commands: readonly Command[], netns?: string): Promise<void> {
  const where = netns === undefined ? [] : ['-n', netns];
  for (let at = 0; at < commands.length;) {
    let end = at;
    while (end < commands.length && isPlain(commands[end]!)) end++;
    const batch = commands.slice(at, end);
    const run =
      batch.length > 0
        ? await agent.run(['ip', ...where, '-batch', '-'], batch.map((command) => `${command.join(' ')}\n`).join(''))
        : await agent.run(['ip', ...where, ...commands[at]!]);
    at = Math.max(end, at + (batch.length > 0 ? 0 : 1));
    if (run.status !== 0) throw new Error(`ip: ${run.stderr.trim()}`);
  }
}
