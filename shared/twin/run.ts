/** Commands in a twin: a machine's programs are put on a host of it when the first command is run there. */
import { utf8Decode, utf8Encode } from '../base/index.ts';
import { PROGRAMS } from '../commands/index.ts';
import type { Host, World } from '../kernel/index.ts';
import { Machine, mountNetns, NETNS_DIR } from '../machine/index.ts';
import { exitStatusOf, makePipe } from '../shell/index.ts';

/** A command line and where it runs. */
export interface NodeCommand {
  readonly node: string;
  readonly command: string;
}
export interface RunResult {
  readonly status: number;
  readonly output: string;
}

/** Of virtual time: a command that would go on for ever is ended. */
const LIMIT_US = 30_000_000;

export class TwinShells {
  private readonly machines = new Map<Host, Machine>();
  constructor(private readonly world: World) {}

  private machineOf(host: Host): Machine {
    const known = this.machines.get(host);
    if (known) return known;
    const machine = new Machine(this.world, { hostname: host.name, users: [], hosts: [], nameservers: [], programs: PROGRAMS, seed: 1, host });
    const { fs } = machine.init;
    fs.mkdirs(NETNS_DIR, 0o755);
    for (const [name, netns] of host.namedNetns) {
      fs.writeFile(`${NETNS_DIR}/${name}`, '', { mode: 0 });
      mountNetns(machine.init, `${NETNS_DIR}/${name}`, netns);
    }
    this.machines.set(host, machine);
    return machine;
  }

  run(host: Host, command: string): RunResult {
    const machine = this.machineOf(host);
    const { simulation } = this.world;
    const input = makePipe(0);
    const output = makePipe(0);
    output.reader.references++;
    let text = '';
    const drain = (): void => {
      for (let data = output.reader.read(65536); data.ok && data.value !== ''; data = output.reader.read(65536)) text += data.value;
    };
    const started = machine.spawn(['bash', '-c', utf8Encode(command)], {
      prepare: (child) => {
        child.setsid();
        child.fds.closeAll();
        child.fds.put(0, input.reader);
        child.fds.put(1, output.writer);
        child.fds.put(2, output.writer);
      },
    });
    if (!started.ok) return { status: 127, output: started.error };
    const process = started.value;
    const untilUs = simulation.nowUs + LIMIT_US;
    while (!process.ending && simulation.nowUs < untilUs) {
      simulation.runUntil(simulation.nowUs + 1_000, () => !process.ending);
      drain();
    }
    drain();
    return { status: process.ending ? exitStatusOf(process.ending) : 124, output: utf8Decode(text) };
  }
}
