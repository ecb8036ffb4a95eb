/** Commands that the lab itself runs on its nodes, one after the other, out of the learner's sight. */
import { utf8Decode } from '../base/index.ts';
import type { CommandOutcome, NodeCommand } from '../experiment/index.ts';
import type { SimulatedLab } from './simulated-lab.ts';

export class Errands {
  constructor(private readonly lab: SimulatedLab) {}

  /** What cannot go on after an error is not tried. */
  inOrder(commands: readonly NodeCommand[], done: (outcomes: readonly CommandOutcome[]) => void, so: readonly CommandOutcome[] = []): void {
    const [next, ...rest] = commands;
    if (!next || so.some(({ status }) => status !== 0)) done(so);
    else this.run(next, (outcome) => this.inOrder(rest, done, [...so, outcome]));
  }
  /** Each, whatever the others say: what they print is what is asked for. */
  each(commands: readonly NodeCommand[], done: (outcomes: readonly CommandOutcome[]) => void, so: readonly CommandOutcome[] = []): void {
    const [next, ...rest] = commands;
    if (!next) done(so);
    else this.run(next, (outcome) => this.each(rest, done, [...so, outcome]));
  }
  wait(us: number, then: () => void): void {
    if (us === 0) then();
    else this.lab.simulation.after(us, then);
  }

  private run(command: NodeCommand, done: (outcome: CommandOutcome) => void): void {
    const target = this.lab.find(command.node);
    const session = target.ok ? this.lab.open(target.value, { target: command.node, argv: ['bash', '-c', command.command] }, 'lab') : target;
    if (!session.ok) {
      done({ ...command, status: 127, output: session.error.message });
      return;
    }
    session.value.closeInput();
    let output = '';
    const drain = (): void => {
      for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
      for (let data = session.value.readError(65536); data !== ''; data = session.value.readError(65536)) output += data;
    };
    session.value.onReadable(drain);
    session.value.onExit((status) => {
      drain();
      done({ ...command, status, output: utf8Decode(output) });
    });
  }
}
