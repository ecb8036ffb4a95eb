/**
 * JSON as iproute2 writes it, piece by piece and therefore in its own layout: pretty printing indents objects' members and puts arrays on one
 * line. Strings are escaped byte by byte. Authority: lib/json_writer.c.
 */
export type JsonValue = string | number | bigint | boolean | null;

export class JsonWriter {
  private depth = 0;
  private separator = '';

  constructor(
    private readonly write: (text: string) => void,
    private readonly pretty: boolean,
  ) {}

  name(key: string): void {
    this.separate();
    this.endLine();
    this.separator = '';
    this.write(`${quote(key)}:${this.pretty ? ' ' : ''}`);
  }
  value(value: JsonValue): void {
    this.raw(typeof value === 'string' ? quote(value) : String(value));
  }
  /** A value as text that is already JSON. */
  raw(text: string): void {
    this.separate();
    this.write(text);
  }
  field(key: string, value: JsonValue): void {
    this.name(key);
    this.value(value);
  }
  startObject(): void {
    this.begin('{');
  }
  endObject(): void {
    this.end('}');
  }
  startArray(): void {
    this.begin('[');
    if (this.pretty) this.write(' ');
  }
  endArray(): void {
    if (this.pretty && this.separator !== '') this.write(' ');
    this.separator = '';
    this.end(']');
  }

  private begin(bracket: string): void {
    this.separate();
    this.write(bracket);
    this.depth++;
    this.separator = '';
  }
  private end(bracket: string): void {
    this.depth--;
    if (this.separator !== '') this.endLine();
    this.write(bracket);
    this.separator = ',';
  }
  private separate(): void {
    if (this.separator !== '') this.write(this.separator);
    this.separator = ',';
  }
  private endLine(): void {
    if (this.pretty) this.write(`\n${'    '.repeat(this.depth)}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f', '\b': '\\b', '\\': '\\\\', '"': '\\"' };
const quote = (text: string): string => `"${text.replace(/[\t\n\r\f\b\\"]/g, (char) => ESCAPES[char] ?? char)}"`;
