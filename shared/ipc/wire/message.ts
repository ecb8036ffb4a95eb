/**
 * The messages of the wire. Text is a JSON array that begins with its kind; bytes are a chunk of a stream: the stream's number (32 bits,
 * big-endian), then the data.
 *
 *     window → core   ["q", id, procedure, input]   asks; a stream is asked for in the same way
 *                     ["ack", id, size]             the reader took so much of a stream
 *                     ["end", id]                   wants no more of a stream
 *     core → window   ["r", id, value]              the answer; a stream's regular end
 *                     ["x", id, WireError]          the refusal; a stream's other end
 *                     ["c", id, value]              a chunk that is not bytes
 *
 * Invariant: reading never throws; what is not a message is `undefined`.
 */
export type Request =
  | { readonly kind: 'ask'; readonly id: number; readonly procedure: string; readonly input: unknown }
  | { readonly kind: 'ack'; readonly id: number; readonly size: number }
  | { readonly kind: 'end'; readonly id: number };

export type Reply =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: unknown }
  | { readonly kind: 'chunk'; readonly id: number; readonly value: unknown; readonly size: number };

const MAX_ID = 0xffff_ffff;
const HEADER_BYTES = 4;
const isId = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ID;

function parseArray(message: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return Array.isArray(value) && isId(value[1]) ? value : undefined;
  } catch {
    return undefined; // not JSON, or nested deeper than the stack
  }
}

export function readRequest(message: unknown): Request | undefined {
  const parts = typeof message === 'string' ? parseArray(message) : undefined;
  if (!parts) return undefined;
  const [kind, id, third, fourth] = parts as [unknown, number, unknown, unknown];
  if (kind === 'q') return typeof third === 'string' ? { kind: 'ask', id, procedure: third, input: fourth } : undefined;
  if (kind === 'ack') return typeof third === 'number' && Number.isSafeInteger(third) && third > 0 ? { kind: 'ack', id, size: third } : undefined;
  return kind === 'end' ? { kind: 'end', id } : undefined;
}

export function readReply(message: unknown): Reply | undefined {
  if (message instanceof Uint8Array) {
    if (message.length < HEADER_BYTES) return undefined;
    const id = new DataView(message.buffer, message.byteOffset).getUint32(0);
    return { kind: 'chunk', id, value: message.subarray(HEADER_BYTES), size: message.length - HEADER_BYTES };
  }
  const parts = typeof message === 'string' ? parseArray(message) : undefined;
  if (!parts) return undefined;
  const [kind, id, value] = parts as [unknown, number, unknown];
  if (kind === 'r') return { kind: 'answer', id, value };
  if (kind === 'x') return { kind: 'refusal', id, error: value };
  return kind === 'c' ? { kind: 'chunk', id, value, size: (message as string).length } : undefined;
}

/** A chunk of bytes, joined from pieces. */
export function byteFrame(id: number, pieces: readonly Uint8Array[], length: number): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + length);
  new DataView(frame.buffer).setUint32(0, id);
  let at = HEADER_BYTES;
  for (const piece of pieces) {
    frame.set(piece, at);
    at += piece.length;
  }
  return frame;
}
