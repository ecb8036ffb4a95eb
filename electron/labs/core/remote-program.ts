/** A program of a lab that is up in another process. What is not read here is not asked for there. */
import type { Connection, Reading } from '../../../shared/ipc/index.ts';
import type { TerminalSize } from '../../../shared/lab/index.ts';
import type { Program } from '../provider.ts';
import type { LabContract } from './contract.ts';

const HIGH_WATER_BYTES = 1 << 18;
const PIECE_BYTES = 1 << 16;
/** Its connection was lost: as a shell shows that ssh failed. */
const LOST = 255;

class Incoming {
  private chunks: Uint8Array[] = [];
  private bytes = 0;
  private goOn: (() => void) | undefined;

  async pump(reading: Reading<Uint8Array>, heard: () => void): Promise<void> {
    for await (const chunk of reading) {
      this.chunks.push(chunk);
      this.bytes += chunk.length;
      heard();
      if (this.bytes >= HIGH_WATER_BYTES) await new Promise<void>((resolve) => (this.goOn = resolve));
    }
  }
  take(limit: number): Uint8Array | undefined {
    const first = this.chunks.shift();
    if (!first) return undefined;
    const taken = first.length <= limit ? first : first.subarray(0, limit);
    if (taken.length < first.length) this.chunks.unshift(first.subarray(limit));
    this.bytes -= taken.length;
    if (this.bytes < HIGH_WATER_BYTES) this.goOn?.();
    return taken;
  }
}

export class RemoteProgram implements Program {
  exitStatus: number | undefined;
  private readonly out = new Incoming();
  private readonly errors = new Incoming();
  private isSending = false;
  private isInputClosed = false;
  private readable: () => void = () => undefined;
  private writable: () => void = () => undefined;
  private readonly exitListeners: ((status: number) => void)[] = [];

  constructor(
    private readonly connection: Connection<LabContract>,
    private readonly program: string,
    hasTerminal: boolean,
  ) {
    const heard = (): void => this.readable();
    const outputs = [this.out.pump(connection.open('program.output', { program, errors: false }), heard)];
    if (!hasTerminal) outputs.push(this.errors.pump(connection.open('program.output', { program, errors: true }), heard));
    Promise.all(outputs)
      .then(() => connection.call('program.exit', { program }))
      .then(
        ({ status }) => this.end(status),
        () => this.end(LOST),
      );
  }
  read(limit: number): Uint8Array | undefined {
    return this.out.take(limit);
  }
  readError(limit: number): Uint8Array | undefined {
    return this.errors.take(limit);
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  write(data: Uint8Array): number {
    if (this.isSending || this.exitStatus !== undefined) return this.isSending ? 0 : data.length;
    const piece = data.subarray(0, PIECE_BYTES);
    this.isSending = true;
    const done = (): void => {
      this.isSending = false;
      if (this.isInputClosed) this.sendEnd();
      else this.writable();
    };
    this.connection.call('program.input', { program: this.program, base64: Buffer.from(piece).toString('base64') }).then(done, done);
    return piece.length;
  }
  onWritable(listener: () => void): void {
    this.writable = listener;
  }
  closeInput(): void {
    this.isInputClosed = true;
    if (!this.isSending) this.sendEnd();
  }
  resize(size: TerminalSize): void {
    this.tell('program.resize', { program: this.program, size: { columns: size.columns, rows: size.rows } });
  }
  signal(name: string): void {
    this.tell('program.signal', { program: this.program, signal: name });
  }
  onExit(listener: (status: number) => void): void {
    if (this.exitStatus === undefined) this.exitListeners.push(listener);
    else listener(this.exitStatus);
  }

  private sendEnd(): void {
    this.tell('program.closeInput', { program: this.program });
  }
  /** Where the connection is lost, its end is told by the output. */
  private tell(...[procedure, input]: Parameters<Connection<LabContract>['call']>): void {
    this.connection.call(procedure, input).catch(() => undefined);
  }
  private end(status: number): void {
    this.exitStatus = status;
    this.readable();
    for (const listener of this.exitListeners) listener(status);
  }
}
