/**
 * Output that waits for a screen that nobody looks at. A screen must see every byte, or it would miss a colour or a mode; but of plain lines that
 * all scroll away only the last need to be seen, and a flood is made of these. So what waits is cut down to what can still be told apart.
 *
 * Invariant: what `take` gives, written to the screen after what it gave before, makes the same screen and scrollback as all that was put.
 */
const ESCAPE = 0x1b;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
/** The first byte, in UTF-8, of the C1 controls. */
const C1 = 0xc2;
const NEW_LINE = 0x0a;
const RETURN = 0x0d;
/** An escape sequence may end in the text behind its first byte. */
const SEQUENCE_BYTES = 256;
/** Below this it is not worth the search. */
const WORTH_BYTES = 1 << 16;

export class Waiting {
  private chunks: Uint8Array[] = [];
  private bytes = 0;
  private worthAt = WORTH_BYTES;

  /** `lines`: how many lines the screen and its scrollback hold. */
  constructor(private readonly lines: () => number) {}

  get size(): number {
    return this.bytes;
  }
  put(data: Uint8Array): void {
    this.chunks.push(data);
    this.bytes += data.length;
    if (this.bytes < this.worthAt) return;
    const shorter = shorten(Buffer.concat(this.chunks, this.bytes), this.lines());
    this.chunks = shorter;
    this.bytes = shorter.reduce((sum, chunk) => sum + chunk.length, 0);
    this.worthAt = this.bytes + WORTH_BYTES;
  }
  /** All that is to be written now. */
  take(): readonly Uint8Array[] {
    const { chunks } = this;
    this.chunks = [];
    this.bytes = 0;
    this.worthAt = WORTH_BYTES;
    return chunks;
  }
}

/** The same for the screen, without plain lines that would scroll away. */
export function shorten(data: Buffer, lines: number): Buffer[] {
  const start = plainFrom(data);
  const cut = lineStart(data, lines);
  return cut > start ? [data.subarray(0, start), data.subarray(cut)] : [data];
}

/** From here on it is plain text. */
function plainFrom(data: Buffer): number {
  const last = Math.max(...[ESCAPE, SHIFT_OUT, SHIFT_IN, C1].map((byte) => data.lastIndexOf(byte)));
  return Math.min(data.length, last + 1 + SEQUENCE_BYTES);
}

/** Where the last `lines` lines begin: behind a carriage return and new line, so that the column is known; 0 when there are not so many. */
function lineStart(data: Buffer, lines: number): number {
  let at = data.length;
  for (let found = 0; found <= lines; found++) {
    at = data.lastIndexOf(NEW_LINE, at - 1);
    if (at <= 0) return 0;
  }
  while (at > 0 && data[at - 1] !== RETURN) {
    at = data.lastIndexOf(NEW_LINE, at - 1);
    if (at <= 0) return 0;
  }
  return at + 1;
}
