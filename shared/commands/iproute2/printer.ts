/**
 * What a program of iproute2 says, as text or as JSON: each fact is printed once and takes the form that was asked for. Output is collected in
 * order, standard error among it, and written by `drain`, because the code that prints does not wait.
 * Authority: lib/json_print.c, lib/color.c.
 */
import type { Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { JsonWriter, type JsonValue } from './json-writer.ts';

/** What a text is, for -color. */
export type ColorAttribute = 'ifname' | 'mac' | 'inet' | 'inet6' | 'up' | 'down';
const LIGHT: Readonly<Record<ColorAttribute, string>> = { ifname: '36', mac: '33', inet: '35', inet6: '34', up: '32', down: '31' };

type Piece = { readonly kind: 'out' | 'error'; readonly text: Bytes } | { readonly kind: 'flush' };

export class Printer {
  private pieces: Piece[] = [];
  private json: JsonWriter | null = null;
  /** `_SL_`: what ends a line within one object; a backslash with -oneline. */
  lineEnd = '\n';
  colors = false;
  darkBackground = false;

  get isJson(): boolean {
    return this.json !== null;
  }
  out(text: Bytes): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'out') this.pieces[this.pieces.length - 1] = { kind: 'out', text: last.text + text };
    else if (text !== '') this.pieces.push({ kind: 'out', text });
  }
  error(text: Bytes): void {
    if (text !== '') this.pieces.push({ kind: 'error', text });
  }
  /** fflush(stdout). */
  flush(): void {
    if (this.pieces.at(-1)?.kind !== 'flush') this.pieces.push({ kind: 'flush' });
  }
  /** Writes what has been collected. */
  *drain(p: Process): Sys {
    const { pieces } = this;
    this.pieces = [];
    for (const piece of pieces) {
      if (piece.kind === 'out') yield* p.print(piece.text);
      else if (piece.kind === 'error') yield* p.error(piece.text);
      else yield* p.flush();
    }
  }

  /** Begins JSON output when it was asked for: everything until `endJson` is inside one array. */
  startJson(asked: boolean, pretty: boolean): void {
    if (!asked) return;
    this.json = new JsonWriter((text) => this.out(text), pretty);
    this.json.startArray();
  }
  endJson(): void {
    if (!this.json) return;
    this.json.endArray();
    this.json = null;
    this.out('\n');
    this.flush();
  }

  /** In both forms: `text` as it stands, or a member `key` (an element when null). */
  any(key: string | null, text: string, value: JsonValue, color?: ColorAttribute): void {
    if (this.json) this.member(key, value);
    else this.text(text, color);
  }
  /** As text only. */
  text(text: string, color?: ColorAttribute): void {
    if (this.json) return;
    this.out(color === undefined || !this.colors ? text : `\x1b[${this.darkBackground ? '1;' : ''}${LIGHT[color]}m${text}\x1b[0m`);
  }
  /** As JSON only. */
  member(key: string | null, value: JsonValue): void {
    if (!this.json) return;
    if (key === null) this.json.value(value);
    else this.json.field(key, value);
  }
  /** A JSON member whose value is given as it is written. */
  rawMember(key: string, json: string): void {
    this.json?.name(key);
    this.json?.raw(json);
  }
  /** In JSON a string like `0x2a`. */
  hex(key: string | null, text: string, value: number): void {
    this.any(key, text, value === 0 ? '0' : `0x${value.toString(16)}`);
  }
  onOff(key: string, text: (word: 'on' | 'off') => string, value: boolean): void {
    this.any(key, text(value ? 'on' : 'off'), value);
  }
  openObject(key: string | null = null): void {
    if (key !== null) this.json?.name(key);
    this.json?.startObject();
  }
  closeObject(): void {
    this.json?.endObject();
  }
  openArray(key: string | null): void {
    if (key !== null) this.json?.name(key);
    this.json?.startArray();
  }
  closeArray(): void {
    this.json?.endArray();
  }
  /** Ends a line in text, by a backslash with -oneline. */
  newLine(): void {
    if (!this.json) this.out(this.lineEnd);
  }
}
