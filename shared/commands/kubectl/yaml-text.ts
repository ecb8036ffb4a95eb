/**
 * JSON data as kubectl prints it with -o yaml and -o json: keys sorted, go-yaml's choice of quotes and block styles
 * (sigs.k8s.io/yaml over go-yaml 2: sequences are not indented, long lines are not folded).
 */
export type Data = null | undefined | boolean | number | string | readonly Data[] | { readonly [key: string]: Data };

export const toYaml = (data: Data): string =>
  lines(data)
    .map((line) => `${line}\n`)
    .join('');

export const toJson = (data: Data): string => `${JSON.stringify(sorted(data), null, 4)}\n`;

/** Keys in order, at every depth; absent values left out. */
export function sorted(data: Data): Data {
  if (Array.isArray(data)) return (data as readonly Data[]).map(sorted);
  if (typeof data !== 'object' || data === null) return data;
  const record = data as { readonly [key: string]: Data };
  return Object.fromEntries(
    Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
      .map((key) => [key, sorted(record[key])]),
  );
}

const isScalar = (data: Data): boolean =>
  typeof data !== 'object' || data === null || (Array.isArray(data) ? data.length === 0 : Object.keys(data).length === 0);

/** The lines of a value at margin 0. */
function lines(data: Data): readonly string[] {
  if (isScalar(data)) return scalar(data);
  if (Array.isArray(data)) return (data as readonly Data[]).flatMap((item) => lines(item).map((line, i) => (i === 0 ? `- ${line}` : indented(line))));
  const record = data as { readonly [key: string]: Data };
  return Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .flatMap((key) => {
      const value = record[key];
      const inner = lines(value);
      if (isScalar(value)) return [`${quoted(key)}: ${inner[0]}`, ...inner.slice(1).map(indented)];
      return [`${quoted(key)}:`, ...(Array.isArray(value) ? inner : inner.map(indented))];
    });
}
const indented = (line: string): string => (line === '' ? '' : `  ${line}`);

function scalar(data: Data): readonly string[] {
  if (data === null || data === undefined) return ['null'];
  if (Array.isArray(data)) return ['[]'];
  if (typeof data === 'object') return ['{}'];
  if (typeof data !== 'string') return [String(data)];
  if (!data.includes('\n')) return [quoted(data)];
  const chomp = data.endsWith('\n') ? (data.endsWith('\n\n') ? '+' : '') : '-';
  return [`|${/^[ \n]/.test(data) ? '2' : ''}${chomp}`, ...(chomp === '-' ? data : data.slice(0, -1)).split('\n')];
}

/** Words and numbers that YAML 1.1 would not read back as text: double quotes. */
const AMBIGUOUS =
  /^(|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?(\d[\d_]*)?\.?\d[\d_]*([eE][-+]?\d+)?|[-+]?\d[\d_]*\.|0x[\da-fA-F_]+|0b[01_]+|0o?[0-7_]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|\d{4}-\d\d?-\d\d?([Tt ].*)?|[-+]?\d+(:[0-5]?\d)+(\.\d*)?|=|<<)$/;

function quoted(text: string): string {
  if (AMBIGUOUS.test(text)) return JSON.stringify(text);

  if (/[\u0000-\u001f\u007f]/.test(text)) return JSON.stringify(text);
  const isPlain = !/^[\s\-?:,[\]{}#&*!|>'"%@`]/.test(text) || /^[-?:][^\s,[\]{}]/.test(text);
  return isPlain && !/: |:$| #|\s$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
