/** A WebSocket as a channel of the wire. */
import type { WebSocket } from 'ws';
import type { Channel } from '../../shared/ipc/index.ts';

/** A page that reads nothing while calls are answered to it is given up at this much. Streams stop long before. */
const MOST_BUFFERED_BYTES = 256 << 20;

export function webSocketChannel(socket: WebSocket): Channel {
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MOST_BUFFERED_BYTES) return socket.terminate();
      socket.send(message);
    },
    onMessage: (listener) => void socket.on('message', (data, isBinary) => listener(isBinary ? data : (data as Buffer).toString('utf8'))),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
}
