/** The runner's driver for a simulated node: plugins are children of the process that plays the runtime, files are the node's. */
import { err, ok, strerror, utf8Decode, type Result } from '../base/index.ts';
import type { Process, Sys } from '../shell/index.ts';
import { runWithInput } from './child.ts';
import type { Answers, Ask, Asking, PluginOutput, PluginRun } from './runner.ts';

/** What one call of a plugin was: shown by the X-ray. Texts are decoded; times are the lab's, in microseconds. */
export interface PluginCall extends PluginRun, PluginOutput {
  readonly startedUs: number;
  readonly endedUs: number;
}

/** Runs a runner to its end on the node of a process. */
export function* onNode<T>(p: Process, runner: Asking<T>, observe?: (call: PluginCall) => void): Sys<T> {
  let step = runner.next();
  while (!step.done) step = runner.next(yield* answer(p, step.value, observe));
  return step.value;
}

function* answer(p: Process, question: Ask, observe: ((call: PluginCall) => void) | undefined): Sys<Answers[keyof Answers]> {
  switch (question.ask) {
    case 'find':
      return findExecutable(p, question.plugin, question.path);
    case 'run':
      return yield* run(p, question, observe);
    case 'read': {
      const text = p.fs.readFile(question.file);
      return text.ok ? text.value : undefined;
    }
    case 'list': {
      const entries = p.fs.readdir(question.directory);
      return (entries.ok ? entries.value.map(({ name }) => name) : []).sort();
    }
    case 'write':
      p.fs.mkdirs(question.file.slice(0, question.file.lastIndexOf('/')), 0o700);
      p.fs.writeFile(question.file, question.text, { mode: 0o600 });
      return undefined;
    case 'remove':
      p.fs.unlink(question.file);
      return undefined;
  }
}

/** containerd waits a minute for what it takes down. */
const CLEAN_UP_US = 60_000_000;

export function findExecutable(p: Process, plugin: string, path: readonly string[]): string | undefined {
  return path
    .map((directory) => `${directory}/${plugin}`)
    .find((file) => {
      const stat = p.fs.stat(file);
      return stat.ok && stat.value.kind === 'file';
    });
}

function* run(p: Process, plugin: PluginRun, observe: ((call: PluginCall) => void) | undefined): Sys<Result<PluginOutput, string>> {
  const startedUs = p.nowUs;
  const ran = yield* runWithInput(
    p,
    [plugin.file],
    new Map([...p.env, ...Object.entries(plugin.env)]),
    plugin.stdin,
    plugin.command === 'DEL' ? CLEAN_UP_US : undefined,
  );
  if (!ran.ok) return err(strerror(ran.error).toLowerCase());
  const { plugin: name, file, command, env, stdin } = plugin;
  const { status, stdout, stderr } = ran.value;
  const said = { stdin: utf8Decode(stdin), status, stdout: utf8Decode(stdout), stderr: utf8Decode(stderr) };
  observe?.({ plugin: name, file, command, env, ...said, startedUs, endedUs: p.nowUs });
  return ok(ran.value);
}
