/** A program of a lab that is up, on this terminal or on these pipes, until it ends. What nobody reads here waits there. */
import type { Program } from '../labs/provider.ts';

const READ_BYTES = 1 << 16;

export const terminalSize = (): { readonly columns: number; readonly rows: number } => ({
  columns: process.stdout.columns || 80,
  rows: process.stdout.rows || 24,
});

/** `isTerminal`: it has a terminal of its own: keys go as they are typed. Answers with its exit status. */
export function runProgram(program: Program, isTerminal: boolean): Promise<number> {
  const { stdin, stdout, stderr } = process;
  return new Promise((resolve) => {
    const pipes = [
      { stream: stdout, read: () => program.read(READ_BYTES), isFull: false },
      { stream: stderr, read: () => program.readError(READ_BYTES), isFull: false },
    ];
    let isOver = false;
    const finish = (status: number): void => {
      if (isOver) return;
      isOver = true;
      if (isTerminal) stdin.setRawMode(false);
      stdin.removeAllListeners('data').removeAllListeners('end').pause();
      // a file, such as /dev/null, has none
      (stdin as Partial<typeof stdin>).unref?.();
      for (const [signal, pass] of passed) process.off(signal, pass);
      stdout.off('resize', onResize);
      resolve(status);
    };
    const show = (): void => {
      for (const pipe of pipes) {
        while (!pipe.isFull) {
          const data = pipe.read();
          if (!data) break;
          pipe.isFull = !pipe.stream.write(data);
          if (pipe.isFull)
            pipe.stream.once('drain', () => {
              pipe.isFull = false;
              show();
            });
        }
      }
      if (program.exitStatus !== undefined && pipes.every((pipe) => !pipe.isFull)) finish(program.exitStatus);
    };
    const waiting: Buffer[] = [];
    let hasEnded = false;
    let isFeeding = false;
    const feed = (): void => {
      if (isFeeding) return; // `write` may say at once that there is room again
      isFeeding = true;
      const isTaken = give();
      isFeeding = false;
      if (!isTaken) stdin.pause();
      else if (hasEnded) program.closeInput();
      else stdin.resume();
    };
    const give = (): boolean => {
      for (let data = waiting[0]; data; data = waiting[0]) {
        const taken = program.write(data);
        if (taken < data.length) {
          waiting[0] = data.subarray(taken);
          if (taken === 0) return false;
        } else waiting.shift();
      }
      return true;
    };
    const onResize = (): void => program.resize(terminalSize());
    const sent = new Set<string>();
    const passed = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
      const pass = (): void => {
        if (sent.has(signal)) process.exit(130);
        sent.add(signal);
        program.signal(signal.slice(3));
      };
      process.on(signal, pass);
      return [signal, pass] as const;
    });
    // nobody reads any more
    stdout.on('error', () => {
      program.signal('PIPE');
      finish(141);
    });
    program.onReadable(show);
    program.onWritable(feed);
    program.onExit(show);
    if (isTerminal) {
      stdin.setRawMode(true);
      stdout.on('resize', onResize);
    }
    stdin.on('data', (data: Buffer) => {
      waiting.push(data);
      feed();
    });
    stdin.on('end', () => {
      hasEnded = true;
      if (isTerminal) program.signal('HUP');
      else if (waiting.length === 0) program.closeInput();
    });
    stdin.resume();
    show();
  });
}
