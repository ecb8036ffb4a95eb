/** Receive windows: what the other side may send (tcp_select_window and its kin). */
import type { Netns } from '../model.ts';
import { receiveLimit } from './limits.ts';
import { distance } from './sequence.ts';
import type { TcpSocket } from './socket.ts';

export const windowFrom = (socket: TcpSocket, space: number): number => Math.max(0, Math.floor((space * socket.scalingRatio) / 256));
const align = (value: number, scale: number): number => Math.ceil(value / 2 ** scale) * 2 ** scale;
/** What was promised and is not used yet. */
export const receiveWindow = (socket: TcpSocket): number => Math.max(0, distance(socket.rcvWup, socket.rcvNxt) + socket.rcvWnd);

/** __tcp_select_window: what could be promised. */
export function possibleWindow(socket: TcpSocket): number {
  const allowed = windowFrom(socket, socket.receiveBuffer);
  let free = windowFrom(socket, socket.receiveBuffer - socket.receiveCharge);
  const full = Math.min(socket.windowClamp, allowed);
  const mss = Math.min(socket.rcvMss, full);
  const unit = 2 ** socket.rcvScale;
  if (free < full >> 1) {
    socket.quickAcks = 0;
    free = Math.floor(free / unit) * unit;
    if (free < allowed >> 4 || free < mss) return 0;
  }
  free = Math.min(free, socket.rcvSsthresh);
  if (socket.rcvScale > 0) return align(free, socket.rcvScale);
  let window = socket.rcvWnd;
  if (window <= free - mss || window > free) window = Math.floor(free / mss) * mss;
  return window;
}
/** tcp_select_window: a promise is never taken back. Returns it as it stands in the header. */
export function selectWindow(socket: TcpSocket): number {
  const current = receiveWindow(socket);
  let window = possibleWindow(socket);
  if (window < current) window = align(current, socket.rcvScale);
  window = Math.min(window, 65535 * 2 ** socket.rcvScale);
  socket.rcvWnd = window;
  socket.rcvWup = socket.rcvNxt;
  return Math.floor(window / 2 ** socket.rcvScale);
}

/** tcp_select_initial_window. `mss`: what a segment will hold. */
export function firstWindow(netns: Netns, mss: number, withScale: boolean): { readonly window: number; readonly scale: number; readonly clamp: number } {
  let space = 65_536;
  if (space > mss) space -= space % mss;
  const window = Math.min(space, 65_535);
  const scale = withScale ? Math.min(14, Math.max(0, 31 - Math.clz32(Math.max(space, receiveLimit(netns))) - 15)) : 0;
  return { window, scale, clamp: 65_535 * 2 ** scale };
}
