/** What checks of lessons see of a simulated lab. */
import { utf8Decode } from '../base/index.ts';
import type { Ability, CommandRun, LessonWorld, PodState } from '../lesson/index.ts';
import { soundnessOf, type Soundness } from '../diagnose/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { ExperimentBench } from './experiment-bench.ts';
import type { SimulatedLab } from './simulated-lab.ts';
import { sendTraced } from '../twin/index.ts';
import type { Trace } from '../trace/index.ts';

/** What a command of the lab's own printed. */
interface Printed {
  revision: number;
  askedUs: number;
  value: string | undefined;
  isAsking: boolean;
}
/** It asks a twin everything. */
const LOOK_THROUGH_AGAIN_US = 1_500_000;
/** A command that a check runs is not run again sooner. */
const ASK_AGAIN_US = 400_000;
/** Files change without the network's knowing. */
const LOOK_AT_FILES_US = 2_000_000;

interface Reach {
  revision: number;
  value: boolean | undefined;
  isAsking: boolean;
}

export class LabLessonWorld implements LessonWorld {
  private kept: { readonly revision: number; readonly snapshot: Snapshot } | undefined;
  private readonly traced: { readonly from: string; readonly to: string; readonly arrived: boolean; readonly atUs: number }[] = [];
  private readonly noted: { readonly kind: string; readonly atUs: number }[] = [];
  private sound: { readonly revision: number; readonly askedUs: number; readonly value: Soundness } | undefined;
  private readonly reach = new Map<string, Reach>();
  private readonly printed = new Map<string, Printed>();
  private readonly remembered = new Map<string, number>();

  constructor(
    private readonly lab: SimulatedLab,
    private readonly bench: ExperimentBench,
  ) {}

  get nowUs(): number {
    return this.lab.simulation.nowUs;
  }
  snapshot(): Snapshot {
    if (this.kept?.revision !== this.lab.revision) this.kept = { revision: this.lab.revision, snapshot: this.lab.snapshot() };
    return this.kept.snapshot;
  }
  pods(): readonly PodState[] {
    return (this.lab.cluster?.pods() ?? []).map((info): PodState => {
      const netns = this.lab.netnsOfPod(info);
      const { metadata, spec, status } = info.pod;
      return {
        name: metadata.name,
        namespace: metadata.namespace ?? 'default',
        node: spec.nodeName,
        status: info.status,
        ip: status.podIP,
        netns: info.netnsInode === undefined || !netns ? undefined : { node: netns.host.name, netnsId: netns.id },
        hasCompleted: info.hasCompleted,
      };
    });
  }
  commands(sinceUs: number): readonly CommandRun[] {
    return this.lab.history.since(sinceUs);
  }
  log(namespace: string, pod: string): string {
    const found = this.lab.cluster?.pod(namespace, pod);
    const logs = found && this.lab.cluster?.workerOf(found)?.logs.values().next().value;
    return logs ? utf8Decode(`${logs.before?.text ?? ''}${logs.now.text}`) : '';
  }
  traces(sinceUs: number) {
    return this.traced.filter((one) => one.atUs >= sinceUs);
  }
  experiments() {
    return this.bench.states();
  }
  notes(sinceUs: number): readonly string[] {
    return this.noted.filter((one) => one.atUs >= sinceUs).map((one) => one.kind);
  }
  /** Asked anew whenever the lab has changed. */
  reaches(from: string, to: string): boolean | undefined {
    const key = `${from} ${to}`;
    let known = this.reach.get(key);
    if (!known) this.reach.set(key, (known = { revision: -1, value: undefined, isAsking: false }));
    if (known.revision !== this.lab.revision && !known.isAsking) {
      const asked = this.lab.probe([{ from, to }]);
      const { revision } = this.lab;
      if (!asked.ok) return undefined;
      const entry = known;
      entry.isAsking = true;
      asked.value.onDone(([result]) => {
        entry.isAsking = false;
        entry.revision = revision;
        entry.value = result?.reached;
        this.lab.looked();
      });
    }
    return known.value;
  }

  soundness(): Soundness | undefined {
    const known = this.sound;
    const { revision } = this.lab;
    if (known && (known.revision === revision || this.nowUs - known.askedUs < LOOK_THROUGH_AGAIN_US)) return known.value;
    this.sound = { revision, askedUs: this.nowUs, value: soundnessOf(this.snapshot()) };
    return this.sound.value;
  }
  get abilities(): ReadonlySet<Ability> {
    return new Set<Ability>(['trace', 'experiments', 'recording', ...(this.lab.cluster ? (['kubernetes'] as const) : [])]);
  }
  remember(what: string, sinceUs: number, count: number): number {
    const key = `${sinceUs} ${what}`;
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    this.remembered.set(key, count);
    return count;
  }
  output(place: string, command: string): string | undefined {
    const key = `${place} ${command}`;
    let known = this.printed.get(key);
    if (!known) this.printed.set(key, (known = { revision: -1, askedUs: -ASK_AGAIN_US, value: undefined, isAsking: false }));
    const entry = known;
    const restedUs = this.nowUs - entry.askedUs;
    if (!entry.isAsking && restedUs >= (entry.revision === this.lab.revision ? LOOK_AT_FILES_US : ASK_AGAIN_US)) {
      entry.isAsking = true;
      entry.askedUs = this.nowUs;
      const { revision } = this.lab;
      this.carryOut(place, command, (_, output) => {
        entry.isAsking = false;
        entry.revision = revision;
        entry.value = output;
        this.lab.looked();
      });
    }
    return entry.value;
  }
  run(commands: readonly { readonly node: string; readonly command: string }[], done: (failed: string | undefined) => void): void {
    const [next, ...rest] = commands;
    if (!next) return done(undefined);
    this.carryOut(next.node, next.command, (status, output) => {
      if (status === 0) this.run(rest, done);
      else done(`"${next.command}" on ${next.node} ends with ${status}: ${output.trim()}`);
    });
  }
  private carryOut(place: string, command: string, done: (status: number, output: string) => void): void {
    const target = this.lab.find(place);
    // a container has the shell that its image has
    const shell = target.ok && target.value.kind === 'pod' ? 'sh' : 'bash';
    const session = target.ok ? this.lab.open(target.value, { target: place, argv: [shell, '-c', command] }, 'lab') : target;
    if (!session.ok) return void this.lab.simulation.after(1000, () => done(127, session.error.message));
    session.value.closeInput();
    let output = '';
    const drain = (): void => {
      for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
      for (let data = session.value.readError(65536); data !== ''; data = session.value.readError(65536)) output += data;
    };
    session.value.onReadable(drain);
    session.value.onExit((status) => {
      drain();
      done(status, utf8Decode(output));
    });
  }
  follow(from: string, to: string, { tcp, udp }: Parameters<LessonWorld['follow']>[2], done: (trace: Trace | undefined) => void): void {
    const source = this.lab.find(from);
    const address = this.lab.addressFor(to);
    if (!source.ok || !address.ok) return void this.lab.simulation.after(1000, () => done(undefined));
    const protocol =
      tcp !== undefined ? ({ kind: 'tcp', port: tcp } as const) : udp !== undefined ? ({ kind: 'udp', port: udp } as const) : ({ kind: 'icmp' } as const);
    sendTraced(this.lab.world, source.value.netns, address.value, protocol).onDone(done);
  }

  noteTrace(from: string, to: string, arrived: boolean): void {
    this.traced.push({ from, to, arrived, atUs: this.nowUs });
  }
  note(kind: string): void {
    this.noted.push({ kind, atUs: this.nowUs });
  }
}
