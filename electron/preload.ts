/** Exposes one object to the window, and hands it the port that it asks for. Sandboxed: knows nothing but this. */
import { contextBridge, ipcRenderer } from 'electron';
import type { HostBridge, PORT_MESSAGE } from '../shared/ipc/index.ts';
import { CONNECT, PORT } from './desktop/preload-channels.ts';

/** What it uses of the page: this world has no types of the DOM. */
declare const window: { readonly origin: string; postMessage(message: unknown, origin: string, transfer: readonly unknown[]): void };

/** Only its type is imported: the whole contract has no business in here. */
const portMessage: typeof PORT_MESSAGE = 'podwalk:port';
const bridge: HostBridge = { host: 'electron', requestPort: () => ipcRenderer.send(CONNECT) };
contextBridge.exposeInMainWorld('podwalk', bridge);
// Ports cannot go through the bridge; they can go through the page's own messages.
ipcRenderer.on(PORT, (event) => window.postMessage(portMessage, window.origin, event.ports));
