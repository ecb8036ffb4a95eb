/** What checks of lessons see of a simulated lab. */
import { utf8Decode } from '../base/index.ts';
import type { CommandRun, LessonWorld, PodState } from '../lesson/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { ExperimentBench } from './experiment-bench.ts';
import type { SimulatedLab } from './simulated-lab.ts';

interface Reach {
  revision: number;
  value: boolean | undefined;
  isAsking: boolean;
}

export class LabLessonWorld implements LessonWorld {
  private kept: { readonly revision: number; readonly snapshot: Snapshot } | undefined;
  private readonly traced: { readonly from: string; readonly to: string; readonly arrived: boolean; readonly atUs: number }[] = [];
  private readonly noted: { readonly kind: string; readonly atUs: number }[] = [];
  private readonly reach = new Map<string, Reach>();

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

  noteTrace(from: string, to: string, arrived: boolean): void {
    this.traced.push({ from, to, arrived, atUs: this.nowUs });
  }
  note(kind: string): void {
    this.noted.push({ kind, atUs: this.nowUs });
  }
}
