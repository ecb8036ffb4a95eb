/** A MessagePort as a channel of the wire. It clones what it sends: MessagePortMain cannot transfer ArrayBuffers. */
import type { Channel } from '../../shared/ipc/index.ts';
import type { PortApi } from './api.ts';

export function portChannel(port: PortApi): Channel {
  let isOpen = true;
  const closeListeners: (() => void)[] = [];
  const closed = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const listener of closeListeners) listener();
  };
  port.on('close', closed);
  return {
    send: (message) => {
      if (isOpen) port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      port.close();
      closed();
    },
  };
}
