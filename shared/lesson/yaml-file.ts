/**
 * A YAML text checked against a schema: the value, or problems with line, column and what would be right. Never throws.
 * Used for lab files and lesson definitions.
 */
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node, type YAMLError } from 'yaml';
import type { z } from 'zod';

export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** A sentence; says what would be right. */
  readonly message: string;
}
export interface YamlFile<T> {
  /** Absent when there are problems. */
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** Where a value of the document stands, for problems found later. */
  readonly at: (path: readonly (string | number)[], part?: 'key' | 'value') => { readonly line: number; readonly column: number };
}

export const formatProblem = (source: string, problem: Problem): string => `${source}:${problem.line}:${problem.column}: ${problem.message}`;

export function readYaml<S extends z.ZodType>(text: string, schema: S): YamlFile<z.infer<S>> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const at: YamlFile<unknown>['at'] = (path, part = 'value') => position(offsetOf(document, path, part === 'key'));
  const syntax = document.errors.map((error) => ({ ...position(error.pos[0]), message: `this is not YAML: ${ADVICE[error.code] ?? error.message}` }));
  if (syntax.length > 0) return { value: undefined, problems: syntax, at };
  const parsed = schema.safeParse(document.toJS() as unknown);
  if (parsed.success) return { value: parsed.data, problems: [], at };
  const problems = parsed.error.issues.flatMap((issue) =>
    problemsOf(issue).map(({ path, message, key }) => ({ ...position(offsetOf(document, path, key)), message })),
  );
  return { value: undefined, problems, at };
}

/** What usually is the matter; the reader's own words are for who knows its grammar. */
const ADVICE: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  DUPLICATE_KEY: 'this key stands here a second time: leave one out',
  BAD_INDENT: 'the indentation does not fit: keys of one map, and items of one list, begin in the same column, and what is in brackets is indented',
  TAB_AS_INDENT: 'this is indented by a tab: use spaces',
  MISSING_CHAR: 'something is missing here or just before: a "-", a closing quote or bracket, a comma, or ":" behind a key; or the indentation is wrong',
  UNEXPECTED_TOKEN: 'this is not expected here: look for a missing "-", ":" or quote, here or just before',
  BLOCK_AS_IMPLICIT_KEY: 'a map cannot begin here: put it on a line of its own, indented, or the value in quotes',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line: look for a missing ":" or quote',
  BAD_ALIAS: 'this name is not defined: a value that begins with "*" or "&" must be in quotes',
};

/** The offset of the value at a path; of its key when the value is missing, or of the nearest parent there is. */
function offsetOf(document: Document, path: readonly (string | number)[], wantsKey = false): number {
  for (let length = path.length; length >= 0; length--) {
    const some = path.slice(0, length);
    const parent = length === 0 ? undefined : (document.getIn(some.slice(0, -1), true) as Node | undefined);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === some.at(-1));
      const key = pair?.key as Node | undefined;
      const value = pair?.value as Node | null | undefined;
      if (length === path.length && !wantsKey && value?.range && isScalar(value)) return value.range[0];
      if (key?.range) return key.range[0];
      continue;
    }
    const node = (length === 0 ? document.contents : document.getIn(some, true)) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

const words = (values: readonly unknown[]): string => values.map((value) => `"${String(value)}"`).join(', ');

interface Found {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The key is wrong, not its value. */
  readonly key?: boolean;
}
function problemsOf(issue: z.core.$ZodIssue): readonly Found[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const name = path.length === 0 ? 'the file' : `"${path.join('.')}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: `"${key}" means nothing here`, key: true }));
    case 'invalid_type':
      return [
        {
          path,
          message:
            issue.input === undefined && !issue.message.includes('received')
              ? `${name} is missing: ${article(issue.expected)} is needed`
              : issue.message.includes('received undefined')
                ? `${name} is missing: ${article(issue.expected)} is needed`
                : `${name} must be ${article(issue.expected)}`,
        },
      ];
    case 'invalid_value':
      return [{ path, message: `${name} must be ${issue.values.length === 1 ? words(issue.values) : `one of ${words(issue.values)}`}` }];
    case 'invalid_union':
      if ('options' in issue) return [{ path, message: `${name} must be one of ${words(issue.options)}` }];
      return [{ path, message: issue.message === 'Invalid input' ? `${name} has none of the forms it may have` : issue.message }];
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message, key: true }));
    case 'too_small':
      return [
        {
          path,
          message: `${name} ${issue.origin === 'array' ? `needs at least ${issue.minimum}` : `must be at least ${issue.minimum}`}${issue.origin === 'string' ? ' characters long' : ''}`,
        },
      ];
    case 'too_big':
      return [{ path, message: `${name} must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}` }];
    default:
      return [{ path, message: issue.message.startsWith('Invalid') ? `${name}: ${issue.message}` : issue.message }];
  }
}
const article = (type: string): string =>
  ({
    array: 'a list',
    object: 'a map of keys and values',
    record: 'a map of keys and values',
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  })[type] ?? type;
