/** The log: podwalk.log in the data folder, one JSON object a line. Never what is typed or shown in terminals, never a secret. */
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(error: unknown, message: string): void;
  close(): void;
}

/** Above this the old log is kept beside the new one, once. */
const MAX_BYTES = 4 << 20;

export function setupLog(home: string): Log {
  const path = join(home, 'podwalk.log');
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
    const destination = pino.destination({ dest: path, sync: true, mode: 0o600 });
    const log = pino({ base: { pid: process.pid } }, destination);
    return {
      info: (message) => log.info(message),
      warn: (message) => log.warn(message),
      error: (error, message) => log.error(error, message),
      close: () => destination.end(),
    };
  } catch (error) {
    console.error(`podwalk: no log can be written in ${home}: ${error instanceof Error ? error.message : String(error)}`);
    return silentLog;
  }
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, close: () => undefined };
