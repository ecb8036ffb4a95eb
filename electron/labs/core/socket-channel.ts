/** A stream socket as a channel of the wire: each message has its length and a letter before it, `t` for text and `b` for bytes. */
import type { Socket } from 'node:net';
import type { Channel } from '../../../shared/ipc/index.ts';

const HEADER_BYTES = 5;
const [TEXT, BYTES] = [0x74, 0x62];
/** Nobody sends more at once; whoever does is not of ours. */
const MOST_BYTES = 128 << 20;

export function socketChannel(socket: Socket): Channel {
  let buffer: Buffer = Buffer.alloc(0);
  let heard: (message: unknown) => void = () => undefined;
  const receive = (data: Buffer): void => {
    buffer = buffer.length === 0 ? data : Buffer.concat([buffer, data]);
    while (buffer.length >= HEADER_BYTES) {
      const size = buffer.readUInt32BE(0);
      if (size > MOST_BYTES) {
        socket.destroy();
        return;
      }
      if (buffer.length < HEADER_BYTES + size) return;
      const body = buffer.subarray(HEADER_BYTES, HEADER_BYTES + size);
      const isText = buffer[4] === TEXT;
      buffer = buffer.subarray(HEADER_BYTES + size);
      heard(isText ? body.toString('utf8') : body);
    }
  };
  socket.on('error', () => socket.destroy());
  return {
    send: (message) => {
      if (socket.destroyed) return;
      const body = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32BE(body.length);
      header[4] = typeof message === 'string' ? TEXT : BYTES;
      socket.cork();
      socket.write(header);
      socket.write(body);
      socket.uncork();
    },
    onMessage: (listener) => {
      heard = listener;
      socket.on('data', receive);
    },
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.end(),
  };
}
