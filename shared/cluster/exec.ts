/**
 * Commands in containers, and joining their main program: streams are carried by the client's process, as kubectl and the kubelet do over the
 * network.
 */
import { err, ok, type Bytes, type Result } from '../base/index.ts';
import type { ExecRequest } from '../commands/index.ts';
import {
  anyOf,
  exitStatusOf,
  makePipe,
  WaitQueue,
  type OpenFile,
  type Process,
  type Pty,
  type Sys,
  type TerminalRequest,
  type Termios,
  type Wait,
} from '../shell/index.ts';
import { execFailed, type RunningContainer } from './container.ts';

/** The command's exit status; an error when it could not be started. */
export function* execInContainer(p: Process, container: RunningContainer, request: ExecRequest): Sys<Result<number, string>> {
  let why: string | undefined;
  const failed = (text: string): void => {
    why = text;
  };
  const startError = (): Result<never, string> => {
    const failure = execFailed(container.id, why ?? '');
    return failure.ok ? err('') : failure;
  };
  if (request.tty) {
    const pty = container.openPty();
    const child = container.exec(request.command, { pty }, failed);
    if (!child) return err('no more processes');
    yield* joinTerminal(p, pty, request.stdin, () => child.ending !== undefined, container.childChanged);
    pty.close();
    return why === undefined ? ok(exitStatusOf(child.ending ?? { kind: 'exited', code: 0 })) : startError();
  }
  const out = makePipe(p.os.takeInode());
  const errors = makePipe(p.os.takeInode());
  const input = makePipe(p.os.takeInode());
  const child = container.exec(request.command, { files: [input.reader, out.writer, errors.writer] }, failed);
  if (!child) return err('no more processes');
  yield* carry(p, request.stdin ? input.writer : undefined, [
    [out.reader, 1],
    [errors.reader, 2],
  ]);
  while (!child.ending) yield* p.block(container.childChanged);
  return why === undefined ? ok(exitStatusOf(child.ending)) : startError();
}

/** Copies the caller's input to `input` and outputs to its descriptors, until all outputs have ended. */
function* carry(p: Process, input: OpenFile | undefined, outputs: readonly (readonly [OpenFile, number])[]): Sys {
  const open = new Map<number, number>();
  for (const [file, target] of outputs) {
    const fd = p.install(file, true);
    if (fd.ok) open.set(fd.value, target);
  }
  const sink = input ? p.install(input, true) : undefined;
  let source = sink?.ok ? 0 : undefined;
  while (open.size > 0) {
    const wanted = [...open.keys()].map((fd) => ({ fd, events: 'read' as const }));
    const ready = yield* p.poll(source === undefined ? wanted : [...wanted, { fd: source, events: 'read' }]);
    for (const fd of ready) {
      const target = open.get(fd);
      const data = yield* p.read(fd);
      const text = data.ok ? data.value : '';
      if (target === undefined) {
        if (text !== '' && sink?.ok) yield* p.write(sink.value, text);
        else {
          source = undefined;
          if (sink?.ok) p.close(sink.value);
        }
      } else if (text !== '') yield* p.write(target, text);
      else {
        open.delete(fd);
        p.close(fd);
      }
    }
  }
}

/** The caller's terminal becomes the far one's window: raw keys there, output here, its size kept. */
function* joinTerminal(p: Process, pty: Pty, withInput: boolean, isOver: () => boolean, ended: Wait): Sys {
  const terminal = p.fds.get(0);
  const before = terminal?.control({ kind: 'tty.get-attributes' }, p);
  const size = terminal?.control({ kind: 'tty.get-size' }, p);
  if (size?.ok) pty.resize(size.value as { columns: number; rows: number });
  const resized = (): void => {
    const now = terminal?.control({ kind: 'tty.get-size' }, p);
    if (now?.ok) pty.resize(now.value as { columns: number; rows: number });
  };
  p.on('WINCH', resized);
  if (before?.ok && withInput) terminal?.control(settings(raw(before.value as Termios)), p);
  const output = new WaitQueue();
  const unwatch = pty.watch(() => output.wakeAll());
  try {
    let input = withInput;
    for (;;) {
      const data = pty.take();
      if (data !== '') {
        yield* p.write(1, data);
        continue;
      }
      if (isOver()) return;
      const keys = input ? yield* readNow(p) : undefined;
      if (keys === '') input = false;
      if (keys) {
        pty.write(keys);
        continue;
      }
      yield* p.block(anyOf([output, ended, ...(input && terminal ? [terminal.changed] : [])]));
    }
  } finally {
    unwatch();
    p.on('WINCH', 'default');
    if (before?.ok && withInput) terminal?.control(settings(before.value as Termios), p);
  }
}

/** What there is to read from the caller's input without waiting; '' at its end. */
function* readNow(p: Process): Sys<Bytes | undefined> {
  const file = p.fds.get(0);
  if (!file?.poll().readable) return undefined;
  const data = yield* p.read(0);
  return data.ok ? data.value : '';
}

const settings = (termios: Termios): TerminalRequest => ({ kind: 'tty.set-attributes', termios });
const raw = (termios: Termios): Termios => ({ ...termios, icanon: false, echo: false, isig: false, icrnl: false, opost: false, ixon: false });

/** Joins what the container's own program reads and writes; returns when it ends. */
export function* attachContainer(p: Process, container: RunningContainer, request: Omit<ExecRequest, 'command'>): Sys<number> {
  const { pty } = container;
  const ended = (): boolean => container.ending !== undefined;
  // what was printed before is in the log
  yield* p.print(container.log.text);
  yield* p.flush();
  const arrived = new WaitQueue();
  let waiting = '';
  const watcher = (data: Bytes): void => {
    waiting += data;
    arrived.wakeAll();
  };
  container.watchers.add(watcher);
  const terminal = p.fds.get(0);
  const isRaw = request.tty && request.stdin && p.isTerminal(0);
  const before = isRaw ? terminal?.control({ kind: 'tty.get-attributes' }, p) : undefined;
  if (before?.ok) terminal?.control(settings(raw(before.value as Termios)), p);
  const size = isRaw ? terminal?.control({ kind: 'tty.get-size' }, p) : undefined;
  if (size?.ok) pty?.resize(size.value as { columns: number; rows: number });
  try {
    let input = request.stdin && (pty !== undefined || container.stdin !== undefined);
    for (;;) {
      if (waiting !== '') {
        const data = waiting;
        waiting = '';
        yield* p.write(1, data);
        continue;
      }
      if (ended()) return 0;
      const keys = input ? yield* readNow(p) : undefined;
      if (keys === '') {
        input = false;
        container.closeInput();
      } else if (keys) {
        if (pty) pty.write(keys);
        else container.stdin?.write(keys);
        continue;
      }
      yield* p.block(anyOf([arrived, container.childChanged, ...(input && terminal ? [terminal.changed] : [])]));
    }
  } finally {
    container.watchers.delete(watcher);
    if (before?.ok) terminal?.control(settings(before.value as Termios), p);
  }
}
