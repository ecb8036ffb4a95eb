/** Exec and attach over SPDY: a stream for each of error, stdin, stdout, stderr and resize, opened by the client (remotecommand, v4). */
import type { SpdySession, SpdyStream } from './spdy.ts';
import type { Remote } from './streams.ts';
import { sizeOf } from './websocket-streams.ts';

/** How long a client may take over what is left. */
const LINGER_MS = 10_000;

export const SPDY_STREAM_PROTOCOLS = ['v4.channel.k8s.io'];

/** Which streams a client opens for what it asked. */
export const expectedStreams = (wants: readonly string[], tty: boolean): readonly string[] => [
  'error',
  ...wants.filter((stream) => !(tty && stream === 'stderr')),
  ...(tty ? ['resize'] : []),
];

export function spdyRemote(session: SpdySession, streams: ReadonlyMap<string, SpdyStream>): Remote {
  return {
    onInput: (listener) => {
      streams.get('stdin')?.onData(listener);
      streams.get('stdin')?.onEnd(() => listener(undefined));
    },
    onResize: (listener) =>
      streams.get('resize')?.onData((data) => {
        // messages may arrive together
        for (const text of data.toString('utf8').split('\n')) {
          const size = sizeOf(Buffer.from(text));
          if (size) listener(size);
        }
      }),
    onClose: (listener) => session.onClose(listener),
    onDrain: (listener) => session.onDrain(listener),
    write: (stream, data) => streams.get(stream)?.write(data) ?? true,
    pauseInput: () => session.pause(),
    resumeInput: () => session.resume(),
    finish: (status) => {
      streams.get('error')?.write(Buffer.from(JSON.stringify(status)));
      for (const stream of streams.values()) stream.end();
      // The client closes when it has taken all; what it has not when the connection ends is lost to it.
      setTimeout(() => session.close(), LINGER_MS).unref();
    },
  };
}
