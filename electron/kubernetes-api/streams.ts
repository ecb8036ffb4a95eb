/**
 * Exec and attach: the streams of a client, however they are carried, joined with those of a program in the lab. What one side does not read
 * keeps the other waiting.
 */
import type { JoinedProgram } from '../labs/provider.ts';

/** The client's end: WebSocket channels or SPDY streams. */
export interface Remote {
  /** Standard input as it comes; undefined at its end. */
  onInput(listener: (data: Uint8Array | undefined) => void): void;
  onResize(listener: (size: { readonly columns: number; readonly rows: number }) => void): void;
  /** It is gone. */
  onClose(listener: () => void): void;
  /** False: no more until `onDrain` told. */
  write(stream: 'stdout' | 'stderr', data: Uint8Array): boolean;
  onDrain(listener: () => void): void;
  pauseInput(): void;
  resumeInput(): void;
  /** How it came out, as a Status; then everything is closed. */
  finish(status: unknown): void;
}

const READ_BYTES = 1 << 15;
/** Input that may wait for the program before the client is stopped. */
const MOST_INPUT_BYTES = 1 << 18;

export function joinStreams(joined: JoinedProgram, remote: Remote): void {
  const { program } = joined;
  let isOver = false;
  let isFull = false;
  let isShowing = false;
  const input = new PendingInput(
    (data) => program.write(data),
    () => program.closeInput(),
    remote,
  );
  const show = (): void => {
    if (isShowing) return; // a program may end while what it wrote before is being read
    isShowing = true;
    while (!isFull && !isOver) {
      const out = program.read(READ_BYTES);
      const errors = out ? undefined : program.readError(READ_BYTES);
      const data = out ?? errors;
      if (!data) break;
      isFull = !remote.write(out ? 'stdout' : 'stderr', data);
    }
    isShowing = false;
    const status = program.exitStatus;
    if (status === undefined || isOver || isFull) return;
    isOver = true;
    remote.finish(joined.failure() ?? exitStatusObject(status));
  };
  program.onReadable(show);
  program.onExit(() => show());
  program.onWritable(() => input.feed());
  remote.onDrain(() => {
    isFull = false;
    show();
  });
  remote.onInput((data) => input.take(data));
  remote.onResize((size) => program.resize(size));
  remote.onClose(() => {
    if (isOver) return;
    isOver = true;
    program.signal('HUP');
    program.signal('KILL');
  });
  show();
}

/** What has come for a program that has no room for it yet. */
export class PendingInput {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private hasEnded = false;
  private isFeeding = false;

  constructor(
    private readonly write: (data: Uint8Array) => number,
    private readonly close: () => void,
    private readonly source: { pauseInput(): void; resumeInput(): void },
  ) {}
  take(data: Uint8Array | undefined): void {
    if (data === undefined) this.hasEnded = true;
    else if (data.length > 0) {
      this.chunks.push(data);
      this.size += data.length;
    }
    this.feed();
    if (this.size > MOST_INPUT_BYTES) this.source.pauseInput();
  }
  feed(): void {
    if (this.isFeeding) return;
    this.isFeeding = true; // `write` may say at once that there is room again
    const before = this.size;
    for (let chunk = this.chunks[0]; chunk; chunk = this.chunks[0]) {
      const taken = this.write(chunk);
      this.size -= taken;
      if (taken < chunk.length) {
        this.chunks[0] = chunk.subarray(taken);
        break;
      }
      this.chunks.shift();
    }
    this.isFeeding = false;
    if (before > MOST_INPUT_BYTES && this.size <= MOST_INPUT_BYTES) this.source.resumeInput();
    if (this.hasEnded && this.chunks.length === 0) this.close();
  }
}

/** As the kubelet words it (k8s.io/apimachinery remotecommand: NonZeroExitCode). */
function exitStatusObject(status: number): unknown {
  if (status === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${status}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(status) }] },
  };
}
