/** A host by SSH as a node: words are quoted for its shell, what needs root goes by sudo, and a connection that was lost is made anew. */
import type { TerminalSize } from '../../../shared/lab/index.ts';
import { quoted, type LiveNode, type LivePod, type Output, type SpawnOptions } from '../live/node.ts';
import { finished } from '../live/pipe-program.ts';
import type { Ask, Program } from '../provider.ts';
import type { SshConnection } from '../ssh.ts';

/** How root is reached. */
type Root = 'self' | 'free' | 'password' | 'none';

const SBIN = 'PATH=$PATH:/usr/sbin:/sbin; export PATH; ';

export class SshNode implements LiveNode {
  status = 'Connected';
  private root: Root = 'none';
  private counter = 0;
  private readonly killing = new Set<Promise<unknown>>();

  constructor(
    readonly name: string,
    private readonly connection: SshConnection,
    private readonly ask: Ask | undefined,
  ) {}

  /** Connects, and finds out how root is reached there. */
  async open(): Promise<void> {
    await this.connection.connect();
    const { stdout } = await this.plain('id -u; sudo -n true >/dev/null 2>&1 && echo free; command -v sudo >/dev/null 2>&1 && echo sudo');
    const words = stdout.split('\n');
    this.root = words[0] === '0' ? 'self' : words.includes('free') ? 'free' : 'none';
    if (this.root !== 'none' || !words.includes('sudo')) return this.told();
    const { config, credentials } = this.connection;
    const password = credentials.sudoPassword ?? (await this.ask?.({ kind: 'sudo', host: this.name, user: config.user }));
    if (password === undefined) return this.told();
    credentials.sudoPassword = password;
    this.root = 'password';
    const tried = await this.run(['true']);
    if (tried.status !== 0) {
      credentials.sudoPassword = undefined;
      this.root = 'none';
    }
    this.told();
  }
  private told(): void {
    this.status = this.root === 'none' ? 'Connected, without root: other namespaces and packet filters cannot be seen' : 'Connected';
  }

  async run(argv: readonly string[], stdin = ''): Promise<Output> {
    const [before, input] = this.asRoot();
    const program = await this.connection.run(line(`${before}${argv.map(quoted).join(' ')}`));
    return finished(program, input + stdin);
  }
  async watch(argv: readonly string[]): Promise<Program> {
    const [before, input] = this.asRoot();
    const program = await this.connection.run(line(`${before}${argv.map(quoted).join(' ')}`));
    if (input !== '') program.write(Buffer.from(input));
    return program;
  }
  async spawn(argv: readonly string[], options: SpawnOptions = {}): Promise<Program> {
    const { pod, terminal, env = {}, cwd } = options;
    const settings = Object.entries(env).map(([key, value]) => quoted(`${key}=${value}`));
    const words = argv.map(quoted).join(' ');
    // by this its processes are found again
    const token = `PODWALK_PROGRAM=${process.pid}-${++this.counter}`;
    const command = `env ${[token, ...settings].join(' ')} ${words}`;
    const place = cwd === undefined ? '' : `cd ${quoted(cwd)} 2>/dev/null; `;
    const kill = terminal ? undefined : (name: string): void => this.kill(token, name);
    if (!pod) return this.connection.run(line(`${place}exec ${command}`), terminal, kill);
    return this.inPod(pod, command, place, terminal, kill);
  }
  /** Signals that are on their way have arrived. */
  async settled(): Promise<void> {
    await Promise.all(this.killing);
  }
  private kill(token: string, signal: string): void {
    if (!this.connection.isUp) return;
    const [before, input] = this.asRoot();
    const script = `for e in $(grep -l ${token} /proc/[0-9]*/environ 2>/dev/null); do p=\${e#/proc/}; kill -s ${signal.replaceAll(/[^A-Z0-9]/g, '')} "\${p%/environ}"; done`;
    const sent = this.connection.run(line(`${before}sh -c ${quoted(script)}`)).then(
      (program) => finished(program, input),
      () => undefined,
    );
    this.killing.add(sent);
    void sent.finally(() => this.killing.delete(sent));
  }
  openShell(size: TerminalSize, pod?: LivePod): Promise<Program> {
    return pod ? this.inPod(pod, 'bash -l', '', size, undefined) : this.connection.shell(size);
  }

  /** The host's programs in the pod's network and under its name. */
  private async inPod(
    pod: LivePod,
    command: string,
    place: string,
    terminal: TerminalSize | undefined,
    kill: ((signal: string) => void) | undefined,
  ): Promise<Program> {
    const door = 'door' in pod && typeof pod.door === 'string' ? pod.door : '';
    const words = `nsenter ${door} -- sh -c ${quoted(`${place}exec ${command}`)}`;
    // on a terminal sudo asks by itself, and the user answers
    if (this.root !== 'password' || terminal)
      return this.connection.run(line(`exec ${this.root === 'self' ? '' : terminal ? 'sudo ' : 'sudo -n '}${words}`), terminal, kill);
    const [before, input] = this.asRoot();
    const program = await this.connection.run(line(`${before}${words}`), undefined, kill);
    program.write(Buffer.from(input));
    return program;
  }
  private plain(script: string): Promise<Output> {
    return this.connection.run(line(script)).then((program) => finished(program));
  }
  /** What stands before a command, and what sudo reads first. `-k`: it always reads, so nothing of it reaches the command. */
  private asRoot(): readonly [before: string, input: string] {
    if (this.root === 'free') return ['exec sudo -n ', ''];
    if (this.root === 'password') return ["exec sudo -k -S -p '' ", `${this.connection.credentials.sudoPassword ?? ''}\n`];
    return ['exec ', ''];
  }
}

/** Whatever the user's login shell is, this is read by sh. */
const line = (script: string): string => `exec sh -c ${quoted(SBIN + script)}`;
