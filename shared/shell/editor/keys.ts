/**
 * From bytes of a terminal to keys: control characters, meta (ESC first), the escape sequences of xterm, pasted text between its brackets.
 */
import { utf8Decode, type Bytes } from '../../base/index.ts';

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  /** `C-a`, `M-b`, `Tab`, `Enter`, `Backspace`, `Up`, `Home`, `C-Left` … */
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'paste'; readonly text: string };

const FINAL: Readonly<Record<string, string>> = {
  A: 'Up',
  B: 'Down',
  C: 'Right',
  D: 'Left',
  H: 'Home',
  F: 'End',
  P: 'F1',
  Q: 'F2',
  R: 'F3',
  S: 'F4',
  Z: 'BackTab',
};
const TILDE: Readonly<Record<string, string>> = {
  '1': 'Home',
  '2': 'Insert',
  '3': 'Delete',
  '4': 'End',
  '5': 'PageUp',
  '6': 'PageDown',
  '7': 'Home',
  '8': 'End',
};
const CONTROL: Readonly<Record<number, string>> = { 8: 'Backspace', 9: 'Tab', 10: 'Enter', 13: 'Enter', 27: 'Escape', 127: 'Backspace' };
const MODIFIER: Readonly<Record<string, string>> = { '3': 'M-', '5': 'C-', '7': 'C-M-' };

/** Keeps what is not a whole key yet. */
export class KeyDecoder {
  private buffer = '';

  feed(bytes: Bytes): Key[] {
    this.buffer += bytes;
    const keys: Key[] = [];
    for (let key = this.next(); key; key = this.next()) keys.push(key);
    return keys;
  }
  private take(length: number): Bytes {
    const taken = this.buffer.slice(0, length);
    this.buffer = this.buffer.slice(length);
    return taken;
  }
  private next(): Key | undefined {
    const { buffer } = this;
    if (buffer === '') return undefined;
    if (buffer.startsWith('\x1b[200~')) {
      const end = buffer.indexOf('\x1b[201~');
      if (end < 0) return undefined;
      const text = utf8Decode(this.take(end + 6).slice(6, end));
      return { kind: 'paste', text };
    }
    if (buffer.startsWith('\x1b')) return this.escape();
    const code = buffer.charCodeAt(0);
    if (code < 32 || code === 127) {
      this.take(1);
      return { kind: 'key', name: CONTROL[code] ?? `C-${code === 31 ? '_' : String.fromCharCode(code + 96)}` };
    }
    return this.text();
  }
  private text(): Key | undefined {
    let length = 0;
    const { buffer } = this;
    while (length < buffer.length) {
      const code = buffer.charCodeAt(length);
      if (code < 32 || code === 127) break;
      const size = code < 0xc0 ? 1 : code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4;
      if (length + size > buffer.length) break;
      length += size;
    }
    return length === 0 ? undefined : { kind: 'text', text: utf8Decode(this.take(length)) };
  }
  private escape(): Key | undefined {
    const { buffer } = this;
    const sequence = /^\x1b(?:\[([\d;]*)([A-Za-z~])|O([A-Za-z]))/.exec(buffer);
    if (sequence) {
      const [whole, parameters = '', final = '', application] = sequence;
      this.take(whole.length);
      const [number = '', modifier = ''] = parameters.split(';');
      const name = application !== undefined ? FINAL[application] : final === '~' ? TILDE[number] : FINAL[final];
      return { kind: 'key', name: `${MODIFIER[modifier] ?? ''}${name ?? 'Unknown'}` };
    }
    if (/^\x1b(\[[\d;]*|O)?$/.test(buffer)) return undefined;
    this.take(1);
    const code = buffer.charCodeAt(1);
    if (code === 27) return { kind: 'key', name: 'Escape' };
    const char = this.take(1);
    return { kind: 'key', name: `M-${CONTROL[code] ?? (code < 32 ? `C-${String.fromCharCode(code + 96)}` : char)}` };
  }
}
