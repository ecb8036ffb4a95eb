/**
 * The only file that reaches the other side: in Electron by a port that the preload asks for, in a browser by a WebSocket to the page's
 * own host. When it is lost it is sought again at growing intervals; `state` says how it stands.
 */
import { shallowRef } from 'vue';
import {
  PORT_MESSAGE,
  ReconnectingClient,
  SESSION_PATH,
  WIRE_PATH,
  type Channel,
  type ConnectionState,
  type Contract,
  type HostBridge,
} from '../shared/ipc/index.ts';
import type { Core } from './core.ts';

declare global {
  interface Window {
    readonly podwalk?: HostBridge;
  }
}

/** `onRefused`: the host is there but does not let this page in (its token is missing or old). */
export function connectCore(onRefused: () => void): Core {
  const state = shallowRef<ConnectionState>('connecting');
  const client = new ReconnectingClient<Contract>({
    open: window.podwalk ? () => openPort(window.podwalk!) : () => openSocket(onRefused),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onState: (next) => (state.value = next),
  });
  return { call: client.call, open: client.open, state };
}

function openPort(host: HostBridge): Promise<Channel> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent<unknown>): void => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== PORT_MESSAGE || port === undefined) return;
      window.removeEventListener('message', onMessage);
      resolve(portChannel(port));
    };
    window.addEventListener('message', onMessage);
    host.requestPort();
  });
}
function portChannel(port: MessagePort): Channel {
  const closed = new Once();
  port.addEventListener('close', () => closed.fire());
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data));
      port.start();
    },
    onClose: (listener) => closed.add(listener),
    close: () => {
      port.close();
      closed.fire();
    },
  };
}

async function openSocket(onRefused: () => void): Promise<Channel> {
  const base = new URL(document.baseURI);
  const session = await fetch(new URL(SESSION_PATH.slice(1), base), { credentials: 'same-origin', cache: 'no-store' });
  if (session.status === 401 || session.status === 403) onRefused();
  if (!session.ok) throw new Error(`the host answered ${session.status}`);
  const address = new URL(WIRE_PATH.slice(1), base);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('close', () => reject(new Error('the host closed the connection')), { once: true });
  });
  return socketChannel(socket);
}
function socketChannel(socket: WebSocket): Channel {
  const closed = new Once();
  socket.addEventListener('close', () => closed.fire());
  return {
    send: (message) => socket.send(message as string | Uint8Array<ArrayBuffer>),
    onMessage: (listener) =>
      socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data instanceof ArrayBuffer ? new Uint8Array(data) : data)),
    onClose: (listener) => closed.add(listener),
    close: () => socket.close(),
  };
}

/** Tells its listeners once, also those that come later. */
class Once {
  private isFired = false;
  private readonly listeners: (() => void)[] = [];
  add(listener: () => void): void {
    if (this.isFired) listener();
    else this.listeners.push(listener);
  }
  fire(): void {
    if (this.isFired) return;
    this.isFired = true;
    for (const listener of this.listeners) listener();
  }
}
