/**
 * The only file that knows ssh2: one connection to a host with as many channels as are wanted, on it a channel as a `Program`. Nothing is installed on the
 * host, nobody's agent is handed on, and no key is trusted that known_hosts or the user does not vouch for.
 */
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { AuthHandlerMiddleware, ClientChannel, ClientErrorExtensions, ServerHostKeyAlgorithm } from 'ssh2';
import type { TerminalSize } from '../../shared/lab/index.ts';
import type { Ask, Program } from './provider.ts';
import { Credentials, type KeyCheck } from './ssh/credentials.ts';
import type { HostConfig } from './ssh/host-config.ts';
import { distrust, wantedTypes } from './ssh/trust.ts';

/** A host that is there answers within this; the user may take longer over a question. */
const ANSWER_MS = 15_000;
const KEEPALIVE_MS = 5_000;
/** Unanswered ones, one after another: then the connection is lost. */
const KEEPALIVES = 3;
/** As a shell shows that ssh failed. */
const LOST = 255;

const isUsable: KeyCheck = (key, passphrase) => {
  const parsed = ssh2.utils.parseKey(key, passphrase);
  if (!(parsed instanceof Error)) return 'usable';
  return /encrypted|passphrase|bad decrypt|integrity/i.test(parsed.message) ? 'encrypted' : 'unusable';
};

export class SshConnection {
  readonly credentials: Credentials;
  private client: InstanceType<typeof ssh2.Client> | undefined;
  private connecting: Promise<InstanceType<typeof ssh2.Client>> | undefined;
  private isClosed = false;
  private readonly programs = new Set<ChannelProgram>();
  private jump: SshConnection | undefined;

  /** `onLost`: with the reason and how many programs went with it; not when it was closed. */
  constructor(
    readonly config: HostConfig,
    private readonly options: {
      readonly ask: Ask | undefined;
      readonly jumpTo: (spec: string) => Promise<SshConnection>;
      readonly onLost: (why: string, programs: number) => void;
      /** Instead of the usual time for an answer. */
      readonly answerMs?: number;
    },
  ) {
    this.credentials = new Credentials(config, options.ask, isUsable);
  }

  get isUp(): boolean {
    return this.client !== undefined;
  }
  /** Makes sure that it is up. Rejects with a sentence. */
  async connect(): Promise<void> {
    await this.ensure();
  }
  close(): void {
    this.isClosed = true;
    this.client?.end();
    this.client = undefined;
    this.jump?.close();
  }
  /** One line for the host's own shell. `kill`: how its programs get a signal, as sshd passes none on for root. */
  async run(line: string, terminal?: TerminalSize, kill?: (signal: string) => void): Promise<Program> {
    const client = await this.ensure();
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      const pty = terminal && { term: 'xterm-256color', cols: terminal.columns, rows: terminal.rows };
      client.exec(line, pty ? { pty } : {}, (error, opened) => (error ? reject(new Error(`${this.config.name}: ${error.message}`)) : resolve(opened)));
    });
    return this.adopt(channel, kill);
  }
  async shell(terminal: TerminalSize): Promise<Program> {
    const client = await this.ensure();
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      const pty = { term: 'xterm-256color', cols: terminal.columns, rows: terminal.rows };
      client.shell(pty, (error, opened) => (error ? reject(new Error(`${this.config.name}: ${error.message}`)) : resolve(opened)));
    });
    return this.adopt(channel);
  }

  private adopt(channel: ClientChannel, kill?: (signal: string) => void): Program {
    const program = new ChannelProgram(channel, kill);
    this.programs.add(program);
    program.onExit(() => this.programs.delete(program));
    return program;
  }
  private ensure(): Promise<InstanceType<typeof ssh2.Client>> {
    if (this.isClosed) return Promise.reject(new Error(`the connection to ${this.config.name} was closed`));
    if (this.client) return Promise.resolve(this.client);
    return (this.connecting ??= this.open().finally(() => (this.connecting = undefined)));
  }
  private async open(): Promise<InstanceType<typeof ssh2.Client>> {
    const through = await this.throughJump();
    const client = await this.handshake(through);
    this.client = client;
    client.on('error', () => undefined); // told by 'close'
    return client;
  }
  /** A stream to the host by way of others. */
  private async throughJump(): Promise<Duplex | undefined> {
    const { jumps, host, port } = this.config;
    const last = jumps.at(-1);
    if (last === undefined) return undefined;
    this.jump ??= await this.options.jumpTo(last);
    const client = await this.jump.ensure();
    return new Promise((resolve, reject) => {
      client.forwardOut('127.0.0.1', 0, host, port, (error, stream) =>
        error ? reject(new Error(`${this.config.name} cannot be reached by way of ${last}: ${error.message}`)) : resolve(stream),
      );
    });
  }

  private handshake(sock: Duplex | undefined): Promise<InstanceType<typeof ssh2.Client>> {
    const { config, credentials } = this;
    const answerMs = this.options.answerMs ?? ANSWER_MS;
    const client = new ssh2.Client();
    let timer: NodeJS.Timeout | undefined;
    let step = 'answer';
    let refusal: string | undefined;
    let isReady = false;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        client.destroy();
        reject(new Error(why));
      };
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(`${config.name} (${config.host}:${config.port}) does not ${step}: nothing came for ${answerMs / 1000} s`), answerMs);
      };
      const pause = <T>(asking: Promise<T>): Promise<T> => {
        clearTimeout(timer);
        return asking.finally(() => (isReady ? undefined : wait()));
      };
      let offered: readonly string[] = [];
      const attempts = credentials.attempts(() => offered);
      let password = '';
      const next: AuthHandlerMiddleware = (methods, _partial, use) => {
        step = 'let the user in';
        offered = Array.isArray(methods) ? methods : []; // none at first
        void pause(attempts.next()).then(({ value: attempt, done }) => {
          if (done === true) {
            const tried = credentials.tried.length === 0 ? 'nothing was there to try' : `tried: ${credentials.tried.join(', ')}`;
            refusal = `${config.name} does not let ${config.user} in (${tried}; it takes ${offered.join(', ') || 'nothing that is known here'})`;
            use(false as never);
          } else if (attempt.kind === 'none') use({ type: 'none', username: config.user });
          else if (attempt.kind === 'agent') use({ type: 'agent', username: config.user, agent: attempt.socket });
          else if (attempt.kind === 'key')
            use({ type: 'publickey', username: config.user, key: attempt.key, ...(attempt.passphrase !== undefined && { passphrase: attempt.passphrase }) });
          else {
            password = attempt.password;
            if (attempt.kind === 'password') use({ type: 'password', username: config.user, password });
            else
              use({
                type: 'keyboard-interactive',
                username: config.user,
                prompt: (_name, _text, _language, prompts, answer) => answer(prompts.map(() => password)),
              });
          }
        });
      };
      client.on('ready', () => {
        isReady = true;
        clearTimeout(timer);
        resolve(client);
      });
      client.on('error', (error: Error & ClientErrorExtensions) => {
        if (!isReady) fail(refusal ?? wordsOf(error, config));
        else lastError = error.message;
      });
      let lastError = '';
      client.on('close', () => {
        if (!isReady) fail(refusal ?? `${config.name} closed the connection before it was made`);
        else this.lost(client, lastError);
      });
      wait();
      const types = wantedTypes(config).flatMap((type) =>
        type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type],
      ) as ServerHostKeyAlgorithm[];
      client.connect({
        host: config.host,
        port: config.port,
        username: config.user,
        ...(sock && { sock }),
        readyTimeout: 0,
        keepaliveInterval: KEEPALIVE_MS,
        keepaliveCountMax: KEEPALIVES,
        // those that the host is known by come first, so that it shows the key that can be compared
        ...(types.length > 0 && { algorithms: { serverHostKey: { prepend: types, append: [], remove: [] } } }),
        authHandler: next,
        hostVerifier: (key: Buffer, verify: (isTrusted: boolean) => void) => {
          step = 'agree on keys';
          void pause(distrust(config, key, this.options.ask)).then(
            (why) => {
              refusal = why;
              verify(why === undefined);
            },
            (error: unknown) => {
              refusal = String(error);
              verify(false);
            },
          );
        },
      });
    });
  }
  private lost(client: InstanceType<typeof ssh2.Client>, error: string): void {
    if (this.client !== client) return;
    this.client = undefined;
    const why =
      error === '' ? 'the host closed it' : /keepalive/i.test(error) ? `nothing came from the host for ${(KEEPALIVE_MS * KEEPALIVES) / 1000} s` : error;
    const count = this.programs.size;
    for (const program of [...this.programs]) program.lose(`the connection to ${this.config.name} was lost (${why}): this program and what it ran in are gone`);
    this.programs.clear();
    if (!this.isClosed) this.options.onLost(why, count);
  }
}

function wordsOf(error: Error & ClientErrorExtensions, { name, host, port }: HostConfig): string {
  const { code } = error as NodeJS.ErrnoException;
  const where = `${name} (${host}:${port})`;
  if (code === 'ECONNREFUSED') return `${where} refuses connections: is sshd running there?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${where}: there is no host of this name`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'ETIMEDOUT') return `${where} cannot be reached`;
  if (error.level === 'client-authentication') return `${where} does not let the user in`;
  return `${where}: ${error.message}`;
}

class ChannelProgram implements Program {
  exitStatus: number | undefined;
  private status: number | undefined;
  private isFull = false;
  private notice: Uint8Array | undefined;
  private readable: () => void = () => undefined;
  private writable: () => void = () => undefined;
  private readonly exitListeners: ((status: number) => void)[] = [];

  constructor(
    private readonly channel: ClientChannel,
    private readonly kill: ((signal: string) => void) | undefined,
  ) {
    for (const stream of [channel, channel.stderr]) stream.on('readable', () => this.readable());
    channel.on('drain', () => {
      this.isFull = false;
      this.writable();
    });
    channel.on('error', () => undefined);
    channel.on('exit', (status: number | null, signal?: string) => (this.status = status ?? 128 + (SIGNALS[(signal ?? '').replace(/^SIG/, '')] ?? 0)));
    channel.on('close', () => this.end(this.status ?? LOST));
  }
  read(limit: number): Uint8Array | undefined {
    const data = take(this.channel, limit) ?? this.notice;
    if (data === this.notice) this.notice = undefined;
    return data;
  }
  readError(limit: number): Uint8Array | undefined {
    return take(this.channel.stderr, limit);
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  write(data: Uint8Array): number {
    if (this.isFull) return 0;
    if (this.channel.writable) this.isFull = !this.channel.write(data);
    return data.length;
  }
  onWritable(listener: () => void): void {
    this.writable = listener;
  }
  closeInput(): void {
    this.channel.end();
  }
  resize({ columns, rows }: TerminalSize): void {
    if (this.exitStatus === undefined) this.channel.setWindow(rows, columns, 0, 0);
  }
  signal(name: string): void {
    if (this.exitStatus !== undefined) return;
    if (this.kill) this.kill(name);
    else if (name === 'INT') this.channel.write('\x03');
    else if (name === 'HUP' || name === 'KILL') this.channel.close();
    else this.channel.signal(name);
  }
  onExit(listener: (status: number) => void): void {
    if (this.exitStatus === undefined) this.exitListeners.push(listener);
    else listener(this.exitStatus);
  }
  /** Its connection is gone: the last that is read says so. */
  lose(why: string): void {
    this.notice = Buffer.from(`\r\npodwalk: ${why}\r\n`);
    this.end(LOST);
  }
  private end(status: number): void {
    if (this.exitStatus !== undefined) return;
    this.exitStatus = status;
    this.readable();
    for (const listener of this.exitListeners) listener(status);
  }
}

const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

function take(stream: NodeJS.ReadableStream & { readonly readableLength?: number }, limit: number): Uint8Array | undefined {
  const length = stream.readableLength ?? 0;
  const data: unknown =
    length === 0 ? (stream as { read(size?: number): unknown }).read(0) : (stream as { read(size?: number): unknown }).read(Math.min(limit, length));
  return data instanceof Uint8Array && data.length > 0 ? data : undefined;
}
