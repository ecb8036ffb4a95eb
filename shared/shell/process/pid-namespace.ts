/** The numbers of processes (pid_namespaces(7)). */
import { PlainNamespace } from './namespace.ts';
import type { Process } from './process.ts';

/** Numbers processes. A process has a number in its namespace and in each one above (pid_namespaces(7)). */
export class PidNamespace extends PlainNamespace {
  private next = 1;
  private readonly processes = new Map<number, Process>();
  private readonly numbers = new Map<Process, number>();

  constructor(
    ino: number,
    readonly above: PidNamespace | undefined,
    private readonly maximum = 4194304,
  ) {
    super('pid', ino);
  }
  /** Gives a new process its number here and above. */
  enroll(process: Process): number {
    this.above?.enroll(process);
    while (this.processes.has(this.next)) this.next = this.next >= this.maximum ? 300 : this.next + 1;
    const pid = this.next++;
    this.processes.set(pid, process);
    this.numbers.set(process, pid);
    return pid;
  }
  dismiss(process: Process): void {
    this.above?.dismiss(process);
    const pid = this.numbers.get(process);
    if (pid === undefined) return;
    this.numbers.delete(process);
    this.processes.delete(pid);
  }
  lookup(pid: number): Process | undefined {
    return this.processes.get(pid);
  }
  /** The number a process has here; undefined when it cannot be seen from here. */
  pidOf(process: Process): number | undefined {
    return this.numbers.get(process);
  }
  get size(): number {
    return this.processes.size;
  }
  /** The process that adopts orphans. */
  get init(): Process | undefined {
    return this.processes.get(1);
  }
  /** All that can be seen from here, by number. */
  list(): readonly { readonly pid: number; readonly process: Process }[] {
    return [...this.processes].map(([pid, process]) => ({ pid, process })).sort((a, b) => a.pid - b.pid);
  }
}
