/**
 * Exec and attach over a WebSocket: each message begins with the number of its channel (k8s.io/apimachinery remotecommand, v4 and
 * v5.channel.k8s.io). Version 5 also closes channels, which is how standard input ends.
 */
import type { WebSocket } from 'ws';
import type { Remote } from './streams.ts';

export const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
/** More than this waiting in the socket: the program waits. */
const FULL_BYTES = 1 << 18;

export function webSocketRemote(socket: WebSocket): Remote {
  let onInput: (data: Uint8Array | undefined) => void = () => undefined;
  let onResize: (size: { readonly columns: number; readonly rows: number }) => void = () => undefined;
  let onDrain: () => void = () => undefined;
  socket.on('message', (data) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const content = bytes.subarray(1);
    if (bytes[0] === CHANNEL.stdin) onInput(content);
    else if (bytes[0] === CHANNEL.close && content[0] === CHANNEL.stdin) onInput(undefined);
    else if (bytes[0] === CHANNEL.resize) {
      const size = sizeOf(content);
      if (size) onResize(size);
    }
  });
  socket.on('error', () => socket.terminate());
  const send = (channel: number, data: Uint8Array): void => {
    if (socket.readyState === socket.OPEN)
      socket.send(Buffer.concat([Buffer.from([channel]), data]), () => {
        if (socket.bufferedAmount < FULL_BYTES) onDrain();
      });
  };
  return {
    onInput: (listener) => (onInput = listener),
    onResize: (listener) => (onResize = listener),
    onClose: (listener) => void socket.on('close', listener),
    onDrain: (listener) => (onDrain = listener),
    write: (stream, data) => {
      send(CHANNEL[stream], data);
      return socket.bufferedAmount < FULL_BYTES;
    },
    pauseInput: () => socket.pause(),
    resumeInput: () => socket.resume(),
    finish: (status) => {
      send(CHANNEL.error, Buffer.from(JSON.stringify(status)));
      socket.close(1000);
    },
  };
}

/** `{"Width":80,"Height":24}`. */
export function sizeOf(message: Uint8Array): { readonly columns: number; readonly rows: number } | undefined {
  try {
    const { Width: columns, Height: rows } = JSON.parse(Buffer.from(message).toString('utf8')) as { readonly Width?: unknown; readonly Height?: unknown };
    return typeof columns === 'number' && typeof rows === 'number' && columns > 0 && rows > 0 ? { columns, rows } : undefined;
  } catch {
    return undefined;
  }
}
