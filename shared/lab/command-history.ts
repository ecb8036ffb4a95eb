/** Commands that were run from the outside: in terminals and by `exec`. What daemons and experiments run is not noted. */
import { utf8Decode } from '../base/index.ts';
import type { Netns } from '../kernel/index.ts';
import type { CommandRun } from '../lesson/index.ts';
import { NetNamespace } from '../machine/index.ts';
import { exitStatusOf, type ChildStatus, type Process } from '../shell/index.ts';

const KEPT = 5000;

export class CommandHistory {
  private readonly runs: CommandRun[] = [];
  private readonly followed = new WeakSet<object>();

  constructor(private readonly placeOf: (netns: Netns) => string) {}

  /** What this process's session runs is noted. */
  follow(process: Process): void {
    this.followed.add(process.group.session);
  }
  /** True when it was noted. */
  note(process: Process, ending: ChildStatus, atUs: number): boolean {
    const { session } = process.group;
    if (!this.followed.has(session) && session.terminal === undefined) return false;
    const net = process.namespaces.net;
    const place = net instanceof NetNamespace ? this.placeOf(net.netns) : '';
    const line = process.argv.map((word, index) => utf8Decode(index === 0 ? word.slice(word.lastIndexOf('/') + 1) : word)).join(' ');
    this.runs.push({ place, line, status: exitStatusOf(ending), endedUs: atUs });
    if (this.runs.length > KEPT) this.runs.shift();
    return true;
  }
  since(us: number): readonly CommandRun[] {
    const first = this.runs.findIndex((run) => run.endedUs >= us);
    return first < 0 ? [] : this.runs.slice(first);
  }
}
