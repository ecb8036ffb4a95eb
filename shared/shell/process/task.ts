/** What the scheduler keeps of a process: its generator, how it goes on, what it waits for. Only os.ts knows it. */
import type { Work } from '../../base/index.ts';
import type { Os } from './os.ts';
import { Departure, type Image, type Program } from './host.ts';
import type { Process } from './process.ts';
import type { Disarm, Sys } from './wait.ts';

/** Virtual microseconds that it takes to go on with a process, to load a program. */
const RESUME_US = 5;
const EXEC_US = 400;

export class Task implements Work {
  generator: Sys<number> | undefined = undefined;
  /** queued: will run; waiting: armed; running: now; parked: would run but is stopped; gone. */
  state: 'queued' | 'waiting' | 'running' | 'parked' | 'gone' = 'queued';
  private disarm: Disarm | undefined = undefined;

  constructor(
    private readonly os: Os,
    readonly process: Process,
    private readonly body: Program,
  ) {}

  /** Set when it is to become another program. */
  image: Image | undefined = undefined;

  run(): void {
    if (this.state !== 'queued') return;
    if (this.process.state === 'stopped') {
      this.state = 'parked';
      return;
    }
    this.state = 'running';
    this.os.sim.charge(RESUME_US);
    this.process.cpuUs += RESUME_US;
    if (!this.os.deliver(this)) return;
    this.step();
  }
  private step(): void {
    try {
      this.generator ??= main(this.process, this.body);
      const next = this.generator.next();
      if (next.done) {
        this.os.finish(this, { kind: 'exited', code: next.value & 255 });
        return;
      }
      this.state = 'waiting';
      this.process.state = 'sleeping';
      const disarm = next.value.arm(this.wake);
      if ((this.state as Task['state']) === 'waiting') this.disarm = disarm;
      else disarm();
    } catch (error) {
      this.os.failed(this, error);
    }
  }
  readonly wake = (): void => {
    if (this.state !== 'waiting') return;
    this.release();
    this.state = 'queued';
    if (this.process.state === 'sleeping') this.process.state = 'running';
    this.os.sim.ready(this);
  };
  /** No longer woken by what it waited for. */
  release(): void {
    this.disarm?.();
    this.disarm = undefined;
  }
  unpark(): void {
    if (this.state !== 'parked') return;
    this.state = 'queued';
    this.os.sim.ready(this);
  }
  /** Leaves the program wherever it is; `finally` blocks run. */
  unwind(): void {
    this.release();
    const { generator } = this;
    this.generator = undefined;
    try {
      for (let tries = 0; generator && tries < 64 && !generator.return(0).done; tries++);
    } catch (error) {
      if (!(error instanceof Departure)) this.os.report(error);
    }
  }
}

/** A program from its start to its end: what its standard output still holds leaves last. */
function* main(process: Process, body: Program): Sys<number> {
  let next: Program | undefined = body;
  let status = 0;
  while (next) {
    try {
      status = yield* next(process);
      next = undefined;
    } catch (error) {
      if (!(error instanceof Departure)) throw error;
      if (error.next.kind === 'exit') {
        status = error.next.status;
        next = undefined;
      } else next = error.next.image.program;
      if (error.next.kind === 'exec') become(process, error.next.image);
    }
    if (!next) yield* process.flush();
  }
  return status;
}

/** What execve(2) changes in a process. */
function become(process: Process, image: Image): void {
  process.argv = image.argv;
  process.exe = image.exe;
  process.comm = image.comm;
  process.fds.closeOnExec();
  process.stdout.discard();
  for (const [signal, disposition] of [...process.dispositions]) if (disposition !== 'ignore') process.on(signal, 'default');
  process.os.sim.charge(EXEC_US);
}
