/** A program run as a child of a component, with text on its input. */
import type { Bytes } from '../base/index.ts';
import { exitStatusOf, type Process, type Sys } from '../shell/index.ts';

export interface Outcome {
  /** 127 when the program is not there. */
  readonly status: number;
  readonly output: Bytes;
  readonly errors: Bytes;
}

export function* runProgram(p: Process, argv: readonly string[], input: Bytes = ''): Sys<Outcome> {
  const pipes = [p.pipe(), p.pipe(), p.pipe()] as const;
  const [stdin, stdout, stderr] = pipes;
  if (!stdin.ok || !stdout.ok || !stderr.ok) return { status: 126, output: '', errors: 'too many open files' };
  const child = p.spawn(argv, {
    fds: new Map([
      [0, stdin.value.read],
      [1, stdout.value.write],
      [2, stderr.value.write],
    ]),
  });
  for (const fd of [stdin.value.read, stdout.value.write, stderr.value.write]) p.close(fd);
  if (child.ok) yield* p.write(stdin.value.write, input);
  p.close(stdin.value.write);
  const output = yield* p.readAll(stdout.value.read);
  const errors = yield* p.readAll(stderr.value.read);
  p.close(stdout.value.read);
  p.close(stderr.value.read);
  const status = child.ok ? exitStatusOf(yield* p.waitExit(child.value)) : 127;
  return { status, output: output.ok ? output.value : '', errors: errors.ok ? errors.value : '' };
}
