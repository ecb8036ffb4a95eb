/**
 * Goal: the first lesson's five minutes behave as they should without a window. Method: the façade as the window uses it: a terminal that is typed
 * into, traces, an experiment, and a tape written from what the lab tells; every claim is compared with what was there at that moment.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../base/index.ts';
import { parseTape, TapeWriter, Timeline } from '../recording/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Topology } from '../topology/index.ts';
import { createLab, parseLabFile, type Lab, type Session } from './index.ts';

const FILE = parseLabFile('flannel-host-gw', readFileSync(new URL('../../resources/labs/flannel-host-gw.yaml', import.meta.url), 'utf8')).value!;
const SIZE = { columns: 150, rows: 40 };
const PROMPT = /root@[\w-]+:~# $/;

/** What was there at a moment of the recording. */
interface Moment {
  readonly seconds: number;
  readonly topology: Topology;
  readonly screens: Readonly<Record<string, string>>;
}

/** A lab that is used and recorded, as the core does it, in virtual time. */
class Recorded {
  readonly lab: Lab;
  readonly moments: Moment[] = [];
  tape: string;
  private readonly writer: TapeWriter;
  private readonly terminals = new Map<string, { readonly session: Session; text: string }>();

  constructor(seed: number) {
    this.lab = createLab(FILE, { seed, epochMs: 1_700_000_000_000 });
    this.writer = new TapeWriter({ podwalk: 1, title: FILE.title.en, lab: FILE.id, startedMs: 1_700_000_000_000 });
    this.tape = this.writer.begin();
    const topology = (): void => void (this.tape += this.writer.topologyLine(this.seconds, this.lab.topology()));
    topology();
    this.lab.onChange(() => this.lab.simulation.after(0, topology));
    this.lab.onEvent((event) => {
      if (event.kind === 'trace') this.tape += this.writer.line(event.atUs / 1e6, 't', event.trace);
      if (event.kind === 'experiment') this.tape += this.writer.line(event.atUs / 1e6, 'e', event.run);
    });
  }
  get seconds(): number {
    return this.lab.simulation.nowUs / 1e6;
  }
  for(us: number): void {
    this.lab.simulation.runUntil(this.lab.simulation.nowUs + us);
  }
  private until(isThere: () => boolean): void {
    for (let i = 0; i < 3000 && !isThere(); i++) this.for(20_000);
  }
  /** Types a line into a node's terminal; what was printed between it and the next prompt. */
  type(node: string, line: string): string {
    const terminal = this.terminal(node);
    this.until(() => PROMPT.test(terminal.text));
    const before = terminal.text.length;
    terminal.session.write(utf8Encode(`${line}\r`));
    this.until(() => terminal.text.length > before + line.length + 2 && PROMPT.test(terminal.text));
    const printed = terminal.text
      .slice(before)
      .replace(/\x1b\[\?2004[hl]\r?/g, '')
      .replaceAll('\r\n', '\n');
    return printed.slice(printed.indexOf('\n') + 1, printed.lastIndexOf('\n') + 1);
  }
  private terminal(node: string): { readonly session: Session; text: string } {
    const known = this.terminals.get(node);
    if (known) return known;
    const opened = this.lab.openShell(node, SIZE);
    if (!opened.ok) throw new Error(opened.error.message);
    const terminal = { session: opened.value, text: '' };
    this.terminals.set(node, terminal);
    this.tape += this.writer.line(this.seconds, 'open', { terminal: node, title: node, node, ...SIZE });
    terminal.session.onReadable(() => {
      for (let data = terminal.session.read(65536); data !== ''; data = terminal.session.read(65536)) {
        const text = utf8Decode(data);
        terminal.text += text;
        this.tape += this.writer.line(this.seconds, 'o', [node, text]);
      }
    });
    return terminal;
  }
  remember(): void {
    this.for(10_000);
    this.moments.push({
      seconds: this.seconds,
      topology: this.lab.topology(),
      screens: Object.fromEntries([...this.terminals].map(([node, { text }]) => [node, text])),
    });
    this.for(10_000);
  }
}

/** What an experiment may change and its undo must restore: all but what time and packets do by themselves, and the order of equals. */
function facts(snapshot: Snapshot): unknown {
  return snapshot.nodes.map(({ name, namespaces }) => ({
    name,
    namespaces: namespaces.map(({ links, routes, iptables, neighbours: _neighbours, fdb, conntrack: _conntrack, sockets: _sockets, ...rest }) => ({
      ...rest,
      links: links.map(({ statistics: _statistics, ...link }) => link),
      routes: routes.map((route) => route.text).sort(),
      fdb: fdb
        .filter((entry) => entry.state === 'permanent')
        .map((entry) => JSON.stringify(entry))
        .sort(),
      iptables: iptables.map((table) => ({
        ...table,
        chains: table.chains.map((chain) => ({ name: chain.name, policy: chain.policy, rules: chain.rules.map((rule) => rule.text) })),
      })),
    })),
  }));
}
/** Counters change with each packet; that alone is no reason to write the picture again. */
const withoutCounters = ({ boxes, lines }: Topology): Topology => ({
  boxes: boxes.map((box) => ({ ...box, facts: box.facts.filter(({ key }) => key !== 'rx' && key !== 'tx') })),
  lines,
});

/** The whole lesson, typed. */
function walk(seed: number): {
  readonly recorded: Recorded;
  readonly printed: Readonly<Record<string, string>>;
  readonly address: string;
  readonly conntrack: readonly string[];
} {
  const recorded = new Recorded(seed);
  const { lab } = recorded;
  const on = (node: string): string => `--overrides='{"spec":{"nodeSelector":{"kubernetes.io/hostname":"${node}"}}}'`;
  const printed: Record<string, string> = {};
  printed['start'] = recorded.type('controlplane', `kubectl run httpd --image=httpd ${on('node-1')}`);
  recorded.remember();
  recorded.for(3_000_000);
  printed['pods'] = recorded.type('controlplane', 'kubectl get pods -o wide');
  recorded.remember();
  const address = lab.endpoints().find((endpoint) => endpoint.id === 'node-1/httpd')?.address ?? '';
  printed['brctl'] = recorded.type('node-1', 'brctl show');
  printed['route'] = recorded.type('node-2', 'ip route');
  printed['run traceroute'] = recorded.type('controlplane', `kubectl run traceroute --image=busybox ${on('node-2')} -- traceroute ${address}`);
  recorded.for(3_000_000);
  printed['logs'] = recorded.type('controlplane', 'kubectl logs traceroute');
  printed['delete'] = recorded.type('controlplane', 'kubectl delete pod traceroute --now');
  printed['ping'] = recorded.type('node-2', `ping -c 1 ${address}`);
  recorded.remember();
  const root = (node: string) =>
    lab
      .snapshot()
      .nodes.find((one) => one.name === node)
      ?.namespaces.find((netns) => netns.id === 0);
  const conntrack = root('node-2')?.conntrack.filter((text) => text.includes('src=192.168.56.12 dst=10.244.1.3')) ?? [];
  return { recorded, printed, address, conntrack };
}

describe('the first lesson', () => {
  let walked: ReturnType<typeof walk>;
  beforeAll(() => {
    walked = walk(7);
  });

  test('a pod starts, on the node that was asked for', () => {
    expect(walked.printed['start']).toBe('pod/httpd created\n');
    expect(walked.printed['pods']).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/);
    expect(walked.printed['pods']).toMatch(/^httpd +1\/1 +Running +0 +3s +10\.244\.1\.3 +node-1 +<none> +<none>$/m);
    expect(walked.address).toBe('10.244.1.3');
  });
  test('the bridge has a port for each pod of the node, the routes lead to the other nodes', () => {
    expect(walked.printed['brctl']).toMatch(
      /^bridge name\tbridge id\t\tSTP enabled\tinterfaces\ncni0\t\t8000\.[0-9a-f]{12}\tno\t\tveth[0-9a-f]{8}\n\t\t\t\t\t\t\tveth[0-9a-f]{8}\n$/,
    );
    expect(walked.printed['route']).toBe(
      `default via 10.0.2.2 dev eth0 proto dhcp src 10.0.2.15 metric 100 
10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.15 metric 100 
10.244.0.0/24 via 192.168.56.10 dev eth1 
10.244.1.0/24 via 192.168.56.11 dev eth1 
10.244.2.0/24 dev cni0 proto kernel scope link src 10.244.2.1 
192.168.56.0/24 dev eth1 proto kernel scope link src 192.168.56.12 
`,
    );
  });
  test('traceroute shows the three hops', () => {
    const ms = String.raw`(?:  \d+\.\d{3} ms){3}`;
    expect(walked.printed['logs']).toMatch(
      new RegExp(
        String.raw`^traceroute to 10\.244\.1\.3 \(10\.244\.1\.3\), 30 hops max, 46 byte packets\n 1  10\.244\.2\.1 \(10\.244\.2\.1\)${ms}\n 2  192\.168\.56\.11 \(192\.168\.56\.11\)${ms}\n 3  10\.244\.1\.3 \(10\.244\.1\.3\)${ms}\n$`,
      ),
    );
    expect(walked.conntrack).toEqual([
      expect.stringMatching(
        /^icmp {5}1 \d+ src=192\.168\.56\.12 dst=10\.244\.1\.3 type=8 code=0 id=\d+ src=10\.244\.1\.3 dst=192\.168\.56\.12 type=0 code=0 id=\d+ mark=0 use=1$/,
      ),
    ]);
    // one router in between: node-1
    expect(walked.printed['ping']).toMatch(/^64 bytes from 10\.244\.1\.3: icmp_seq=1 ttl=63 time=/m);
  });

  test('a trace tells each decision: routes, ARP, bridge port, TTL', () => {
    const { lab } = walked.recorded;
    const traced = lab.trace('node-2/hello-2', 'node-1/httpd', { kind: 'icmp' });
    const trace = traced.ok ? lab.runPending(traced.value) : undefined;
    const request = trace!.hops.filter((hop) => hop.direction === 'request');
    const said = request.flatMap((hop) =>
      hop.steps.flatMap(({ step }) => {
        if (step.kind === 'route') return [`${hop.place.node}: ${step.route.prefix} via ${step.route.via} dev ${step.route.device}`];
        if (step.kind === 'forward') return [`${hop.place.node}: ttl ${step.ttl}`];
        return step.kind === 'neighbour' ? [`${hop.place.node}: ${step.address} is known on ${step.device}`] : [];
      }),
    );
    expect(said).toEqual([
      'node-2: 10.244.0.0/16 via 10.244.2.1 dev eth0',
      'node-2: 10.244.2.1 is known on eth0',
      'node-2: 10.244.1.0/24 via 192.168.56.11 dev eth1',
      'node-2: ttl 63',
      'node-2: 192.168.56.11 is known on eth1',
      'node-1: 10.244.1.0/24 via null dev cni0',
      'node-1: ttl 62',
      'node-1: 10.244.1.3 is known on cni0',
      'node-1: 10.244.1.3 via null dev eth0',
    ]);
    expect(request.at(-1)!.disposition.kind).toBe('delivered');
  });

  test('an experiment shows its commands, breaks the ping, and is undone without a trace', () => {
    const { recorded } = walked;
    const { lab } = recorded;
    const before = facts(lab.snapshot());
    const plan = lab.experiments('en').find((one) => one.id === 'remove-route')!;
    expect(plan.commands).toEqual([
      { node: 'node-2', command: 'pkill -STOP flanneld' },
      { node: 'node-2', command: 'ip route del 10.244.1.0/24' },
    ]);
    const applying = lab.applyExperiment('remove-route', 'en');
    const applied = applying.ok ? lab.runPending(applying.value) : undefined;
    expect(applied).toMatchObject({ state: 'applied', mended: [] });
    expect(applied!.broke).toContainEqual({ from: 'node-2/hello-2', to: 'node-1/httpd' });
    recorded.remember();
    expect(recorded.type('node-2', 'ping -c 1 -W 1 10.244.1.3')).toMatch(/1 packets transmitted, 0 received, 100% packet loss/);
    expect(lab.experiments('en').find((one) => one.id === 'remove-route')?.notNow).toBe('node-2 has no route to 10.244.1.0/24 at present.');
    const undoing = lab.undoExperiment(applied!.run, 'en');
    expect(undoing.ok && lab.runPending(undoing.value)).toMatchObject({ state: 'undone', broke: [] });
    expect(facts(lab.snapshot())).toEqual(before);
    expect(recorded.type('node-2', 'ping -c 1 -W 1 10.244.1.3')).toMatch(/1 received, 0% packet loss/);
    recorded.remember();
  });

  test('the recording has, at each moment, what was there', () => {
    const { recorded } = walked;
    const { value, problems } = parseTape(recorded.tape);
    expect(problems).toEqual([]);
    const timeline = new Timeline(value!);
    expect(recorded.moments.length).toBe(5);
    // forth and back, as a reader scrubs
    for (const moment of [...recorded.moments, ...recorded.moments.toReversed()]) {
      const frame = timeline.frameAt(moment.seconds);
      expect(withoutCounters(frame.topology)).toEqual(withoutCounters(moment.topology));
      expect(
        Object.fromEntries(frame.terminals.map(({ terminal, content }) => [terminal, content.filter((piece) => typeof piece === 'string').join('')])),
      ).toEqual(moment.screens);
    }
    expect(timeline.frameAt(timeline.durationSeconds).experiments).toMatchObject([
      { experiment: 'remove-route', state: 'undone', titles: { en: "Remove the route to node-1's pods", zh: '删除到 node-1 上 Pod 的路由' } },
    ]);
    expect(timeline.marks.filter((mark) => mark.kind === 'experiment').map((mark) => mark.label)).toEqual(['remove-route', 'remove-route']);
    const boxes = recorded.moments.map(({ topology }) => topology.boxes.some((box) => box.label === 'httpd'));
    expect(boxes).toEqual([false, true, true, true, true]);
  });

  test('the same seed and the same keys give the same tape, another seed another one', () => {
    const again = walk(7).recorded.tape;
    expect(walked.recorded.tape.startsWith(again)).toBe(true);
    expect(walk(8).recorded.tape).not.toBe(again);
  });
});
