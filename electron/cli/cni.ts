/**
 * `podwalk cni`: a CNI configuration run against a namespace of a lab, as a container runtime runs it. The runner asks, the lab's node answers:
 * what is asked of a simulated node here may be asked of any node.
 */
import { readFileSync } from 'node:fs';
import {
  addNetwork,
  checkNetwork,
  collectGarbage,
  deleteNetwork,
  encodeResult,
  networkStatus,
  parseNetwork,
  type Answers,
  type Ask,
  type Asking,
  type CniResult,
  type Json,
  type Lab,
  type NetworkError,
  type NetworkList,
  type PluginOutput,
  type PluginRun,
  type RanCommand,
  type Result,
  type RuntimeConfig,
} from '../../shared/lab/index.ts';
import { labByName } from './lab-by-name.ts';
import { nodeOf } from './sh.ts';
import { printJson } from './table.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';
import { makeWitness, showCall, type Call, type Witness } from './xray.ts';

const COMMANDS = ['ADD', 'CHECK', 'DEL', 'GC', 'STATUS', 'VERSION'] as const;
type CniCommand = (typeof COMMANDS)[number];
const NETNS_DIR = '/var/run/netns';
const PLUGINS = '/opt/cni/bin';
/** Bytes given to a program at once. */
const PIECE = 4096;

interface Done {
  readonly command: CniCommand;
  readonly calls: readonly Call[];
  /** What ADD and VERSION answer. */
  readonly result?: Json;
  readonly errors: readonly NetworkError[];
}

export async function cni({ options, operands }: Arguments): Promise<number> {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const [words = '', file = '', netns = ''] = operands;
  const commands = words.split(',').map(commandNamed);
  const list = readNetwork(file);
  const config = readConfig(text, netns);
  const path = (text('path') ?? PLUGINS).split(':');
  const { createBlankHost } = await import('../../shared/lab/index.ts');
  const wanted = text('lab');
  const lab = wanted === undefined ? createBlankHost({ seed: 1, epochMs: Date.now(), hasPlugins: true }) : await labByName(wanted);
  try {
    const isStepped = options['step'] === true;
    const isXray = isStepped || options['xray'] === true;
    const name = nodeOf(lab, text('node'));
    const witness = isXray || text('tape') !== undefined ? makeWitness(lab, name, text('tape')) : undefined;
    const node = new Node(lab, name, witness);
    if (commands.some((command) => command === 'ADD') && !netns.includes('/')) node.makeNetns(netns);
    const done = commands.map((command) => runCommand(node, command, list, path, config));
    witness?.close();
    if (options['json'] === true) printJson(done);
    else for (const one of done) print(one, isXray, isStepped);
    return done.some((one) => one.errors.length > 0) ? 1 : 0;
  } finally {
    lab.close();
  }
}

function commandNamed(word: string): CniCommand {
  const found = COMMANDS.find((command) => command === word.toUpperCase());
  if (!found) throw new UsageError(`COMMAND is one or more of ${COMMANDS.join(', ')}, joined by commas, not ${JSON.stringify(word)}`);
  return found;
}

function readNetwork(file: string): NetworkList {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Failure(`${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error)}`);
  }
  const list = parseNetwork(text);
  if (!list.ok) throw new Failure(`${file}: ${list.error}`);
  return list.value;
}

function readConfig(text: (name: string) => string | undefined, netns: string): RuntimeConfig {
  const capabilities = text('capabilities') ?? '{}';
  let parsed: unknown;
  try {
    parsed = JSON.parse(capabilities);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new UsageError(`--capabilities wants a JSON object, such as '{"portMappings": [{"hostPort": 8080, "containerPort": 80}]}', not ${capabilities}`);
  const args = (text('args') ?? '').split(';').filter((pair) => pair !== '');
  const bad = args.find((pair) => !/^[^=]+=[^=]+$/.test(pair));
  if (bad !== undefined) throw new UsageError(`--args wants KEY=VALUE pairs joined by semicolons, not ${JSON.stringify(bad)}`);
  return {
    containerId: text('container') ?? 'container-1',
    netns: netns === '' || netns.includes('/') ? netns : `${NETNS_DIR}/${netns}`,
    ifName: text('ifname') ?? 'eth0',
    args: args.map((pair) => pair.split('=') as [string, string]),
    capabilities: parsed as RuntimeConfig['capabilities'],
  };
}

function runCommand(node: Node, command: CniCommand, list: NetworkList, path: readonly string[], config: RuntimeConfig): Done {
  node.calls = [];
  const done = (errors: readonly NetworkError[], result?: Json): Done => ({ command, calls: node.calls, errors, ...(result === undefined ? {} : { result }) });
  const plain = (answer: Result<unknown, NetworkError>): Done => done(answer.ok ? [] : [answer.error]);
  switch (command) {
    case 'ADD': {
      const added: Result<CniResult, NetworkError> = node.drive(addNetwork(list, path, config));
      return added.ok ? done([], encodeResult(added.value, list.cniVersion)) : done([added.error]);
    }
    case 'CHECK':
      return plain(node.drive(checkNetwork(list, path, config)));
    case 'DEL':
      return plain(node.drive(deleteNetwork(list, path, config)));
    case 'GC':
      return done(node.drive(collectGarbage(list, path, [])));
    case 'STATUS':
      return plain(node.drive(networkStatus(list, path)));
    case 'VERSION':
      return done([], Object.fromEntries(list.plugins.map(({ type }) => [type, node.versionOf(type, path)])));
  }
}

/** Answers a runner's questions by what a lab can do on any node: run a program, read and write files. */
class Node {
  calls: Call[] = [];
  constructor(
    private readonly lab: Lab,
    private readonly name: string,
    private readonly witness: Witness | undefined,
  ) {}

  drive<T>(runner: Asking<T>): T {
    let step = runner.next();
    while (!step.done) step = runner.next(this.answer(step.value));
    return step.value;
  }

  private answer(question: Ask): Answers[keyof Answers] {
    switch (question.ask) {
      case 'find':
        return question.path.map((directory) => `${directory}/${question.plugin}`).find((file) => this.succeeds('test -x "$0"', file));
      case 'run':
        return { ok: true, value: this.call(question) };
      case 'read': {
        const text = this.lab.readFile(this.name, question.file);
        return text.ok ? text.value : undefined;
      }
      case 'list': {
        const { status, stdout } = this.run(['ls', '-1', question.directory]);
        return status === 0 ? stdout.split('\n').filter((name) => name !== '') : [];
      }
      case 'write':
        this.lab.writeFile(this.name, question.file, question.text, 0o600);
        return undefined;
      case 'remove':
        this.run(['rm', '-f', question.file]);
        return undefined;
    }
  }

  private call(run: PluginRun): PluginOutput {
    const { plugin, file, command, env, stdin } = run;
    const startUs = this.lab.simulation.nowUs;
    const { value: output, ...looked } = this.witness?.look(run, (onCommand) => this.run([file], env, stdin, onCommand)) ?? {
      value: this.run([file], env, stdin),
    };
    this.calls.push({ plugin, file, command, env, stdin, ...output, tookUs: this.lab.simulation.nowUs - startUs, ...looked });
    return output;
  }
  versionOf(plugin: string, path: readonly string[]): Json {
    const file = this.answer({ ask: 'find', plugin, path }) as string | undefined;
    if (file === undefined) return `not found in ${path.join(':')}`;
    const { stdout } = this.call({ plugin, file, command: 'VERSION', env: { CNI_COMMAND: 'VERSION' }, stdin: '{}' });
    try {
      return JSON.parse(stdout) as Json;
    } catch {
      return stdout;
    }
  }
  makeNetns(name: string): void {
    if (name === '') throw new UsageError('NETNS is missing: the name of a network namespace, or its path', 'cni');
    if (!this.succeeds('test -e "$0"', `${NETNS_DIR}/${name}`)) this.run(['ip', 'netns', 'add', name]);
  }

  private succeeds(script: string, argument: string): boolean {
    return this.run(['sh', '-c', script, argument]).status === 0;
  }
  private run(
    argv: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
    stdin = '',
    onCommand?: (command: RanCommand) => void,
  ): PluginOutput {
    const opened = this.lab.exec({ target: this.name, argv, env, ...(onCommand && { onCommand }) });
    if (!opened.ok) throw new Failure(opened.error.message);
    const session = opened.value;
    let [stdout, stderr] = ['', ''];
    let rest: string | undefined = stdin;
    const take = (): void => {
      stdout += session.read(1 << 20);
      stderr += session.readError(1 << 20);
    };
    session.onReadable(take);
    let isGiving = false;
    const give = (): void => {
      if (isGiving || rest === undefined) return;
      isGiving = true;
      for (let taken = 1; taken > 0 && rest !== ''; rest = rest.slice(taken)) taken = session.write(rest.slice(0, PIECE));
      isGiving = false;
      if (rest !== '') return;
      rest = undefined;
      session.closeInput();
    };
    session.onWritable(give);
    give();
    const { simulation } = this.lab;
    while (session.exitStatus === undefined) if (simulation.runFree(() => session.exitStatus === undefined) === 'idle') break;
    take();
    if (session.exitStatus === undefined) throw new Failure(`${argv.join(' ')} waits for something that can never come`);
    return { status: session.exitStatus, stdout, stderr };
  }
}

function print({ command, calls, result, errors }: Done, isXray: boolean, isStepped: boolean): void {
  if (isXray) for (const call of calls) showCall(call, (text) => process.stdout.write(text), isStepped);
  if (result !== undefined) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  for (const { plugin, code, msg, details } of errors) {
    const who = plugin === '' ? '' : `plugin ${plugin} failed: `;
    process.stderr.write(`podwalk: ${command}: ${who}${msg}${details === undefined ? '' : `; ${details}`} (code ${code})\n`);
  }
}
