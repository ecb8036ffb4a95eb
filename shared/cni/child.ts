/** A program run for its output, as plugins and runtimes run others: input on standard input, all that it prints taken. */
import { err, ok, type Errno, type Result } from '../base/index.ts';
import { exitStatusOf, type Process, type Sys } from '../shell/index.ts';
import type { PluginOutput } from './runner.ts';

/** A program that hangs is ended after this long: what the kubelet gives a sandbox, twice its runtimeRequestTimeout. */
export const TIMEOUT_US = 240_000_000;

/** As Go's syscall.Signal names them. */
const GO_SIGNALS: Readonly<Record<string, string>> = {
  ...{ HUP: 'hangup', INT: 'interrupt', QUIT: 'quit', ABRT: 'aborted', KILL: 'killed', SEGV: 'segmentation fault', PIPE: 'broken pipe' },
  ...{ ALRM: 'alarm clock', TERM: 'terminated' },
};

/** Runs a program with input and takes all it prints; one that hangs is ended. All texts are byte strings. */
export function* runWithInput(
  p: Process,
  argv: readonly string[],
  env: ReadonlyMap<string, string>,
  input: string,
  timeoutUs = TIMEOUT_US,
): Sys<Result<PluginOutput, Errno>> {
  const open: number[] = [];
  const pipe = (): { readonly read: number; readonly write: number } | undefined => {
    const made = p.pipe();
    if (!made.ok) return undefined;
    open.push(made.value.read, made.value.write);
    return made.value;
  };
  const close = (fd: number): void => {
    const index = open.indexOf(fd);
    if (index >= 0) {
      open.splice(index, 1);
      p.close(fd);
    }
  };
  try {
    const [stdin, stdout, stderr] = [pipe(), pipe(), pipe()];
    if (!stdin || !stdout || !stderr) return err('EMFILE');
    const fds = new Map([
      [0, stdin.read],
      [1, stdout.write],
      [2, stderr.write],
    ]);
    const child = p.spawn(argv, { ...(argv[0]!.includes('/') ? { path: argv[0]! } : {}), env, fds });
    if (!child.ok) return err(child.error);
    close(stdin.read);
    close(stdout.write);
    close(stderr.write);
    yield* p.write(stdin.write, input);
    close(stdin.write);
    const untilUs = p.nowUs + timeoutUs;
    const output = ['', ''];
    const ends = [stdout.read, stderr.read];
    while (ends.length > 0) {
      const ready = yield* p.poll(
        ends.map((fd) => ({ fd, events: 'read' as const })),
        Math.max(0, untilUs - p.nowUs),
      );
      if (ready.length === 0) {
        child.value.raise('KILL');
        break;
      }
      for (const fd of ready) {
        const piece = yield* p.read(fd);
        if (piece.ok && piece.value !== '') output[fd === stdout.read ? 0 : 1] += piece.value;
        else ends.splice(ends.indexOf(fd), 1);
      }
    }
    const ending = yield* p.waitExit(child.value);
    const signal = ending.kind === 'killed' ? { signal: GO_SIGNALS[ending.signal] ?? ending.signal.toLowerCase() } : {};
    return ok({ status: exitStatusOf(ending), stdout: output[0]!, stderr: output[1]!, ...signal });
  } finally {
    for (const fd of [...open]) p.close(fd);
  }
}
