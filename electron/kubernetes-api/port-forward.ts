/**
 * Port-forward: for each connection that the client accepted it opens a pair of streams, one for data and one for what goes wrong; a program in
 * the pod's network stands at the other end (portforward.k8s.io).
 */
import type { Program } from '../labs/provider.ts';
import type { SpdySession, SpdyStream } from './spdy.ts';
import { PendingInput } from './streams.ts';

export const FORWARD_PROTOCOL = 'portforward.k8s.io';

const READ_BYTES = 1 << 15;

/** Serves the streams of a session as they come. */
export class PortForwarding {
  private readonly errors = new Map<string, SpdyStream>();
  private readonly programs = new Set<Program>();

  /** `open` reaches a port of the pod. */
  constructor(
    private readonly session: () => SpdySession,
    private readonly open: (port: number) => Promise<Program>,
  ) {}

  take(stream: SpdyStream): void {
    const request = stream.headers.get('requestid') ?? stream.headers.get('port') ?? '';
    if (stream.headers.get('streamtype') === 'error') {
      this.errors.set(request, stream);
      return;
    }
    const errors = this.errors.get(request);
    this.errors.delete(request);
    const port = Number(stream.headers.get('port'));
    this.open(port).then(
      (program) => this.connect(program, port, stream, errors),
      (error: unknown) => {
        errors?.write(Buffer.from(error instanceof Error ? error.message : String(error)));
        errors?.end();
        stream.end();
      },
    );
  }
  /** The client is gone. */
  close(): void {
    for (const program of this.programs) program.signal('KILL');
    this.programs.clear();
  }

  private connect(program: Program, port: number, stream: SpdyStream, errors: SpdyStream | undefined): void {
    const session = this.session();
    this.programs.add(program);
    let isFull = false;
    let isOver = false;
    const input = new PendingInput(
      (data) => program.write(data),
      () => program.closeInput(),
      { pauseInput: () => session.pause(), resumeInput: () => session.resume() },
    );
    const pass = (): void => {
      while (!isFull) {
        const data = program.read(READ_BYTES);
        if (!data) break;
        isFull = !stream.write(data);
      }
      if (isOver || isFull || program.exitStatus === undefined) return;
      isOver = true;
      session.offDrain(drained);
      this.programs.delete(program);
      const said = Buffer.from(program.readError(READ_BYTES) ?? []).toString();
      if (program.exitStatus !== 0) errors?.write(Buffer.from(failureText(port, said)));
      errors?.end();
      stream.end();
    };
    const drained = (): void => {
      isFull = false;
      pass();
    };
    session.onDrain(drained);
    program.onReadable(pass);
    program.onExit(() => pass());
    program.onWritable(() => input.feed());
    stream.onData((data) => input.take(data));
    stream.onEnd(() => input.take(undefined));
    pass();
  }
}

/** As containerd words that nobody listens there. */
function failureText(port: number, said: string): string {
  const why = /failed: (.*)$/m.exec(said)?.[1]?.trim().toLowerCase() ?? 'connection reset by peer';
  return `failed to execute portforward in the pod's network namespace: failed to connect to localhost:${port}, IPv4: dial tcp4 127.0.0.1:${port}: connect: ${why}`;
}
