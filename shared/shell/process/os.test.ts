/** Goal: processes start, wait, die and stop as Linux's do. Method: small programs on a sandbox, whole results compared. */
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../base/index.ts';
import { Sandbox } from '../testing/sandbox.ts';
import type { Program } from './host.ts';
import type { Process } from './process.ts';
import { LineReader } from './line-reader.ts';
import type { Sys } from './wait.ts';

/** Runs `body` as a child of init; what it put into the log. */
function run(body: (p: Process, log: (entry: unknown) => void) => Sys, limits = {}): unknown[] {
  const box = new Sandbox({}, { limits });
  const log: unknown[] = [];
  const child = box.os.fork(
    box.init,
    function* (p): Sys<number> {
      yield* body(p, (entry) => log.push(entry));
      return 0;
    },
    {},
  );
  if (!child.ok) throw new Error(child.error);
  box.sim.runFree(() => child.value.ending === undefined);
  expect(box.errors).toEqual([]);
  return log;
}
const sleeper: Program = function* (p) {
  yield* p.sleep(10_000_000);
  return 7;
};

describe('a child', () => {
  it('reports its exit status once', () => {
    expect(
      run(function* (p, log) {
        const child = p.fork(function* () {
          return 300;
        });
        log(child.ok && (yield* p.wait()));
        log(yield* p.wait());
      }),
    ).toEqual([{ pid: 3, status: { kind: 'exited', code: 44 } }, undefined]);
  });
  it('is ended by a signal, and its finally blocks run', () => {
    expect(
      run(function* (p, log) {
        const child = p.fork(function* (c) {
          try {
            yield* c.sleep(1e9);
          } finally {
            log('finally');
          }
          return 0;
        });
        yield* p.sleep(1000);
        log(child.ok && p.kill(child.value.pid, 'TERM'));
        log((yield* p.wait())?.status);
      }),
    ).toEqual(['finally', ok(undefined), { kind: 'killed', signal: 'TERM' }]);
  });
  it('goes on after a handled signal, whose wait was interrupted', () => {
    expect(
      run(function* (p, log) {
        const child = p.fork(function* (c) {
          c.on('USR1', (signal) => log(signal));
          log(yield* c.sleep(1e9));
          return 5;
        });
        yield* p.sleep(1000);
        if (child.ok) p.kill(child.value.pid, 'USR1');
        log((yield* p.wait())?.status);
      }),
    ).toEqual(['USR1', 'interrupted', { kind: 'exited', code: 5 }]);
  });
  it('keeps blocked signals until they are let through', () => {
    expect(
      run(function* (p, log) {
        const child = p.fork(function* (c) {
          c.blocked = new Set(['TERM']);
          yield* c.sleep(5000);
          log('blocked');
          c.blocked = new Set();
          yield* c.sleep(5000);
          log('never');
          return 0;
        });
        yield* p.sleep(1000);
        if (child.ok) p.kill(child.value.pid, 'TERM');
        log((yield* p.wait())?.status);
      }),
    ).toEqual(['blocked', { kind: 'killed', signal: 'TERM' }]);
  });
  it('stops and goes on, and its parent is told', () => {
    expect(
      run(function* (p, log) {
        const child = p.fork(sleeper);
        if (!child.ok) return;
        yield* p.sleep(1000);
        p.kill(child.value.pid, 'STOP');
        log((yield* p.wait({ untraced: true }))?.status);
        p.kill(child.value.pid, 'CONT');
        log((yield* p.wait({ untraced: true }))?.status);
        log((yield* p.wait({ untraced: true }))?.status);
        log(Math.round(p.nowUs / 1e6));
      }),
    ).toEqual([{ kind: 'stopped', signal: 'STOP' }, { kind: 'continued' }, { kind: 'exited', code: 7 }, 10]);
  });
  it('dies of SIGPIPE when nobody reads', () => {
    expect(
      run(function* (p, log) {
        const pipe = p.pipe();
        if (!pipe.ok) return;
        p.close(pipe.value.read);
        const child = p.fork(function* (c) {
          log(yield* c.write(pipe.value.write, 'x'));
          return 0;
        });
        log(child.ok && (yield* p.waitExit(child.value)));
      }),
    ).toEqual([{ kind: 'killed', signal: 'PIPE' }]);
  });
  it('hears EPIPE when it ignores SIGPIPE', () => {
    expect(
      run(function* (p, log) {
        const pipe = p.pipe();
        if (!pipe.ok) return;
        p.close(pipe.value.read);
        p.on('PIPE', 'ignore');
        log(yield* p.write(pipe.value.write, 'x'));
      }),
    ).toEqual([err('EPIPE')]);
  });
  it('is adopted by init when its parent ends', () => {
    expect(
      run(function* (p, log) {
        const middle = p.fork(function* (m) {
          m.fork(function* (c) {
            log(c.ppid === m.pid);
            yield* c.sleep(5000);
            log(c.ppid);
            return 0;
          });
          yield* m.sleep(1000);
          return 0;
        });
        if (middle.ok) yield* p.waitExit(middle.value);
        yield* p.sleep(20_000);
      }),
    ).toEqual([true, 1]);
  });
  it('dies of SIGSEGV where it recurses without end', () => {
    expect(
      run(function* (p, log) {
        const dive = (n: number): number => dive(n + 1) + 1;
        const child = p.fork(function* () {
          return dive(0);
        });
        log(child.ok && (yield* p.waitExit(child.value)));
      }),
    ).toEqual([{ kind: 'killed', signal: 'SEGV' }]);
  });
});

describe('limits have names', () => {
  it('processes: EAGAIN', () => {
    expect(
      run(
        function* (p, log) {
          for (let i = 0; i < 4; i++) {
            const child = p.fork(sleeper);
            log(child.ok ? 'started' : child.error);
          }
          yield* p.tick();
        },
        { processes: 4 },
      ),
    ).toEqual(['started', 'started', 'EAGAIN', 'EAGAIN']);
  });
  it('open files: EMFILE', () => {
    expect(
      run(
        function* (p, log) {
          for (let i = 0; i < 3; i++) {
            const pipe = p.pipe();
            log(pipe.ok ? pipe.value : pipe.error);
          }
          yield* p.tick();
        },
        { openFiles: 4 },
      ),
    ).toEqual([{ read: 0, write: 1 }, { read: 2, write: 3 }, 'EMFILE']);
  });
  it('a file system: ENOSPC', () => {
    expect(
      run(
        function* (p, log) {
          log(p.fs.writeFile('/tmp/a', 'x'.repeat(90_000)));
          log(p.fs.writeFile('/tmp/b', 'x'.repeat(90_000)));
          log(p.fs.writeFile('/tmp/c', 'x'));
          yield* p.tick();
        },
        { memoryBytes: 150_000 },
      ),
    ).toEqual([ok(undefined), ok(undefined), err('ENOSPC')]);
  });
  it('arguments: E2BIG', () => {
    expect(
      run(function* (p, log) {
        log(p.spawn(['true', 'x'.repeat(200_000)]));
        yield* p.tick();
      }),
    ).toEqual([err('E2BIG')]);
  });
});

describe('pipes and standard output', () => {
  it('stream, and hold 64 KiB', () => {
    expect(
      run(function* (p, log) {
        const pipe = p.pipe();
        if (!pipe.ok) return;
        const child = p.fork(function* (c) {
          c.close(pipe.value.read);
          yield* c.write(pipe.value.write, 'a'.repeat(100_000));
          log('written');
          return 0;
        });
        p.close(pipe.value.write);
        yield* p.sleep(10_000);
        log('reading');
        let bytes = 0;
        for (;;) {
          const piece = yield* p.read(pipe.value.read);
          if (!piece.ok || piece.value === '') break;
          bytes += piece.value.length;
        }
        log(bytes);
        log(child.ok);
      }),
    ).toEqual(['reading', 'written', 100_000, true]);
  });
  it('buffer a pipe whole, so that errors come first', () => {
    const box = new Sandbox();
    box.os.programs.set('both', function* (p) {
      yield* p.print('out\n');
      yield* p.error('err\n');
      return 0;
    });
    box.init.fs.writeFile('/usr/bin/both', '\x7fELF\x02\x01\x01\0\0podwalk-program\0both\0', { mode: 0o755 });
    expect(box.bash('both').output).toBe('err\nout\n');
  });
  it('read lines, the last without its newline', () => {
    expect(
      run(function* (p, log) {
        p.fs.writeFile('/tmp/f', 'one\n\nthree');
        const fd = yield* p.open('/tmp/f', { read: true });
        if (!fd.ok) return;
        const lines = new LineReader(p, fd.value);
        for (let line; (line = yield* lines.next()) !== undefined;) log([line, lines.lastWasTerminated]);
      }),
    ).toEqual([
      ['one', true],
      ['', true],
      ['three', false],
    ]);
  });
});
