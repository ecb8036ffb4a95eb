/**
 * JSONPath templates (k8s.io/client-go/util/jsonpath): `{.items[*].metadata.name}`, `{range .items[*]}…{end}`, `{"\n"}`, filters
 * `[?(@.type=="Ready")]`, unions `['a','b']`, slices `[0:2]`, recursive `..name`.
 */
import { err, ok, type Result } from '../../base/index.ts';
import { sorted, type Data } from './yaml-text.ts';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined; readonly step: number; readonly single: boolean }
  | { readonly kind: 'union'; readonly names: readonly string[] }
  | { readonly kind: 'filter'; readonly left: readonly Step[]; readonly operator: string; readonly right: Operand | undefined };
type Operand = { readonly kind: 'value'; readonly value: Data } | { readonly kind: 'path'; readonly steps: readonly Step[] };
type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[]; readonly isRoot: boolean }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Node[] };

export interface JsonPath {
  /** What the template prints. */
  readonly text: (data: Data) => Result<string, string>;
  /** What its paths find, as a list in JSON. */
  readonly json: (data: Data) => Result<string, string>;
  /** What its paths find. */
  readonly values: (data: Data) => Result<readonly Data[], string>;
}

/** A template; without braces it is taken as one expression (`.metadata.name`), as kubectl does. */
export function parseJsonPath(template: string): Result<JsonPath, string> {
  const text = template.includes('{')
    ? template
    : `{${template.startsWith('.') || template.startsWith('[') || template.startsWith('$') ? template : `.${template}`}}`;
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('{', at);
    if (open < 0) {
      pieces.push(text.slice(at));
      break;
    }
    if (open > at) pieces.push(text.slice(at, open));
    const close = closing(text, open);
    if (close < 0) return err('unclosed action');
    pieces.push(text.slice(open, close + 1));
    at = close + 1;
  }
  let next = 0;
  const parseNodes = (isNested: boolean): Result<readonly Node[], string> => {
    const nodes: Node[] = [];
    while (next < pieces.length) {
      const piece = pieces[next++]!;
      if (!piece.startsWith('{')) {
        nodes.push({ kind: 'text', text: piece });
        continue;
      }
      const inner = piece.slice(1, -1).trim();
      if (inner === 'end') return isNested ? ok(nodes) : err('not in range, nothing to end');
      const quote = /^"(.*)"$|^'(.*)'$/s.exec(inner);
      if (quote) {
        nodes.push({ kind: 'text', text: unescapeText(quote[1] ?? quote[2] ?? '') });
        continue;
      }
      const range = /^range\s+(.*)$/s.exec(inner);
      const steps = parseSteps(range ? range[1]! : inner);
      if (!steps.ok) return steps;
      if (range) {
        const body = parseNodes(true);
        if (!body.ok) return body;
        nodes.push({ kind: 'range', steps: steps.value, body: body.value });
      } else nodes.push({ kind: 'path', steps: steps.value, isRoot: inner.startsWith('$') });
    }
    return isNested ? err('unterminated range') : ok(nodes);
  };
  const nodes = parseNodes(false);
  if (!nodes.ok) return nodes;
  const values = (data: Data): Result<readonly Data[], string> => {
    const all: Data[] = [];
    for (const node of nodes.value) {
      if (node.kind !== 'path') continue;
      const found = walk(node.steps, [data]);
      if (!found.ok) return found;
      all.push(...found.value);
    }
    return ok(all);
  };
  return ok({
    text: (data) => render(nodes.value, data, data),
    json: (data) => {
      const found = values(data);
      return found.ok ? ok(`${JSON.stringify(found.value, null, 4)}\n`) : found;
    },
    values,
  });
}

function closing(text: string, open: number): number {
  let quote = '';
  for (let i = open + 1; i < text.length; i++) {
    const char = text[i]!;
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}') return i;
  }
  return -1;
}
const unescapeText = (text: string): string => text.replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char);

function parseSteps(text: string): Result<readonly Step[], string> {
  const steps: Step[] = [];
  let at = text.startsWith('$') || text.startsWith('@') ? 1 : 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const field = /^\.?((?:\\.|[^.[\]\s'"(){}=<>!&|*?@$,\\])+)/.exec(rest);
    if (rest.startsWith('..')) {
      steps.push({ kind: 'deep' });
      at += rest[2] === '[' ? 2 : 1;
    } else if (/^\.?\*/.test(rest)) {
      steps.push({ kind: 'all' });
      at += rest.startsWith('.') ? 2 : 1;
    } else if (rest === '.') break;
    else if (rest.startsWith('[')) {
      const end = matchingBracket(rest);
      if (end < 0) return err('unterminated array');
      const step = parseBracket(rest.slice(1, end).trim());
      if (!step.ok) return step;
      steps.push(step.value);
      at += end + 1;
    } else if (field) {
      steps.push({ kind: 'field', name: field[1]!.replace(/\\(.)/g, '$1') });
      at += field[0].length;
    } else return err(`unrecognized character in action: U+${rest.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${rest[0]}'`);
  }
  return ok(steps);
}

function matchingBracket(text: string): number {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return i;
  }
  return -1;
}

function parseBracket(text: string): Result<Step, string> {
  if (text === '*') return ok({ kind: 'all' });
  const names = text.split(',').map((part) => /^\s*(?:'([^']*)'|"([^"]*)")\s*$/.exec(part));
  if (names.every((match) => match !== null)) return ok({ kind: 'union', names: names.map((match) => match[1] ?? match[2] ?? '') });
  const slice = /^(-?\d*)(:(-?\d*)(?::(-?\d*))?)?$/.exec(text);
  if (slice && text !== '') {
    const number = (part: string | undefined): number | undefined => (part === undefined || part === '' ? undefined : Number(part));
    return ok({ kind: 'slice', from: number(slice[1]), to: number(slice[3]), step: number(slice[4]) ?? 1, single: slice[2] === undefined });
  }
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (!filter) return err(`invalid array index ${text}`);
  const parts = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(filter[1]!.trim());
  const left = parseSteps(parts ? parts[1]!.trim() : filter[1]!.trim());
  if (!left.ok) return left;
  if (!parts) return ok({ kind: 'filter', left: left.value, operator: 'exists', right: undefined });
  const right = parseOperand(parts[3]!.trim());
  return right.ok ? ok({ kind: 'filter', left: left.value, operator: parts[2]!, right: right.value }) : right;
}

function parseOperand(text: string): Result<Operand, string> {
  const quote = /^"(.*)"$|^'(.*)'$/s.exec(text);
  if (quote) return ok({ kind: 'value', value: unescapeText(quote[1] ?? quote[2] ?? '') });
  if (/^-?\d+(\.\d+)?$/.test(text)) return ok({ kind: 'value', value: Number(text) });
  if (text === 'true' || text === 'false') return ok({ kind: 'value', value: text === 'true' });
  const steps = parseSteps(text);
  return steps.ok ? ok({ kind: 'path', steps: steps.value }) : steps;
}

function render(nodes: readonly Node[], current: Data, root: Data): Result<string, string> {
  let out = '';
  for (const node of nodes) {
    if (node.kind === 'text') {
      out += node.text;
      continue;
    }
    const found = walk(node.steps, [node.kind === 'path' && node.isRoot ? root : current]);
    if (!found.ok) return found;
    if (node.kind === 'path') {
      out += found.value.map(printed).join(' ');
      continue;
    }
    for (const item of found.value) {
      const inner = render(node.body, item, root);
      if (!inner.ok) return inner;
      out += inner.value;
    }
  }
  return ok(out);
}

const printed = (value: Data): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(sorted(value)) : String(value);
const asRecord = (value: Data): { readonly [key: string]: Data } | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Data }) : undefined;
const children = (value: Data): readonly Data[] => (Array.isArray(value) ? (value as readonly Data[]) : Object.values(asRecord(value) ?? {}));

function walk(steps: readonly Step[], start: readonly Data[]): Result<readonly Data[], string> {
  let values = start;
  for (const step of steps) {
    const next: Data[] = [];
    for (const value of values) {
      const found = apply(step, value);
      if (!found.ok) return found;
      next.push(...found.value);
    }
    values = next;
  }
  return ok(values.filter((value) => value !== undefined));
}

function apply(step: Step, value: Data): Result<readonly Data[], string> {
  switch (step.kind) {
    case 'field': {
      const found = asRecord(value)?.[step.name];
      return ok(found === undefined ? [] : [found]);
    }
    case 'union':
      return ok(step.names.flatMap((name) => asRecord(value)?.[name] ?? []));
    case 'all':
      return ok(children(value));
    case 'deep':
      return ok(descend(value));
    case 'slice':
      return slice(step, value);
    case 'filter':
      return ok(children(value).filter((item) => passes(step, item)));
  }
}

const descend = (value: Data): readonly Data[] => [value, ...children(value).flatMap(descend)];

function slice(step: Extract<Step, { kind: 'slice' }>, value: Data): Result<readonly Data[], string> {
  if (!Array.isArray(value)) return ok([]);
  const list = value as readonly Data[];
  if (step.single) {
    const index = step.from ?? 0;
    const at = index < 0 ? list.length + index : index;
    return at >= 0 && at < list.length ? ok([list[at]]) : err(`array index out of bounds: index ${index}, length ${list.length}`);
  }
  return ok(list.slice(step.from, step.to).filter((_, i) => i % step.step === 0));
}

function passes(step: Extract<Step, { kind: 'filter' }>, item: Data): boolean {
  const left = walk(step.left, [item]);
  if (!left.ok || left.value.length === 0) return false;
  if (step.operator === 'exists') return true;
  const right = step.right?.kind === 'path' ? walk(step.right.steps, [item]) : ok([step.right?.value]);
  const a = left.value[0];
  const b = right.ok ? right.value[0] : undefined;
  switch (step.operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
      return compare(a, b as typeof a, step.operator);
  }
}
function compare<T extends number | string>(a: T, b: T, operator: string): boolean {
  return operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b;
}
