/**
 * Goal: the whole app behind the contract, as a window uses it: labs, terminals, traces, experiments, lessons, tapes, refusals.
 * Method: the real app with the real simulated lab and content, a data folder of the test's own, and a client over the wire in one process.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection, WINDOW_BYTES, WireFailure, channelPair, type Channel, type Contract } from '../shared/ipc/index.ts';
import { parseTape, Timeline } from '../shared/recording/index.ts';
import type { App } from './app.ts';
import { openApp } from './open-app.ts';
import { findPlaces } from './places.ts';

const LAB = 'flannel-host-gw';
const LESSON = 'follow-a-packet';
const SIZE = { columns: 120, rows: 30 };

let home = '';
let app: App;
let client: Connection<Contract>;
const traffic = { sent: 0 };

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'podwalk-app-'));
  mkdirSync(join(home, 'labs'));
  writeFileSync(join(home, 'labs/mistaken.yaml'), 'lab: 1\ntitle: {en: A, zh: B}\nsummary: {en: A, zh: B}\nnodes: {}\n');
  app = await openApp('web', { ...findPlaces(), home });
  const [near, far] = channelPair();
  const counted: Channel = {
    send: (message) => {
      traffic.sent += message.length;
      far.send(message);
    },
    onMessage: (listener) => far.onMessage(listener),
    onClose: (listener) => far.onClose(listener),
    close: () => far.close(),
  };
  app.connect(counted);
  client = new Connection<Contract>(near);
});
afterAll(async () => {
  client.close();
  await app.close();
  rmSync(home, { recursive: true, force: true });
});

const refusalOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof WireFailure ? error.error : error),
  );
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Types a command line and reads until its marker comes back; what was printed in between. */
async function run(terminal: string, command: string, marker = 'd0ne'): Promise<string> {
  const reading = client.open('terminals.output', { terminal });
  let text = '';
  const first = reading.next();
  await client.call('terminals.input', { terminal, data: `${command}; echo ${marker.slice(0, 2)}''${marker.slice(2)}\r` });
  for (let next = await first; next.done !== true; next = await reading.next()) {
    if (next.value instanceof Uint8Array) text += Buffer.from(next.value).toString('utf8');
    if (text.includes(`\n${marker}`) || text.includes(`${marker}\r\n`)) break;
  }
  reading.cancel();
  return text;
}
const open = async (node = 'node-1'): Promise<string> => {
  await client.call('labs.start', { lab: LAB });
  return (await client.call('terminals.open', { lab: LAB, node, ...SIZE })).terminal;
};

describe('labs', () => {
  it('are listed, one with a mistake in its file too, in the language asked for', async () => {
    const list = await client.call('labs.list', { locale: 'zh' });
    expect(list.find((lab) => lab.id === LAB)).toMatchObject({ provider: 'simulated', nodes: ['controlplane', 'node-1', 'node-2'], isUp: false });
    expect(list.find((lab) => lab.id === 'mistaken')?.problem).toMatch(/mistaken\.yaml:4:\d+: .*at least one node/);
  });
  it('that cannot be are refused, saying why', async () => {
    expect(await refusalOf(client.call('labs.start', { lab: 'nothing' }))).toMatchObject({ code: 'not-found', details: { lab: 'nothing' } });
    expect(await refusalOf(client.call('labs.start', { lab: 'mistaken' }))).toMatchObject({ code: 'damaged', details: { lab: 'mistaken', line: 4 } });
    expect(await refusalOf(client.call('trace.run', { lab: LAB, from: 'a', to: 'b', protocol: { kind: 'icmp' } }))).toMatchObject({ code: 'not-running' });
    expect(await refusalOf(client.call('terminals.open', { lab: LAB, node: 'node-1', columns: 0, rows: 5 }))).toMatchObject({
      code: 'invalid-request',
      details: { field: 'columns' },
    });
  });
  it('start once, however often they are asked to', async () => {
    const [one, two] = await Promise.all([client.call('labs.start', { lab: LAB }), client.call('labs.start', { lab: LAB })]);
    expect(one.tape).toBe(two.tape);
    expect(one.topology.boxes.filter((box) => box.kind === 'node').map((box) => box.label)).toEqual(['controlplane', 'node-1', 'node-2']);
  });
  it('show a change while it is watched', async () => {
    const terminal = await open();
    const watching = client.open('labs.watch', { lab: LAB });
    await watching.next();
    void run(terminal, 'ip link add br-test type bridge');
    for await (const view of watching) if (view.topology.boxes.some((box) => box.id === 'node-1/br-test')) break;
    await run(terminal, 'ip link del br-test');
  });
  it('stand still while they are paused, and go on', async () => {
    await open();
    await client.call('labs.pause', { lab: LAB, isPaused: true });
    const before = (await client.call('labs.start', { lab: LAB })).nowUs;
    await wait(50);
    expect(await client.call('labs.start', { lab: LAB })).toMatchObject({ nowUs: before, isPaused: true });
    expect(await client.call('trace.run', { lab: LAB, from: 'node-1', to: 'node-2', protocol: { kind: 'icmp' } })).toHaveProperty('hops');
    await client.call('labs.pause', { lab: LAB, isPaused: false });
    await wait(50);
    expect((await client.call('labs.start', { lab: LAB })).nowUs).toBeGreaterThan(before);
  });
});

describe('terminals', () => {
  it('run what is typed, on their node', async () => {
    const terminal = await open('node-2');
    expect(await run(terminal, 'hostname')).toMatch(/node-2\r\nd0ne/);
  });
  it('can be attached to again, with what is on the screen', async () => {
    const terminal = await open();
    await run(terminal, 'echo remember me');
    const reading = client.open('terminals.output', { terminal });
    expect(Buffer.from((await reading.next()).value as Uint8Array).toString()).toContain('\nremember me');
    reading.cancel();
    expect((await client.call('terminals.list', { lab: LAB })).map((info) => info.terminal)).toContain(terminal);
  });
  it('in a pod are the pod’s', async () => {
    const view = await client.call('labs.start', { lab: LAB });
    const pod = view.endpoints.find((one) => one.kind === 'pod' && one.status === 'Running' && one.label.startsWith('hello'))!;
    const { terminal, title } = await client.call('terminals.open', { lab: LAB, node: pod.node, pod: pod.id.slice(pod.node.length + 1), ...SIZE });
    expect(title).toBe(pod.label);
    expect(await run(terminal, 'hostname')).toContain(pod.label);
  });
  it('say how they ended', async () => {
    const terminal = await open();
    const reading = client.open('terminals.output', { terminal });
    const first = reading.next();
    await client.call('terminals.input', { terminal, data: 'exit 7\r' });
    let last: unknown = (await first).value;
    for await (const chunk of reading) last = chunk;
    expect(last).toEqual({ exit: 7 });
    expect(await refusalOf(client.call('terminals.resize', { terminal, ...SIZE }))).toMatchObject({ code: 'not-found' });
  });
  it('that flood wait for a window that does not read, and Ctrl-C ends the flood', async () => {
    const terminal = await open();
    const reading = client.open('terminals.output', { terminal });
    await reading.next();
    traffic.sent = 0;
    await client.call('terminals.input', { terminal, data: 'yes\r' });
    await wait(1500);
    const stoodAt = traffic.sent;
    expect(stoodAt).toBeLessThan(2 * WINDOW_BYTES);
    await wait(200);
    expect(traffic.sent).toBe(stoodAt);

    const interrupted = Date.now();
    await client.call('terminals.input', { terminal, data: '\x03' });
    let text = '';
    for await (const chunk of reading) {
      if (!(chunk instanceof Uint8Array)) break;
      text = (text + Buffer.from(chunk).toString('latin1')).slice(-200);
      if (/\^C\r\n.*[#$] $/s.test(text)) break;
    }
    expect(Date.now() - interrupted).toBeLessThan(2000);
  });
});

describe('traces and experiments', () => {
  it('a trace tells each hop with its reasons', async () => {
    await open();
    const { endpoints } = await client.call('labs.start', { lab: LAB });
    const [from, to] = endpoints.filter((one) => one.label.startsWith('hello'));
    const trace = await client.call('trace.run', { lab: LAB, from: from!.id, to: to!.id, protocol: { kind: 'icmp' } });
    const kinds = new Set(trace.hops.flatMap((hop) => hop.steps.map(({ step }) => step.kind)));
    for (const kind of ['route', 'neighbour', 'forward', 'fdb', 'deliver']) expect(kinds, kind).toContain(kind);
  });
  it('an experiment shows its commands, breaks what it says and is undone', async () => {
    await open();
    const plans = await client.call('experiments.list', { lab: LAB, locale: 'en' });
    const plan = plans.find((one) => one.notNow === undefined)!;
    expect(plan.commands.length).toBeGreaterThan(0);
    const applied = await client.call('experiments.apply', { lab: LAB, experiment: plan.id, locale: 'en' });
    expect(applied).toMatchObject({ state: 'applied' });
    expect(applied.broke.length).toBeGreaterThan(0);
    const undone = await client.call('experiments.undo', { lab: LAB, run: applied.run, locale: 'en' });
    expect(undone).toMatchObject({ state: 'undone' });
  });
});

describe('lessons and tapes', () => {
  it('a lesson starts in a fresh lab, and its first steps tick by what is done', async () => {
    const lesson = (await client.call('lessons.list', { locale: 'en' })).find((one) => one.isFirst);
    expect(lesson?.id).toBe(LESSON);
    const { attempt, lab, current } = await client.call('lessons.start', { lesson: LESSON });
    const text = await client.call('lessons.text', { attempt, locale: 'zh' });
    expect(text.chapters[0]?.steps[0]?.id).toBe(current);
    const first = text.chapters.flatMap((chapter) => chapter.steps).find((step) => step.hasSolution)!;
    const watching = client.open('lessons.watch', { attempt, locale: 'en' });
    for await (const progress of watching) {
      const state = progress.steps[first.id];
      if (state?.kind === 'done') break;
      if (progress.current === undefined) break;
      if (progress.current === first.id) await client.call('lessons.showMe', { attempt, step: first.id });
      else await client.call('lessons.confirm', { attempt, step: progress.current, locale: 'en' });
    }
    await client.call('labs.stop', { lab });
    expect(await refusalOf(client.call('lessons.text', { attempt, locale: 'en' }))).toMatchObject({ code: 'not-found' });
  }, 20_000);
  it('all of it is on a tape that can be played', async () => {
    const tapes = await client.call('tapes.list', {});
    expect(tapes.length).toBe(readdirSync(join(home, 'tapes')).length);
    const tape = tapes.findLast((one) => one.events > 10)!;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of client.open('tapes.read', { tape: tape.tape })) text += decoder.decode(chunk, { stream: true });
    const { value, problems } = parseTape(text);
    expect(problems).toEqual([]);
    const timeline = new Timeline(value!);
    expect(timeline.durationSeconds).toBeCloseTo(tape.durationSeconds, 3);
    expect(timeline.frameAt(tape.durationSeconds).topology.boxes.length).toBeGreaterThan(10);
    expect(new Set(timeline.marks.map((mark) => mark.kind))).toContain('experiment');
    const renamed = await client.call('tapes.rename', { tape: tape.tape, title: '我的录像' });
    expect(renamed).toMatchObject({ title: '我的录像', durationSeconds: tape.durationSeconds });
  });
  it('a damaged file is refused with its line', async () => {
    expect(await refusalOf(client.call('tapes.import', { name: 'x.tape', base64: Buffer.from('hello').toString('base64') }))).toMatchObject({
      code: 'damaged',
      details: { line: 1 },
    });
  });
});

describe('labs that are saved and forked', () => {
  it('come up as they stood, with their terminals, and go their own ways', async () => {
    const terminal = await open('node-2');
    await run(terminal, 'cd /tmp; mine=$RANDOM; echo $mine > mine; ip link add x0 type dummy');
    const saved = await client.call('labs.save', { lab: LAB, title: 'Mine' });
    const fork = await client.call('labs.fork', { lab: LAB, title: 'Other' });
    expect([saved, fork]).toEqual([
      { lab: `${LAB}.saved-1`, title: 'Mine', path: join(home, 'saved', `${LAB}.saved-1.podwalk-lab`) },
      { lab: `${LAB}.fork-1`, title: 'Other' },
    ]);
    const list = (await client.call('labs.list', { locale: 'en' })).filter((lab) => lab.saved);
    expect(list.map(({ id, title, isUp, saved }) => [id, title, isUp, saved?.kind])).toEqual([
      [saved.lab, 'Mine', false, 'file'],
      [fork.lab, 'Other', false, 'fork'],
    ]);
    await run(terminal, 'ip link del x0; mine=gone');
    for (const { lab } of [saved, fork]) {
      const view = await client.call('labs.start', { lab });
      expect(view).toMatchObject({ lab, canSave: true, opened: { ended: [], attempt: null } });
      expect(view.topology.boxes.some((box) => box.id === 'node-2/x0')).toBe(true);
      const terminals = (await client.call('terminals.list', { lab })).filter((one) => one.lab === lab && one.node === 'node-2');
      const again = terminals.at(-1)!.terminal;
      const text = await run(again, '[ "$mine" = "$(cat mine)" ] && echo same in $PWD; ip -br link show x0', 'ag4in');
      expect(text).toContain('ip link add x0 type dummy'); // what was on the screen
      expect(text).toMatch(/same in \/tmp\r\nx0 .*DOWN/);
    }
    for (const { lab } of [saved, fork]) {
      await client.call('labs.remove', { lab });
      expect(await refusalOf(client.call('labs.start', { lab }))).toMatchObject({ code: 'not-found' });
    }
    expect(readdirSync(join(home, 'saved'))).toEqual([]);
    expect(await refusalOf(client.call('labs.remove', { lab: LAB }))).toMatchObject({ code: 'not-possible' });
  });
  it('go on with the lesson that was under way, once for each', async () => {
    const progress = await client.call('lessons.start', { lesson: LESSON });
    const fork = await client.call('labs.fork', { lab: LAB, title: 'Other' });
    const view = await client.call('labs.start', { lab: fork.lab });
    const attempt = view.opened!.attempt!;
    expect(attempt).not.toBe(progress.attempt);
    const watching = client.open('lessons.watch', { attempt, locale: 'en' });
    expect((await watching.next()).value).toMatchObject({ attempt, lab: fork.lab, lesson: LESSON, current: progress.current });
    watching.cancel();
    await client.call('labs.remove', { lab: fork.lab });
    expect((await client.call('lessons.text', { attempt: progress.attempt, locale: 'en' })).id).toBe(LESSON);
  });
});

describe('a diagnosis', () => {
  const LAB = 'bash-cni';
  const asked = { lab: LAB, locale: 'en' } as const;
  it('finds nothing wrong in a lab that is well, and keeps what it found', async () => {
    await client.call('labs.start', { lab: LAB });
    expect(await client.call('diagnose.latest', asked)).toBe(null);
    const { findings, unexplained, summary, cells } = await client.call('diagnose.run', asked);
    expect({ findings, unexplained }).toEqual({ findings: [], unexplained: [] });
    expect(summary).toBe(`${cells.length} of ${cells.length} pairs reach each other`);
    expect(await client.call('diagnose.latest', { lab: LAB, locale: 'zh' })).toMatchObject({
      findings: [],
      summary: expect.stringContaining('可达') as string,
    });
  });
  it('finds the cause, mends it when told to, and proves it with real packets', async () => {
    const { terminal } = await client.call('terminals.open', { lab: LAB, node: 'debian-wmctmfwjmq', ...SIZE });
    await run(terminal, 'iptables -I FORWARD -s 10.244.0.0/24 -j DROP');
    const { findings } = await client.call('diagnose.run', asked);
    expect(findings.map(({ code, fix }) => [code, fix?.commands])).toEqual([
      ['forward-drop', [{ node: 'debian-wmctmfwjmq', command: 'iptables -D FORWARD -s 10.244.0.0/24 -j DROP' }]],
    ]);
    const { outcomes, proof, diagnosis } = await client.call('diagnose.fix', { ...asked, finding: findings[0]!.id });
    expect(outcomes.map(({ status }) => status)).toEqual([0]);
    expect(proof?.asked).toBeGreaterThan(0);
    expect(proof?.answered).toBe(proof?.asked);
    expect(diagnosis.findings).toEqual([]);
    expect(await run(terminal, 'iptables -S FORWARD')).not.toContain('\n-A FORWARD -s 10.244.0.0/24 -j DROP');
  });
  it('tells what a fix said that failed, and refuses one that is not of the latest', async () => {
    const { terminal } = await client.call('terminals.open', { lab: LAB, node: 'debian-wmctmfwjmq', ...SIZE });
    await run(terminal, 'iptables -I FORWARD -s 10.244.0.0/24 -j DROP');
    const { findings } = await client.call('diagnose.run', asked);
    await run(terminal, 'iptables -D FORWARD -s 10.244.0.0/24 -j DROP');
    const { outcomes, proof, diagnosis } = await client.call('diagnose.fix', { ...asked, finding: findings[0]!.id });
    expect(outcomes).toMatchObject([{ status: 1, output: expect.stringContaining('does a matching rule exist') as string }]);
    expect([proof, diagnosis.findings]).toEqual([undefined, []]);
    expect(await refusalOf(client.call('diagnose.fix', { ...asked, finding: findings[0]!.id }))).toMatchObject({ code: 'not-found' });
    await client.call('labs.stop', { lab: LAB });
    expect(await client.call('diagnose.latest', asked)).toBe(null);
  });
});
