/**
 * Between standard input and output and a connection, both ways, until it is over (readwrite of netcat.c): at the end of input the connection
 * stays open unless -N; at the end of the connection a client goes on until its input ends, a listener is done.
 */
import type { Bytes } from '../../base/index.ts';
import type { TcpSocket, UdpSocket } from '../../kernel/index.ts';
import { UdpSocket as Udp } from '../../kernel/index.ts';
import type { SocketFile } from '../../machine/index.ts';
import { anyOf, type Process, type Sys, type Wait } from '../../shell/index.ts';
import type { NcOptions } from './options.ts';

const BUFFER_BYTES = 16384;

export function* transfer(p: Process, file: SocketFile, options: NcOptions): Sys {
  const state = new Transfer(p, file, options);
  yield* state.run();
}

class Transfer {
  private stdinOpen: boolean;
  private netInOpen = true;
  private netOutOpen = true;
  private stdoutOpen = true;
  private toNet: Bytes = '';
  private toOut: Bytes = '';
  private received = 0;
  private quitAtUs = Infinity;
  private readonly isListening: boolean;

  constructor(
    private readonly p: Process,
    private readonly file: SocketFile,
    private readonly options: NcOptions,
  ) {
    this.stdinOpen = !options.has('d');
    this.isListening = options.has('l');
  }
  private get socket(): TcpSocket | UdpSocket {
    return this.file.socket;
  }

  *run(): Sys {
    while (!this.isOver()) {
      if (this.options.intervalUs > 0) yield* this.p.sleep(this.options.intervalUs);
      if (!(yield* this.wait())) return;
      this.readStdin();
      this.writeNet();
      this.readNet();
      this.writeOut();
      this.closeEnds();
      yield* this.p.tick(50);
    }
  }
  private isOver(): boolean {
    if (!this.stdinOpen && !this.netInOpen && this.toNet === '' && this.toOut === '') return true;
    if (!this.netOutOpen && !this.stdoutOpen) return true;
    return this.isListening && !this.netInOpen && this.toNet === '' && this.toOut === '';
  }
  /** False when nothing happened for as long as -w says, or -q has run out. */
  private *wait(): Sys<boolean> {
    const { p, file } = this;
    const stdin = p.fds.get(0);
    const stdout = p.fds.get(1);
    const queues: Wait[] = [file.changed];
    if (stdin) queues.push(stdin.changed);
    if (stdout) queues.push(stdout.changed);
    const ready = (): boolean => {
      const net = file.poll();
      if (this.wantsStdin && (stdin === undefined || stdin.poll().readable)) return true;
      if (this.netInOpen && this.toOut.length < BUFFER_BYTES && net.readable) return true;
      if (this.netOutOpen && ((this.toNet !== '' && net.writable) || net.hangup)) return true;
      return this.stdoutOpen && this.toOut !== '' && (stdout?.poll().writable ?? true);
    };
    const leftUs = this.quitAtUs - p.nowUs;
    const { timeoutUs } = this.options;
    const limitUs = Math.min(leftUs, timeoutUs ?? Infinity);
    return yield* p.waitFor(ready, anyOf(queues), limitUs === Infinity ? undefined : Math.max(0, limitUs));
  }
  private get wantsStdin(): boolean {
    return this.stdinOpen && this.toNet.length < BUFFER_BYTES;
  }

  private readStdin(): void {
    if (!this.wantsStdin) return;
    const stdin = this.p.fds.get(0);
    const data = stdin?.read(BUFFER_BYTES - this.toNet.length, this.p);
    if (data === undefined || (data.ok ? data.value === '' : data.error !== 'EAGAIN')) this.stdinOpen = false;
    else if (data.ok) this.toNet += this.options.has('C') ? data.value.replace(/\r?\n/g, '\r\n') : data.value;
    if (!this.stdinOpen && this.options.quitAfterS > 0) this.quitAtUs = this.p.nowUs + this.options.quitAfterS * 1e6;
  }
  private writeNet(): void {
    if (!this.netOutOpen) return;
    if (this.file.poll().hangup) {
      this.netOutOpen = false;
      this.stdinOpen = false;
      this.toNet = '';
      return;
    }
    while (this.toNet !== '') {
      const sent = this.file.write(this.toNet);
      if (sent.ok) this.toNet = this.toNet.slice(sent.value);
      else {
        if (sent.error !== 'EAGAIN') {
          this.netOutOpen = this.stdinOpen = false;
          this.toNet = '';
        }
        return;
      }
    }
  }
  private readNet(): void {
    if (!this.netInOpen || this.toOut.length >= BUFFER_BYTES) return;
    const data = this.file.read(BUFFER_BYTES - this.toOut.length);
    if (data.ok ? data.value === '' && !(this.socket instanceof Udp) : data.error !== 'EAGAIN') this.netInOpen = false;
    else if (data.ok) {
      this.toOut += data.value;
      this.received++;
      if (this.options.receiveLimit > 0 && this.received >= this.options.receiveLimit) this.netInOpen = this.stdinOpen = false;
    }
  }
  private writeOut(): void {
    const stdout = this.p.fds.get(1);
    while (this.stdoutOpen && this.toOut !== '') {
      const written = stdout?.write(this.toOut, this.p);
      if (written?.ok) this.toOut = this.toOut.slice(written.value);
      else {
        if (written?.error === 'EAGAIN') return;
        this.stdoutOpen = this.netInOpen = false;
        this.toOut = '';
      }
    }
  }
  private closeEnds(): void {
    if (!this.stdinOpen && this.toNet === '' && this.netOutOpen) {
      if (this.options.has('N') && !(this.socket instanceof Udp)) this.socket.shutdownSend();
      this.netOutOpen = false;
    }
    if (!this.netInOpen && this.toOut === '') this.stdoutOpen = false;
  }
}
