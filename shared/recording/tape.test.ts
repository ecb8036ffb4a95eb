/**
 * Goal: whatever was written can be read, asked at any moment and played; whatever is damaged is named and the rest kept.
 * Method: tapes of random events; what a moment shows is compared with replaying everything from the beginning.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Topology } from '../topology/index.ts';
import {
  Timeline,
  TapeWriter,
  formatAsciicast,
  formatEvent,
  formatHeader,
  parseAsciicast,
  parseTape,
  type Tape,
  type TapeEvent,
  type TapeHeader,
} from './index.ts';

const header: TapeHeader = { podwalk: 1, title: 'Follow a packet', lab: 'flannel', startedMs: 1_700_000_000_000 };
const formatTape = ({ header, events }: Tape): string => formatHeader(header) + events.map(formatEvent).join('');

const open = (terminal: string, title = terminal): TapeEvent[2] => ({ terminal, title, node: 'node-1', columns: 80, rows: 24 });
const terminal = fc.constantFrom('t1', 't2');
const step = fc.oneof(
  terminal.map((id) => ['open', open(id)]),
  fc.tuple(terminal, fc.string()).map((data) => ['o', data]),
  fc.tuple(terminal, fc.string()).map((data) => ['i', data]),
  fc.tuple(terminal, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 })).map((data) => ['r', data]),
  fc.tuple(terminal, fc.string()).map(([id, content]) => ['k', { terminal: id, columns: 80, rows: 24, content }]),
  terminal.map((id) => ['close', id]),
  fc.string().map((label) => ['m', label]),
);
const tape: fc.Arbitrary<Tape> = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), step), { maxLength: 40 }).map((steps) => {
  let ms = 0;
  return { header, events: steps.map(([wait, [code, data]]) => [(ms += wait) / 1000, code, data] as unknown as TapeEvent) };
});

const box = (id: string, x: number): Topology['boxes'][number] => ({
  id,
  kind: 'interface',
  label: id,
  state: 'up',
  labelAt: 'middle',
  x,
  y: 0,
  width: 9,
  height: 3,
  facts: [],
});
const topologyArbitrary: fc.Arbitrary<Topology> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(2)), { selector: ([id]) => id })
  .map((boxes) => ({ boxes: boxes.map(([id, x]) => box(id, x)), lines: [] }));

/** What a terminal shows, by replaying everything; a keyframe clears. */
function replay({ events }: Tape, seconds: number): Map<string, string> {
  const screens = new Map<string, string>();
  for (const [at, code, data] of events) {
    if (at > seconds) break;
    if (code === 'open') screens.set(data.terminal, '');
    if (code === 'close') screens.delete(data);
    if (code === 'o' && screens.has(data[0])) screens.set(data[0], screens.get(data[0])! + data[1]);
    if (code === 'k' && screens.has(data.terminal)) screens.set(data.terminal, data.content);
  }
  return screens;
}

describe('a tape', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(tape, (value) => void expect(parseTape(formatTape(value))).toEqual({ value, problems: [] })));
  });
  it('shows at each moment what a replay from the beginning shows', () => {
    fc.assert(
      fc.property(tape, fc.double({ min: 0, max: 60, noNaN: true }), (value, seconds) => {
        const { terminals } = new Timeline(value).frameAt(seconds);
        const shown = new Map(terminals.map((frame) => [frame.terminal, frame.content.filter((piece) => typeof piece === 'string').join('')]));
        expect(shown).toEqual(replay(value, seconds));
      }),
      { numRuns: 300 },
    );
  });
  it('keeps the topology in deltas, whole again before they outgrow it', () => {
    fc.assert(
      fc.property(fc.array(topologyArbitrary, { minLength: 1, maxLength: 12 }), (topologies) => {
        const writer = new TapeWriter(header);
        const text =
          writer.begin() + topologies.map((topology, second) => writer.topologyLine(second, topology)).join('') + writer.line(topologies.length, 'm', 'end');
        const { value, problems } = parseTape(text);
        expect(problems).toEqual([]);
        const timeline = new Timeline(value!);
        topologies.forEach((topology, second) => expect(timeline.frameAt(second).topology).toEqual(topology));
      }),
    );
  });
  it('of an hour with a change every second stays small', () => {
    const box = (i: number): Topology['boxes'][number] => ({
      id: `b${i}`,
      kind: 'interface',
      label: 'veth',
      state: 'up',
      labelAt: 'middle',
      x: i,
      y: i,
      width: 90,
      height: 30,
      facts: [{ key: 'mtu', value: '1500' }],
    });
    const boxes = Array.from({ length: 60 }, (_, i) => box(i));
    const writer = new TapeWriter(header);
    let size = 0;
    for (let second = 0; second < 3600; second++) {
      const changed = boxes.map((one, i) => (i === second % 60 ? { ...one, state: second % 2 ? ('up' as const) : ('down' as const) } : one));
      size += writer.topologyLine(second, { boxes: changed, lines: [] }).length;
    }
    expect(size).toBeLessThan(3600 * 160); // whole each time it would be 30 MB
  });
  it('never goes back in time', () => {
    const writer = new TapeWriter(header);
    expect([writer.line(2.0004, 'm', 'a'), writer.line(1, 'm', 'b'), writer.line(2.5006, 'm', 'c')]).toEqual([
      '[2,"m","a"]\n',
      '[2,"m","b"]\n',
      '[2.501,"m","c"]\n',
    ]);
  });
});

describe('a damaged tape', () => {
  const lines = [
    formatHeader(header),
    formatEvent([0, 'g', { boxes: [], lines: [] }]),
    formatEvent([1, 'open', { terminal: 't1', title: 'node-1', node: 'node-1', columns: 80, rows: 24 }]),
    formatEvent([2, 'o', ['t1', 'hello']]),
    formatEvent([3, 'd', { boxes: { add: [] } }]),
    formatEvent([4, 'm', 'end']),
  ];
  const codes = (text: string): string =>
    parseTape(text)
      .value?.events.map(([, code]) => code)
      .join(' ') ?? 'none';
  const cases: [what: string, text: string, kept: string, problems: { line: number; message: string }[]][] = [
    [
      'cut off',
      lines.join('').slice(0, -4),
      'g open o d',
      [
        { line: 6, message: 'the tape was cut off in this line' },
        { line: 6, message: '1 damaged line was left out; 4 events up to 3.0 s were kept' },
      ],
    ],
    [
      'a line of garbage',
      [...lines.slice(0, 3), '\u0000\u0001garbage\n', ...lines.slice(3)].join(''),
      'g open o m',
      [
        { line: 4, message: 'not JSON' },
        { line: 4, message: '1 damaged line was left out; 4 events up to 4.0 s were kept' },
      ],
    ],
    [
      'time that goes back',
      [...lines.slice(0, 4), '[1.5,"o",["t1","x"]]\n', ...lines.slice(5)].join(''),
      'g open o m',
      [
        { line: 5, message: 'its time, 1.5, is before the line above' },
        { line: 5, message: '1 damaged line was left out; 4 events up to 4.0 s were kept' },
      ],
    ],
    [
      'data of another form',
      [...lines.slice(0, 3), '[2,"o",["t1",5]]\n[2,"zz",1]\n[2,"g"]\n'].join(''),
      'g open',
      [
        { line: 4, message: 'the data of "o" has another form' },
        { line: 5, message: 'unknown code "zz"' },
        { line: 6, message: 'not of the form [time, code, data]' },
        { line: 4, message: '3 damaged lines were left out; 2 events up to 1.0 s were kept' },
      ],
    ],
    ['no tape', 'hello\n', 'none', [{ line: 1, message: 'this is not a tape: its first line is no JSON object' }]],
    ['nothing', '', 'none', [{ line: 1, message: 'this is not a tape: its first line is no JSON object' }]],
    [
      'a later version',
      lines.join('').replace('"podwalk":1', '"podwalk":2').replace('[4,"m","end"]', '[3.5,"zz",{}]\n[4,"m","end"]'),
      'g open o d m',
      [
        {
          line: 1,
          message: 'this tape has version 2 of the format, and this Podwalk reads version 1: what it does not know is left out; a newer Podwalk reads it whole',
        },
        { line: 6, message: 'unknown code "zz"' },
        { line: 6, message: '1 damaged line was left out; 5 events up to 4.0 s were kept' },
      ],
    ],
    ['an asciicast', '{"version":2,"width":80,"height":24}\n', 'none', [{ line: 1, message: 'this is an asciicast, not a tape: import it instead' }]],
    ['a header without its fields', '{"podwalk":1}\n', 'none', [{ line: 1, message: 'the first line must say "title", "lab" and "startedMs"' }]],
  ];
  it.each(cases)('%s', (_, text, kept, problems) => {
    expect(codes(text)).toBe(kept);
    expect(parseTape(text).problems).toEqual(problems);
  });
  it('cut anywhere keeps every whole line before the cut', () => {
    fc.assert(
      fc.property(tape, fc.double({ min: 0, max: 1, noNaN: true }), (value, where) => {
        const text = formatTape(value);
        const cut = text.slice(0, Math.floor(text.length * where));
        const whole = cut.split('\n').length - 2;
        if (whole < 0) return;
        expect(parseTape(cut).value?.events.slice(0, whole)).toEqual(value.events.slice(0, whole));
      }),
    );
  });
  it('with anything in it is read without a throw, and can be asked', () => {
    const line = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .tuple(
          fc.oneof(fc.nat(9), fc.anything()),
          fc.constantFrom('open', 'o', 'r', 'k', 'x', 'close', 'g', 'd', 't', 'e', 'p', 'm', '__proto__'),
          fc.anything(),
        )
        .map((parts) => JSON.stringify(parts)),
    );
    fc.assert(
      fc.property(fc.array(line), (body) => {
        const { value } = parseTape(formatHeader(header) + body.join('\n'));
        const timeline = new Timeline(value!);
        timeline.frameAt(5);
      }),
      { numRuns: 500 },
    );
  });
});

describe('asciicast', () => {
  const events: TapeEvent[] = [
    [1, 'open', { terminal: 't1', title: 'node-1', node: 'node-1', columns: 80, rows: 24 }],
    [1.5, 'o', ['t1', '$ ']],
    [2, 'o', ['t2', 'another']],
    [2.25, 'i', ['t1', 'ls\r']],
    [3, 'r', ['t1', 100, 30]],
    [4, 'k', { terminal: 't1', columns: 100, rows: 30, content: 'seen before' }],
    [5, 'k', { terminal: 't1', columns: 100, rows: 30, content: 'flood', skipped: 9 }],
    [6, 'm', 'here'],
    [7, 'x', ['t1', 3]],
  ];
  const v2 = `{"version":2,"width":80,"height":24,"timestamp":1700000001,"title":"Follow a packet: node-1","env":{"TERM":"xterm-256color"}}
[0.5,"o","$ "]
[1.25,"i","ls\\r"]
[2,"r","100x30"]
[4,"o","\\u001bcflood"]
[5,"m","here"]
`;
  const v3 = `{"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"timestamp":1700000001,"title":"Follow a packet: node-1"}
[0.5,"o","$ "]
[0.75,"i","ls\\r"]
[0.75,"r","100x30"]
[2,"o","\\u001bcflood"]
[1,"m","here"]
[1,"x","3"]
`;
  it('version 2 is written', () => expect(formatAsciicast({ header, events }, 't1', 2)).toBe(v2));
  it('version 3 is written', () => expect(formatAsciicast({ header, events }, 't1', 3)).toBe(v3));
  it('of a terminal that is not there is not written', () => expect(formatAsciicast({ header, events }, 't9', 3)).toBeUndefined());
  const back: TapeEvent[] = [
    [0, 'open', { terminal: 'cast', title: 'Follow a packet: node-1', node: 'cast', columns: 80, rows: 24 }],
    [0.5, 'o', ['cast', '$ ']],
    [1.25, 'i', ['cast', 'ls\r']],
    [2, 'r', ['cast', 100, 30]],
    [4, 'o', ['cast', '\x1bcflood']],
    [5, 'm', 'here'],
  ];
  it('version 2 is read', () => expect(parseAsciicast(v2, 'x').value?.events).toEqual(back));
  it('version 3 is read, with comments', () => expect(parseAsciicast(`${v3}# a comment\n`, 'x').value?.events).toEqual([...back, [6, 'x', ['cast', 3]]]));
  it('is a tape that can be written and read', () => {
    const { value } = parseAsciicast(v3, 'x');
    expect(parseTape(formatTape(value!))).toEqual({ value, problems: [] });
  });
  const refused: [string, string, { line: number; message: string }[]][] = [
    ['of version 1', '{"version":1,"stdout":[]}', [{ line: 1, message: 'asciicast version 1 is not read; versions 2 and 3 are' }]],
    ['without a size', '{"version":3,"term":{}}', [{ line: 1, message: 'the first line says no size of the terminal ("term": "cols" and "rows")' }]],
    [
      'with damaged lines',
      `${v2}[1,"o","back"]\n[9,"r","big"]\n[9,"o`,
      [
        { line: 7, message: 'its time, 1, is before the line above' },
        { line: 8, message: 'its size, "big", is not like "80x24"' },
        { line: 9, message: 'the cast was cut off in this line' },
      ],
    ],
  ];
  it.each(refused)('%s says what is wrong', (_, text, problems) => expect(parseAsciicast(text, 'x').problems).toEqual(problems));
});
