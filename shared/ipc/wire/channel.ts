/**
 * What carries messages between the two sides, whatever it is underneath: a WebSocket, a MessagePort, two ends in one process. It keeps
 * messages whole and in order, says once that it closed, and carries text and bytes. Everything else is made of these in server.ts and client.ts.
 *
 * Invariant: after `onClose` was called nothing more arrives, and `send` does nothing.
 */
export interface Channel {
  send(message: string | Uint8Array): void;
  /** What arrives. A side that is not ours could send anything, so it is `unknown` until it was read. */
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** How much of a stream may be on its way before its reader took it. */
export const WINDOW_BYTES = 1 << 20;
/** Small pieces are joined up to this size: 64 KiB messages are 2.5 times as fast as 4 KiB ones from Chromium's side. */
export const FRAME_BYTES = 1 << 16;

export interface WireLimits {
  /** Streams open at once on one channel. */
  readonly streams: number;
  /** Calls without an answer yet. */
  readonly calls: number;
  /** Length of one message, in characters or bytes. Above the largest input of the contract, a tape as base64. */
  readonly messageBytes: number;
}
export const DEFAULT_LIMITS: WireLimits = { streams: 256, calls: 1024, messageBytes: (64 << 20) + (1 << 16) };

/** Two ends in one process; messages are delivered in later microtasks, as they would be by anything real. For tests and for a core in the same process. */
export function channelPair(): readonly [Channel, Channel] {
  const ends = [new LocalEnd(), new LocalEnd()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return ends;
}

class LocalEnd implements Channel {
  other: LocalEnd | undefined;
  private isOpen = true;
  private readonly messageListeners: ((message: unknown) => void)[] = [];
  private readonly closeListeners: (() => void)[] = [];

  send(message: string | Uint8Array): void {
    const { other } = this;
    if (this.isOpen) void Promise.resolve().then(() => other?.deliver(message));
  }
  onMessage(listener: (message: unknown) => void): void {
    this.messageListeners.push(listener);
  }
  onClose(listener: () => void): void {
    this.closeListeners.push(listener);
  }
  close(): void {
    this.shut();
    this.other?.shut();
  }
  private deliver(message: string | Uint8Array): void {
    if (this.isOpen) for (const listener of this.messageListeners) listener(message);
  }
  private shut(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const listener of this.closeListeners) listener();
  }
}
