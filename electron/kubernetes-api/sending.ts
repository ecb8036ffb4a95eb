/** Answers that go on: watches and logs that are followed, at the speed of their reader. */
import type { ServerResponse } from 'node:http';
import type { RestAnswer } from '../../shared/lab/index.ts';

/** How long a watch lasts that does not say so: --min-request-timeout is 30 minutes. */
const WATCH_SECONDS = 1800;
/** How often a watch that wants bookmarks gets one. */
const BOOKMARK_MS = 60_000;

export function sendWatch(
  response: ServerResponse,
  { watch, contentType, timeoutSeconds = WATCH_SECONDS }: Extract<RestAnswer, { readonly kind: 'watch' }>,
): void {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  let isFull = false;
  let isSoon = false;
  const send = (): void => {
    isSoon = false;
    while (!isFull) {
      const line = watch.next();
      if (line === undefined) break;
      isFull = !response.write(`${line}\n`);
    }
    if (watch.isOver && !isFull) response.end();
  };
  const timer = setTimeout(() => response.end(), timeoutSeconds * 1000);
  const marks = setInterval(() => {
    watch.mark();
    send();
  }, BOOKMARK_MS);
  response.on('drain', () => {
    isFull = false;
    send();
  });
  response.on('close', () => {
    clearTimeout(timer);
    clearInterval(marks);
    watch.stop();
  });
  // changes come in bursts, from within the lab
  watch.onChange(() => {
    if (isSoon) return;
    isSoon = true;
    setImmediate(send);
  });
}

export function sendLog(response: ServerResponse, { log, follow, limitBytes = Infinity }: Extract<RestAnswer, { readonly kind: 'log' }>): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  let left = limitBytes;
  let isFull = false;
  let isSoon = false;
  const send = (): void => {
    isSoon = false;
    while (!isFull && left > 0) {
      const text = log.read().slice(0, left);
      if (text === '') break;
      left -= text.length;
      isFull = !response.write(text, 'latin1');
    }
    if (!isFull && (!follow || log.isOver || left <= 0)) response.end();
  };
  const disarm = log.changed.arm(() => {
    if (isSoon) return;
    isSoon = true;
    setImmediate(send);
  });
  response.on('drain', () => {
    isFull = false;
    send();
  });
  response.on('close', () => void disarm());
  send();
}
