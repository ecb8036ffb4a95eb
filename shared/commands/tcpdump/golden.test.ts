/**
 * Goal: packets are worded, filtered and dumped as the real tcpdump does. Method: golden/answers.json holds what tcpdump 4.99.3 printed of a file with
 * all frames of golden/frames.txt, a second apart, for each command line of golden/cases.txt; the same lines run here in a shell of a machine.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeWorld } from '../../kernel/index.ts';
import { Machine } from '../../machine/index.ts';
import { LinkType, pcapHeader, pcapRecord } from '../../wire/index.ts';
import { PROGRAMS } from '../index.ts';

interface Answer {
  readonly case: string;
  /** Its lines. */
  readonly out: readonly string[];
  readonly err: string;
  readonly status: number;
}
const golden = (name: string): string => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8');
const answers = JSON.parse(golden('answers.json')) as Answer[];
const frames = golden('frames.txt')
  .trim()
  .split('\n')
  .map((line) => Buffer.from(line.split(' ')[1] ?? '', 'hex').toString('latin1'));

const world = makeWorld(7, 1_700_000_000_000);
const machine = new Machine(world, { hostname: 'node-1', users: [], hosts: [], nameservers: [], seed: 1, programs: PROGRAMS });
const records = frames.map((bytes, i) => pcapRecord({ unixUs: (1_700_000_000 + i) * 1e6 + 1000 + i, bytes }));
machine.init.fs.writeFile('/root/frames.pcap', pcapHeader(LinkType.ETHERNET) + records.join(''));

function run(line: string): Answer {
  const [out, err] = ['/tmp/out', '/tmp/err'].map((path) => {
    const opened = machine.init.fs.open(path, { write: true, create: true, truncate: true });
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  });
  const child = machine.spawn(['bash', '-c', `cd /root; tcpdump -r frames.pcap ${line}`], {
    prepare(p) {
      p.fds.put(1, out!);
      p.fds.put(2, err!);
    },
  });
  if (!child.ok) throw new Error(child.error);
  world.simulation.runFree(() => child.value.ending === undefined);
  const text = (path: string): string => {
    const read = machine.init.fs.readFile(path);
    return read.ok ? read.value : '';
  };
  const { ending } = child.value;
  return { case: line, out: text('/tmp/out').split('\n'), err: text('/tmp/err'), status: ending?.kind === 'exited' ? ending.code : -1 };
}

describe('tcpdump -r prints as recorded', () => {
  it.each(answers)('$case', (answer) => {
    expect(run(answer.case)).toEqual(answer);
  });
});
