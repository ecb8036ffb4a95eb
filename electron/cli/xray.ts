/**
 * `podwalk cni --xray`, `--step` and `--tape`: what went into each call of a plugin and what came out, and for a script each command with what it
 * changed in the kernel: shown, gone through line by line, or kept on a tape whose labels are the lines.
 */
import { readSync } from 'node:fs';
import { differenceWords, XRay, type Difference, type Lab, type PluginOutput, type PluginRun, type RanCommand, type XRayLine } from '../../shared/lab/index.ts';
import { TapeWriter } from '../../shared/recording/index.ts';
import { openNewTape, type OpenTape } from './record.ts';

export interface Call extends PluginRun, PluginOutput {
  readonly tookUs: number;
  /** Of a script; none for a program. Only where they were asked for. */
  readonly lines?: readonly XRayLine[];
  /** What the whole call changed in the kernel. */
  readonly changes?: readonly Difference[];
}

export interface Looked {
  readonly lines: readonly XRayLine[];
  readonly changes: readonly Difference[];
}
/** Looks at calls while they are made. */
export interface Witness {
  /** `run` is given who is to be told of the script's commands. */
  look<T>(run: PluginRun, call: (onCommand: (command: RanCommand) => void) => T): { readonly value: T } & Looked;
  close(): void;
}

const TERMINAL = 'cni';
/** A tape's line is shown for at least so long: calls are over in milliseconds. */
const SECONDS_A_LINE = 1;
const LINES_SHOWN = 6;

export function makeWitness(lab: Lab, node: string, tape: string | undefined): Witness {
  const kept = tape === undefined ? undefined : new KeptCalls(lab, node, openNewTape(tape));
  return {
    look: (run, call) => {
      kept?.begin(run);
      const xray = new XRay(lab, (line) => kept?.line(line));
      const value = call(xray.command);
      const changes = xray.end();
      if (xray.lines.length === 0) kept?.changes(changes);
      return { value, lines: xray.lines, changes };
    },
    close: () => kept?.close(),
  };
}

class KeptCalls {
  private seconds = 0;
  private readonly writer: TapeWriter;
  constructor(
    private readonly lab: Lab,
    node: string,
    private readonly file: OpenTape,
  ) {
    this.writer = new TapeWriter({ podwalk: 1, title: `CNI on ${node}`, lab: lab.id, startedMs: Date.now() });
    file.keep(this.writer.begin());
    file.keep(this.writer.topologyLine(0, lab.topology()));
    file.keep(this.writer.line(0, 'open', { terminal: TERMINAL, title: node, node, columns: 160, rows: 40 }));
  }
  begin({ command, plugin }: PluginRun): void {
    this.label(`${command} ${plugin}`);
    this.say(`${command} ${plugin}\n`);
  }
  line(line: XRayLine): void {
    this.label(`${line.line}: ${line.text.split('\n', 1)[0]!}`);
    this.say(formatLine(line));
    this.changed();
  }
  changes(changes: readonly Difference[]): void {
    this.say(changes.map(formatChange).join(''));
    this.changed();
  }
  close(): void {
    this.file.keep(this.writer.line(this.seconds, 'x', [TERMINAL, 0]));
    this.file.close();
  }
  private changed(): void {
    const line = this.writer.topologyLine(this.seconds, this.lab.topology());
    if (line !== '') this.file.keep(line);
  }
  private label(text: string): void {
    this.seconds += SECONDS_A_LINE;
    this.file.keep(this.writer.line(this.seconds, 'm', text));
  }
  private say(text: string): void {
    this.file.keep(this.writer.line(this.seconds, 'o', [TERMINAL, text.replaceAll('\n', '\r\n')]));
  }
}

/** What went in, what came out, how long it took; `isStepped`: each command waits for a key first. */
export function showCall(call: Call, write: (text: string) => void, isStepped: boolean): void {
  const { plugin, command, env, stdin, stdout, stderr, status, tookUs, lines = [], changes = [] } = call;
  write(`${command} ${plugin}: exit status ${status}, ${(tookUs / 1000).toFixed(1)} ms\n`);
  const environment = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  write(part('environment', environment.join('\n')) + part('standard input', pretty(stdin)));
  if (lines.length > 0) {
    write('  commands\n');
    for (const line of lines) {
      write(formatCommand(line));
      if (isStepped) waitForEnter();
      write(line.changes.map(formatChange).join(''));
    }
  } else if (changes.length > 0) write(`  what it changed\n${changes.map(formatChange).join('')}`);
  write(part('standard output', pretty(stdout)) + part('standard error', stderr) + '\n');
}

const part = (title: string, text: string): string => (text.trim() === '' ? '' : `  ${title}\n${text.trimEnd().replace(/^/gm, '    ')}\n`);
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const formatLine = (line: XRayLine): string => formatCommand(line) + line.changes.map(formatChange).join('');
/** A command in several lines stays under its own first one; of very many, the first are shown. */
function formatCommand({ line, text, depth }: XRayLine): string {
  const [first = '', ...rest] = text.split('\n');
  const shown = rest.length > LINES_SHOWN ? [...rest.slice(0, LINES_SHOWN - 1), `… ${rest.length - LINES_SHOWN + 1} more lines`] : rest;
  return [`${String(line).padStart(6)}  ${'  '.repeat(depth)}${first}`, ...shown.map((one) => `${' '.repeat(8 + 2 * depth)}${one}`), ''].join('\n');
}
const formatChange = (difference: Difference): string => `          => ${differenceWords(difference, 'en')}\n`;

/** Without anybody at a terminal it does not wait. */
function waitForEnter(): void {
  if (!process.stdin.isTTY) return;
  const key = Buffer.alloc(1);
  while (readSync(0, key) === 1) if (key[0] === 10) return;
}
