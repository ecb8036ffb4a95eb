/**
 * A node made of namespaces. Short programs run as children of its first process; what a user runs enters the namespaces from here, so that it has
 * this process's pipes or a terminal of its own.
 */
import type { TerminalSize } from '../../../shared/lab/index.ts';
import { openPty } from '../../terminals/pty.ts';
import type { LiveNode, LivePod, Output, SpawnOptions } from '../live/node.ts';
import { PipeProgram } from '../live/pipe-program.ts';
import type { Program } from '../provider.ts';
import type { Agent } from './agent.ts';
import { PATH } from './wiring.ts';

const NAMESPACES = ['-m', '-n', '-u', '-i', '-p'];

export interface PodPlace extends LivePod {
  /** Of its first process, as the node counts. */
  readonly pid: number;
}

export class NamespaceNode implements LiveNode {
  status = 'Ready';
  constructor(
    readonly name: string,
    /** Of its first process, as this machine counts. */
    readonly pid: number,
    readonly agent: Agent,
  ) {}

  run(argv: readonly string[], stdin = ''): Promise<Output> {
    return this.agent.run(argv, stdin);
  }
  spawn(argv: readonly string[], options: SpawnOptions = {}): Promise<Program> {
    return this.enter(argv, options);
  }
  watch(argv: readonly string[]): Promise<Program> {
    return this.enter(argv, {});
  }
  openShell(size: TerminalSize, pod?: LivePod): Promise<Program> {
    return this.spawn(['bash', '-l'], { terminal: size, ...(pod && { pod }) });
  }

  private async enter(argv: readonly string[], { pod, terminal, env, cwd, signal }: SpawnOptions): Promise<Program> {
    const pid = pod && 'pid' in pod && typeof pod.pid === 'number' ? pod.pid : undefined;
    const inside = {
      PATH,
      HOME: '/root',
      USER: 'root',
      LOGNAME: 'root',
      SHELL: '/bin/bash',
      LANG: 'C.UTF-8',
      ...(terminal && { TERM: 'xterm-256color', COLORTERM: 'truecolor' }),
      ...env,
    };
    const door = [
      'nsenter',
      '--preserve-credentials',
      '-U',
      ...NAMESPACES,
      '-t',
      String(this.pid),
      '--',
      ...(pid === undefined ? [] : ['nsenter', ...NAMESPACES, '-t', String(pid), '--']),
      ...(pod?.kind === 'netns' ? ['nsenter', `--net=/run/netns/${pod.name}`, '--'] : []),
      'env',
      '-i',
      ...Object.entries(inside).map(([key, value]) => `${key}=${value}`),
      'sh',
      '-c',
      'cd "$0" 2>/dev/null; exec "$@"',
      cwd ?? '/root',
      ...argv,
    ];
    if (terminal) return await openPty(door, terminal);
    return new PipeProgram(door, { isDoor: true, ...(signal && { signal }) });
  }
}
