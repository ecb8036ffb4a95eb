/**
 * How a window finds its core, which both sides must know.
 *
 * In the browser: a WebSocket at WIRE_PATH of the page's own host, let in by the cookie that the address with the token set. `GET` of
 * SESSION_PATH answers 204 with the cookie and 401 without.
 * In Electron: the preload puts a `HostBridge` at `window.podwalk`; after `requestPort` the window gets a message event from itself whose
 * data is PORT_MESSAGE and whose only port speaks the wire.
 */
export const WIRE_PATH = '/wire';
export const SESSION_PATH = '/session';
export const PORT_MESSAGE = 'podwalk:port';

export interface HostBridge {
  readonly host: 'electron';
  requestPort(): void;
}
