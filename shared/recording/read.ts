/**
 * A tape from its text. Tolerant: a line that is damaged is left out and named, everything else is kept; a tape cut short by a crash is read up
 * to its last whole line. After a damaged line deltas of the topology are left out until it is whole again, since one of them may be missing.
 *
 * Invariant: never throws, whatever the text; every event that comes out has the form its type says, so that a view need not check again.
 */
import type { ListDelta, TopologyDelta } from './delta.ts';
import { TAPE_VERSION, type Tape, type TapeCode, type TapeEvent, type TapeHeader } from './tape.ts';

export interface TapeProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}
export interface TapeReading {
  /** Undefined: this is no tape at all. */
  readonly value: Tape | undefined;
  readonly problems: readonly TapeProblem[];
}

const MAX_PROBLEMS = 20;
/** A tape of more than a month is a damaged time. */
const MAX_SECONDS = 31 * 86_400;

export function parseTape(text: string): TapeReading {
  const problems: TapeProblem[] = [];
  const lines = splitLines(text);
  const header = readHeader(lines[0]?.text);
  if (typeof header === 'string') return { value: undefined, problems: [{ line: 1, message: header }] };
  if (header.podwalk !== TAPE_VERSION) {
    const message = `this tape has version ${header.podwalk} of the format, and this Podwalk reads version ${TAPE_VERSION}: what it does not know is left out; a newer Podwalk reads it whole`;
    problems.push({ line: 1, message });
  }

  const events: TapeEvent[] = [];
  let damaged = 0;
  let firstDamaged = 1;
  let isTopologyKnown = true;
  for (let index = 1; index < lines.length; index++) {
    const { text: line, isWhole } = lines[index]!;
    if (line === '') continue;
    const event = readEvent(line, events.at(-1)?.[0] ?? 0);
    if (typeof event === 'string') {
      if (damaged++ === 0) firstDamaged = index + 1;
      isTopologyKnown = false;
      if (problems.length < MAX_PROBLEMS) problems.push({ line: index + 1, message: isWhole ? event : 'the tape was cut off in this line' });
      continue;
    }
    if (event[1] === 'g') isTopologyKnown = true;
    if (event[1] === 'd' && !isTopologyKnown) continue;
    events.push(event);
  }
  if (damaged > 0) {
    const kept = `${events.length} events up to ${(events.at(-1)?.[0] ?? 0).toFixed(1)} s were kept`;
    problems.push({ line: firstDamaged, message: `${damaged} damaged line${damaged === 1 ? ' was' : 's were'} left out; ${kept}` });
  }
  return { value: { header: { ...header, podwalk: TAPE_VERSION }, events }, problems };
}

function splitLines(text: string): { readonly text: string; readonly isWhole: boolean }[] {
  const parts = text.split('\n');
  return parts
    .map((part, index) => ({ text: part.trim(), isWhole: index < parts.length - 1 }))
    .filter((line, index) => line.text !== '' || index < parts.length - 1);
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** The header, or why it is none. */
function readHeader(line: string | undefined): (Omit<TapeHeader, 'podwalk'> & { readonly podwalk: number }) | string {
  const value = line === undefined ? undefined : readJson(line);
  if (!isObject(value)) return 'this is not a tape: its first line is no JSON object';
  if ('version' in value) return 'this is an asciicast, not a tape: import it instead';
  if (typeof value['podwalk'] !== 'number') return 'this is not a tape: its first line has no "podwalk"';
  const { title, lab, startedMs } = value;
  if (!isText(title) || !isText(lab) || !isNumber(startedMs)) {
    if (value['podwalk'] !== TAPE_VERSION) return `this tape has version ${value['podwalk']} of the format; this Podwalk reads version ${TAPE_VERSION}`;
    return 'the first line must say "title", "lab" and "startedMs"';
  }
  return { podwalk: value['podwalk'], title, lab, startedMs };
}

/** The event, or what is wrong with the line. */
function readEvent(line: string, notBefore: number): TapeEvent | string {
  const value = readJson(line);
  if (value === undefined) return 'not JSON';
  if (!Array.isArray(value) || value.length !== 3) return 'not of the form [time, code, data]';
  const [seconds, code, data] = value as [unknown, unknown, unknown];
  if (!isNumber(seconds) || seconds < 0 || seconds > MAX_SECONDS) return 'its time is not a number of seconds';
  if (seconds < notBefore) return `its time, ${seconds}, is before the line above`;
  if (typeof code !== 'string' || !Object.hasOwn(FORMS, code)) return `unknown code ${JSON.stringify(code).slice(0, 40)}`;
  if (!FORMS[code as TapeCode](data)) return `the data of ${JSON.stringify(code)} has another form`;
  return value as unknown as TapeEvent;
}

type Form = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCells: Form = (value) => isNumber(value) && Number.isInteger(value) && value >= 1 && value <= 1000;
const optional =
  (form: Form): Form =>
  (value) =>
    value === undefined || form(value);
const listOf =
  (form: Form): Form =>
  (value) =>
    Array.isArray(value) && value.every(form);
const tupleOf =
  (...forms: Form[]): Form =>
  (value) =>
    Array.isArray(value) && value.length === forms.length && forms.every((form, index) => form(value[index]));
const objectOf = (forms: Readonly<Record<string, Form>>): Form => {
  const entries = Object.entries(forms);
  return (value) => isObject(value) && entries.every(([key, form]) => form(value[key]));
};
const oneOf =
  (...values: readonly string[]): Form =>
  (value) =>
    isText(value) && values.includes(value);

const isLinkState = oneOf('up', 'no-carrier', 'down', 'none');
const isFact = objectOf({ key: isText, value: isText });
const isPoint = objectOf({ x: isNumber, y: isNumber });
const BOX: Readonly<Record<string, Form>> = {
  id: isText,
  kind: isText,
  label: isText,
  sublabel: optional(isText),
  parent: optional(isText),
  state: isLinkState,
  labelAt: oneOf('top', 'middle', 'bottom'),
  x: isNumber,
  y: isNumber,
  width: isNumber,
  height: isNumber,
  facts: listOf(isFact),
};
const LINE: Readonly<Record<string, Form>> = { id: isText, kind: isText, from: isText, to: isText, state: isLinkState, points: listOf(isPoint) };

/** Changed fields have the form that they have in the whole; null where a field that may be missing left. */
const isChange = (whole: Readonly<Record<string, Form>>): Form =>
  tupleOf(
    isText,
    (fields) =>
      isObject(fields) &&
      Object.entries(fields).every(([key, value]) => (value === null ? key === 'sublabel' || key === 'parent' : (whole[key] ?? (() => true))(value))),
  );
const isListDelta = (whole: Readonly<Record<string, Form>>): Form =>
  objectOf({
    remove: optional(listOf(isText)),
    change: optional(listOf(isChange(whole))),
    add: optional(listOf(objectOf(whole))),
    order: optional(listOf(isText)),
  } satisfies Record<keyof ListDelta, Form>);

const isHop = objectOf({
  id: isNumber,
  parent: isNumber,
  place: objectOf({ node: isText, netns: isText }),
  steps: listOf(objectOf({ atUs: isNumber, step: objectOf({ kind: isText }) })),
  disposition: objectOf({ kind: isText }),
});
const isPair = objectOf({ from: isText, to: isText, over: optional(isText) });
const isWords = objectOf({ en: isText, zh: isText });
const isMeasured = objectOf({
  ...{ titles: isWords, node: isText, command: isText, before: isText, after: isText },
  ...{ expected: optional(isText), undone: optional(isText) },
});

const FORMS: Readonly<Record<TapeCode, Form>> = {
  open: objectOf({ terminal: isText, title: isText, node: isText, pod: optional(isText), columns: isCells, rows: isCells }),
  o: tupleOf(isText, isText),
  i: tupleOf(isText, isText),
  r: tupleOf(isText, isCells, isCells),
  k: objectOf({ terminal: isText, columns: isCells, rows: isCells, content: isText, skipped: optional(isNumber) }),
  x: tupleOf(isText, isNumber),
  close: isText,
  g: objectOf({ boxes: listOf(objectOf(BOX)), lines: listOf(objectOf(LINE)) }),
  d: objectOf({ boxes: optional(isListDelta(BOX)), lines: optional(isListDelta(LINE)) } satisfies Record<keyof TopologyDelta, Form>),
  t: objectOf({ id: isNumber, startedUs: isNumber, hops: listOf(isHop) }),
  e: objectOf({
    run: isText,
    experiment: isText,
    titles: isWords,
    outcomes: listOf(objectOf({ node: isText, command: isText })),
    broke: listOf(isPair),
    mended: listOf(isPair),
    measures: optional(listOf(isMeasured)),
    prediction: optional(objectOf({ breaks: listOf(isPair), mends: listOf(isPair) })),
    verdict: optional(isText),
    state: isText,
  }),
  p: objectOf({
    attempt: isText,
    lesson: isText,
    lab: isText,
    steps: (value) => isObject(value) && Object.values(value).every(objectOf({ kind: isText })),
    current: optional(isText),
  }),
  m: isText,
};
