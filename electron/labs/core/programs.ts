/** The programs that one client of a lab's socket has running. They hang up when the client goes. */
import { refuse, Source } from '../../../shared/ipc/index.ts';
import type { Program } from '../provider.ts';

const READ_BYTES = 1 << 16;

interface Served {
  readonly program: Program;
  readonly sources: Set<Source<Uint8Array>>;
  readonly exit: Promise<number>;
  input: { data: Uint8Array; done(): void } | undefined;
  isFeeding: boolean;
}

export class ServedPrograms {
  private readonly programs = new Map<string, Served>();
  private counter = 0;

  add(program: Program): string {
    const id = `p${++this.counter}`;
    const served: Served = {
      program,
      sources: new Set(),
      exit: new Promise((resolve) => program.onExit(resolve)),
      input: undefined,
      isFeeding: false,
    };
    const wake = (): void => {
      for (const source of [...served.sources]) {
        source.wake();
        if (program.exitStatus !== undefined) source.end();
      }
    };
    program.onReadable(wake);
    program.onWritable(() => feed(served));
    program.onExit(wake);
    this.programs.set(id, served);
    return id;
  }
  output(id: string, errors: boolean): Source<Uint8Array> {
    const { program, sources } = this.get(id);
    const source: Source<Uint8Array> = new Source(
      () => (errors ? program.readError(READ_BYTES) : program.read(READ_BYTES)),
      () => sources.delete(source),
    );
    sources.add(source);
    if (program.exitStatus !== undefined) source.end();
    return source;
  }
  input(id: string, data: Uint8Array): Promise<null> {
    const served = this.get(id);
    if (served.input) return refuse('invalid-request', 'The input before this has not been taken yet.', { program: id });
    if (served.program.exitStatus !== undefined) return Promise.resolve(null);
    return new Promise((resolve) => {
      served.input = { data, done: () => resolve(null) };
      served.program.onExit(() => resolve(null));
      feed(served);
    });
  }
  async exit(id: string): Promise<{ readonly status: number }> {
    const status = await this.get(id).exit;
    return { status };
  }
  get(id: string): Served {
    return this.programs.get(id) ?? refuse('not-found', `There is no program ${id}.`, { program: id });
  }
  hangUp(): void {
    for (const { program } of this.programs.values()) if (program.exitStatus === undefined) program.signal('HUP');
    this.programs.clear();
  }
}

function feed(served: Served): void {
  const { input } = served;
  if (!input || served.isFeeding) return; // `write` may say at once that there is room again
  served.isFeeding = true;
  for (let taken = 1; taken > 0 && input.data.length > 0; input.data = input.data.subarray(taken)) taken = served.program.write(input.data);
  served.isFeeding = false;
  if (input.data.length > 0) return;
  served.input = undefined;
  input.done();
}
