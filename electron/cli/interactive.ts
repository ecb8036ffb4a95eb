/**
 * A program of a simulated lab in the user's own terminal: paced to the wall clock, keys passed on as they are typed, and every new size. Ctrl-C
 * is a key: it ends the program in the foreground there, not us.
 */
import type { Lab, Session } from '../../shared/lab/index.ts';
import { Pace } from '../labs/pace.ts';

const READ_BYTES = 1 << 16;

/** Hears what is shown, for a tape; times are the lab's. */
export interface Witness {
  opened(size: { columns: number; rows: number }, nowUs: number): void;
  shown(data: Uint8Array, nowUs: number): void;
  resized(size: { columns: number; rows: number }, nowUs: number): void;
  ended(status: number, nowUs: number): void;
}

export function runInteractive(lab: Lab, open: (size: { columns: number; rows: number }) => Session, witness?: Witness): Promise<number> {
  const { stdin, stdout } = process;
  return new Promise((resolve, reject) => {
    const pace = new Pace(lab.simulation, undefined, reject);
    const size = (): { columns: number; rows: number } => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
    let isFull = false;
    const session = pace.enter(() => open(size()));
    witness?.opened(size(), pace.nowUs());
    const show = (): void => {
      while (!isFull) {
        const text = session.read(READ_BYTES);
        if (text === '') break;
        isFull = !stdout.write(text, 'latin1');
        witness?.shown(Buffer.from(text, 'latin1'), pace.nowUs());
        pace.wake();
      }
      if (session.exitStatus !== undefined && !isFull) finish(session.exitStatus);
    };
    let pending = '';
    let isFeeding = false;
    const feed = (): void => {
      if (pending === '' || isFeeding) return;
      isFeeding = true; // `write` may say at once that there is room again
      pending = pending.slice(pace.enter(() => session.write(pending)));
      isFeeding = false;
    };
    const onKeys = (keys: Buffer): void => {
      pending += keys.toString('latin1');
      feed();
    };
    const onDrain = (): void => {
      isFull = false;
      show();
    };
    const onResize = (): void => {
      pace.enter(() => session.resize(size()));
      witness?.resized(size(), pace.nowUs());
    };
    const onHangUp = (): void => pace.enter(() => session.signal('HUP'));
    let isOver = false;
    const finish = (status: number): void => {
      if (isOver) return; // its end is told twice: as something to read, and as an end
      isOver = true;
      witness?.ended(status, pace.nowUs());
      pace.stop();
      stdin.setRawMode(false);
      stdin.off('data', onKeys).pause();
      stdout.off('resize', onResize).off('drain', onDrain);
      process.off('SIGHUP', onHangUp).off('SIGTERM', onHangUp);
      resolve(status);
    };
    session.onReadable(show);
    session.onWritable(feed);
    session.onExit(show);
    stdin.setRawMode(true);
    stdin.on('data', onKeys).on('end', onHangUp).resume();
    stdout.on('resize', onResize).on('drain', onDrain);
    process.on('SIGHUP', onHangUp).on('SIGTERM', onHangUp);
    show();
  });
}
