/**
 * shell: the processes, files, terminals and the bash of a simulated machine. It knows no command and no network: programs are registered with
 * an `Os`, sockets extend `OpenFile`, /proc and /sys are described as `DynamicFs` trees, namespaces other than mnt, uts and pid are slots.
 *
 * A program is a generator function that returns the exit status. What may wait is called with `yield*`:
 *
 *     const greet: Program = function* (p) {
 *       const [, path] = p.argv;                                  // argv, env, paths, data: byte strings
 *       if (path === undefined) return yield* p.fail('missing file operand', 2);      // "greet: missing file operand"
 *       const fd = yield* p.open(path, { read: true });
 *       if (!fd.ok) return yield* p.failErrno(path, fd.error);    // "greet: x: No such file or directory", status 1
 *       const lines = new LineReader(p, fd.value);
 *       for (let line; (line = yield* lines.next()) !== undefined; ) yield* p.print(`hello ${line}\n`);   // buffered as stdio does
 *       p.on('INT', () => undefined);                             // a handled signal ends a wait with 'interrupted'
 *       if ((yield* p.sleep(1_000_000)) === 'interrupted') yield* p.print('early\n');
 *       for (let i = 0; i < 1e6; i++) yield* p.tick();            // every loop that does not wait lets others run
 *       const child = p.spawn(['ls', '-l'], { cwd: '/etc' });     // PATH is searched; { fds: new Map([[1, fd]]) } chooses descriptors
 *       return child.ok ? exitStatusOf(yield* p.waitExit(child.value)) : 127;
 *     };
 *     os.programs.set('greet', greet);
 *     init.fs.writeFile('/usr/bin/greet', programImage('greet'), { mode: 0o755 });
 *
 * `createBash(hooks, dialect)` is bash, dash or ash as such a program; hooks give it /dev/tcp and the completion of arguments.
 *
 * Signals without a handler end a process by returning from its generator: `finally` blocks run and must not wait.
 * System calls answer `Result<…, Errno>`; nothing throws for what a user can do. `p.exit(n)` and `p.exec(…)` leave from any depth.
 * Limits: processes (fork: EAGAIN), open files (EMFILE), memory of one program and of a tmpfs (ENOMEM, ENOSPC): see `Limits`.
 */
export type { Completion, CompletionRequest, Hooks } from './bash/hooks.ts';
export { formatFloat } from './bash/builtins/float.ts';
export { createBash } from './bash/main.ts';
export { builtinsOf } from './bash/dialect.ts';
export { decodeEscapes, decodeOne } from './bash/expand/escapes.ts';
export { compilePattern } from './bash/expand/pattern.ts';
export { BASH_OPTIONS } from './bash/invocation.ts';
export { SET_OPTIONS } from './bash/options.ts';
export { USAGE as BUILTIN_USAGE } from './bash/builtins/usage.ts';
export * from './files/devices.ts';
export * from './files/dynamic-fs.ts';
export { FileView } from './files/file-view.ts';
export * from './files/inode.ts';
export { makeLayer } from './files/layer.ts';
export { MemoryFs } from './files/memory-fs.ts';
export { MountNamespace } from './files/mount-namespace.ts';
export { makePipe, PipeEnd } from './files/pipe.ts';
export type { Caller } from './process/caller.ts';
export { imageOf, programImage } from './process/image.ts';
export { LineReader } from './process/line-reader.ts';
export * from './process/namespace.ts';
export { Os } from './process/os.ts';
export * from './process/host.ts';
export { PidNamespace } from './process/pid-namespace.ts';
export { Process } from './process/process.ts';
export * from './process/signals.ts';
export * from './process/wait.ts';
export { Pty } from './terminal/pty.ts';
export * from './terminal/termios.ts';
