/**
 * Goal: a lab that was saved or forked stands exactly where it stood, and what is done to both afterwards gives the same bytes in both.
 * Method: labs with terminals, programs in pipes, packets in flight, experiments, a lesson and clients of the API; they are saved in the middle of
 * that, opened from the text of the file, and compared: snapshots, processes, files, screens, what comes next.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLesson } from '../lesson/index.ts';
import type { Definitions } from '../cluster/index.ts';
import { JournaledLab, type LabOrigin } from './journaled-lab.ts';
import { parseLabFile } from './lab-file.ts';
import type { LabResult, Session } from './lab.ts';
import { formatSavedLab, Opening, parseSavedLab, saveLab, type OpenedLab, type SavedLab } from './saved-lab.ts';

const BLANK: LabOrigin = { kind: 'blank', hostname: 'node-1', hasPlugins: false };
const CLUSTER: LabOrigin = {
  kind: 'file',
  file: valueOf(parseLabFile('flannel-host-gw', readFileSync(new URL('../../resources/labs/flannel-host-gw.yaml', import.meta.url), 'utf8')).value),
};
const OPTIONS = { seed: 7, epochMs: Date.UTC(2026, 0, 1) };
const LABEL = { title: 'A', version: '0.0.0', savedMs: 0 };
const SIZE = { columns: 80, rows: 24 };
const NO_TYPES = (): Definitions => expect.fail('no request was made');

function valueOf<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}
function given<T>(result: LabResult<T>): T {
  return result.ok ? result.value : expect.fail(result.error.message);
}
const save = (lab: JournaledLab): SavedLab => given(parseSavedLab(formatSavedLab(given(saveLab(lab, LABEL)))));
/** In slices as short as they can be. */
function open(saved: SavedLab, definitions = NO_TYPES): OpenedLab {
  const opening = new Opening(saved, definitions);
  for (let slices = 0; slices < 10_000_000; slices++) {
    let isFresh = true;
    const opened = opening.run(() => isFresh && !(isFresh = false));
    if (opened) return given(opened);
  }
  return expect.fail('it does not come to an end');
}
const run = (lab: JournaledLab, us: number): void => void lab.simulation.runUntil(lab.simulation.nowUs + us);
function drain(session: Session): string {
  let text = '';
  for (let next = session.read(4096); next !== ''; next = session.read(4096)) text += next;
  return text;
}
/** A command line, to its end. */
function sh(lab: JournaledLab, command: string, target = valueOf(lab.nodes[0])): string {
  const session = given(lab.exec({ target, argv: ['bash', '-c', `exec 2>&1; ${command}`] }));
  session.closeInput();
  let text = '';
  while (session.exitStatus === undefined) {
    run(lab, 10_000);
    text += drain(session);
  }
  return text + drain(session);
}
const FILES = 'find / -xdev -type f | sort | xargs md5sum; ls -lR /etc /root /tmp /var/log; cat /proc/uptime; ps -ef';
const state = (lab: JournaledLab) => ({
  nowUs: lab.simulation.nowUs,
  steps: lab.simulation.steps,
  snapshot: lab.snapshot(),
  processes: lab.processes(),
  journal: lab.journal.entries,
});

const NETWORK = `ip link set lo up; ip netns add red; ip link add v0 type veth peer v1 netns red; ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n red addr add 10.0.0.2/24 dev v1; ip -n red link set v1 up; ip -n red link set lo up; tc qdisc add dev v0 root netem delay 40ms 10ms
iptables -A INPUT -m statistic --mode random --probability 0.3 -p icmp -j DROP`;

describe('a blank host, saved in the middle of things', () => {
  const lab = new JournaledLab(BLANK, OPTIONS);
  given(lab.writeFile('node-1', '/root/script', 'echo $RANDOM > /tmp/random\n', 0o755));
  sh(lab, NETWORK);
  const shell = given(lab.openShell('node-1', SIZE));
  // what a window does: it reads from within the callback
  let screen = '';
  shell.onReadable(() => (screen += drain(shell)));
  run(lab, 300_000);
  shell.write('ping -i 0.1 10.0.0.2\r');
  run(lab, 1_234_567);
  shell.resize({ columns: 100, rows: 30 });
  // a flood that nobody reads, and one that is read slowly
  const flood = given(lab.exec({ target: 'node-1', argv: ['sh', '-c', 'while :; do echo y; done'] }));
  run(lab, 50_000);
  for (let i = 0; i < 20; i++) {
    flood.read(5000);
    run(lab, 777);
  }
  given(lab.exec({ target: 'node-1', argv: ['cat'] })).write('half a li');
  run(lab, 25_001); // an echo request is on its way
  const saved = save(lab);
  const opened = open(saved);

  it('stands where it stood, with its journal', () => {
    expect(opened.ended).toEqual(['a program on node-1 that somebody outside had started', 'a program on node-1 that somebody outside had started']);
    const again = open(saved);
    expect(state(again.lab)).toEqual(state(opened.lab));
    expect(opened.lab.journal.entries.slice(0, saved.entries.length)).toEqual(saved.entries);
    expect(saved.entries.length).toBeGreaterThan(40);
  });
  it('has its terminals, with their screens, and their programs go on', () => {
    expect(opened.terminals.map((one) => [one.what?.target, one.size, one.shown === screen])).toEqual([['node-1', { columns: 100, rows: 30 }, true]]);
    expect(screen).toContain('PING 10.0.0.2');
  });
  it('goes on in the same way as the one that went on, and each by itself', () => {
    const [first, second] = [open(saved), open(saved)];
    const after = (one: OpenedLab): unknown => {
      const [terminal] = one.terminals;
      let text = '';
      valueOf(terminal).onReadable(() => (text += drain(valueOf(terminal))));
      run(one.lab, 2_000_000);
      valueOf(terminal).write('\x03');
      run(one.lab, 100_000);
      return [text, sh(one.lab, `bash /root/script; cat /tmp/random; ${FILES}; ip neigh; iptables-save -c`), state(one.lab)];
    };
    const [a, b] = [after(first), after(second)];
    expect(a).toEqual(b);
    expect(String((a as string[])[0])).toContain('packets transmitted');
    sh(first.lab, 'ip link del v0; echo gone > /tmp/gone');
    expect(sh(second.lab, 'ls /tmp; ip -br link show v0')).toMatch(/^random\nv0@/);
  });
  it('gives the original the same future, but for what was ended', () => {
    const again = open(saved);
    for (const session of lab.sessions) {
      if (session.exitStatus !== undefined || session.what?.terminal) continue;
      session.closeInput();
      session.signal('HUP');
    }
    expect(state(again.lab)).toEqual(state(lab));
    expect(sh(again.lab, FILES)).toBe(sh(lab, FILES));
    expect(state(again.lab)).toEqual(state(lab));
  });
});

describe('what cannot be saved or opened is said', () => {
  const lab = new JournaledLab(BLANK, OPTIONS);
  sh(lab, 'ip link set lo up; echo $RANDOM > /tmp/x');
  const saved = save(lab);
  const text = formatSavedLab(saved);
  it.each([
    [
      'another state',
      text.replace(/"digest":"../, '"digest":"zz'),
      '“A” was saved by Podwalk 0.0.0. In this version the same steps end elsewhere, so it is not opened.',
    ],
    [
      'another command',
      text.replace('set lo up', 'set lo xx'),
      '“A” was saved by Podwalk 0.0.0. In this version the same steps end elsewhere, so it is not opened.',
    ],
    ['cut short', text.slice(0, -20).replace(/[^\n]*$/, ''), /line \d+: it ends here, after \d+ of \d+ entries\.$/],
    ['not one', 'lab: 1\n', 'This saved lab cannot be read in line 1: it is not the head of a saved lab of a version that this program knows.'],
    ['nonsense', text.replace(/\n\[.*\n/, '\n{}\n'), 'This saved lab cannot be read in line 2: it is not an entry.'],
  ] as const)('%s', (_, damaged, message) => {
    const parsed = parseSavedLab(damaged);
    const result = parsed.ok ? valueOf(new Opening(parsed.value, NO_TYPES).run(() => true)) : parsed;
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'damaged', message: typeof message === 'string' ? message : (expect.stringMatching(message) as string) },
    });
  });
  it('something done from a callback whose moment is not the same again', () => {
    const lab = new JournaledLab(BLANK, OPTIONS);
    lab.topology();
    lab.onChange(() => void lab.writeFile('node-1', '/tmp/x', 'x', 0o644));
    sh(lab, 'ip link add x0 type veth');
    expect(saveLab(lab, LABEL)).toMatchObject({ ok: false, error: { code: 'not-possible' } });
  });
});

describe('a cluster with everything going on', () => {
  const LESSON = new URL('../../resources/lessons/follow-a-packet/', import.meta.url);
  const [definition, en, zh] = ['lesson.yaml', 'en.md', 'zh.md'].map((file) => readFileSync(new URL(file, LESSON), 'utf8'));
  const lesson = valueOf(
    parseLesson(
      'follow-a-packet',
      { definition: definition!, en, zh },
      new Map([['flannel-host-gw', Object.keys((CLUSTER as { file: { nodes: object } }).file.nodes)]]),
    ).value,
  );
  const types = JSON.parse(readFileSync(new URL('../../resources/kubernetes/openapi.json', import.meta.url), 'utf8')) as Definitions;
  const lab = new JournaledLab(CLUSTER, OPTIONS);
  const attempt = given(lab.startAttempt(lesson, 11));
  const rest = valueOf(lab.kubernetes).rest(types);
  const request = (method: string, path: string, body: unknown, contentType = 'application/json') =>
    rest.answer({ method, path, query: new Map(), accept: 'application/json', contentType, userAgent: 'test', body: JSON.stringify(body) });
  request('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'more' },
    spec: { containers: [{ name: 'more', image: 'nginx' }] },
  });
  request('GET', '/api/v1/namespaces/default/pods', '');
  run(lab, 3_000_000);
  const pods = lab.endpoints().filter((one) => one.kind === 'pod');
  const [from, to] = [valueOf(pods[0]).id, valueOf(pods.at(-1)).id];
  given(lab.trace(from, to, { kind: 'icmp' }));
  given(lab.probe());
  const plan = valueOf(lab.experiments('en')[0]);
  const applied = given(lab.applyExperiment(plan.id, 'en'));
  lab.runPending(applied);
  const shell = given(lab.openShell(from, SIZE));
  shell.onReadable(() => void drain(shell));
  shell.write('ip route\r');
  run(lab, 500_000);
  attempt.note({ kind: 'tape-opened' });
  given(lab.trace(to, from, { kind: 'tcp', port: 80 })); // under way
  const saved = save(lab);
  const opened = open(saved, () => types);

  it('stands where it stood', () => {
    expect(opened.ended).toEqual([]);
    expect(state(opened.lab)).toEqual(state(lab));
    expect(opened.lab.endpoints()).toEqual(lab.endpoints());
    expect(opened.lab.experimentRuns('en')).toEqual(lab.experimentRuns('en'));
    expect(opened.attempts.map((one) => [one.lesson, one.progress('en')])).toEqual([['follow-a-packet', attempt.progress('en')]]);
    expect(pods.some((one) => one.label === 'more')).toBe(true);
  });
  it('goes on in the same way', () => {
    const after = (one: JournaledLab): unknown => [
      one.runPending(given(one.probe())),
      one.runPending(given(one.undoExperiment(valueOf(one.experimentRuns('en')[0]).run, 'en'))),
      sh(one, `kubectl delete pod more; kubectl get pods -A -o wide; ${FILES}`),
      state(one),
    ];
    expect(after(opened.lab)).toEqual(after(lab));
  });
});
