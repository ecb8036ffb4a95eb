/** A lab that is up, served to one client on its channel. */
import { serve, Source, type Channel } from '../../../shared/ipc/index.ts';
import type { RunningLab } from '../provider.ts';
import { labContract, type LabSeen } from './contract.ts';
import { ServedPrograms } from './programs.ts';

/** A view is told at most this often. */
const SHORTEST_MS = 50;

export interface ServedLab {
  readonly lab: RunningLab;
  /** Takes it down, for everybody. */
  readonly stop: () => Promise<void>;
  readonly onBug: (procedure: string, error: unknown) => void;
}

export function serveLab(channel: Channel, { lab, stop, onBug }: ServedLab): void {
  const programs = new ServedPrograms();
  channel.onClose(() => programs.hangUp());
  serve(
    channel,
    labContract,
    {
      'lab.describe': () => ({
        id: lab.id,
        title: lab.title,
        provider: lab.provider,
        nodes: lab.nodes,
        capabilities: lab.capabilities,
        pid: process.pid,
      }),
      'lab.watch': () => watch(lab),
      'lab.snapshot': () => lab.snapshot(),
      'lab.pause': ({ isPaused }) => nothing(lab.setPaused(isPaused)),
      'lab.trace': ({ from, to, protocol }) => lab.trace(from, to, protocol),
      'lab.probe': ({ pairs }) => lab.probe(pairs),
      'lab.experiments': ({ locale }) => lab.experiments(locale),
      'lab.experimentRuns': ({ locale }) => lab.experimentRuns(locale),
      'lab.applyExperiment': ({ id, locale }) => lab.applyExperiment(id, locale),
      'lab.undoExperiment': ({ id, locale }) => lab.undoExperiment(id, locale),
      'lab.keepExperiment': ({ id, locale }) => lab.keepExperiment(id, locale),
      'lab.stop': async () => nothing(await stop()),
      'program.open': async ({ target, argv, terminal, env, cwd, onCluster }) => {
        const [first, ...rest] = argv ?? [];
        const more = { ...(terminal && { terminal }), ...(env && { env }), ...(cwd !== undefined && { cwd }), ...(onCluster === true && { onCluster }) };
        const program = first === undefined ? await lab.openShell(target, terminal ?? SIZE) : await lab.exec({ target, argv: [first, ...rest], ...more });
        return { program: programs.add(program) };
      },
      'program.output': ({ program, errors }) => programs.output(program, errors),
      'program.input': ({ program, base64 }) => programs.input(program, Buffer.from(base64, 'base64')),
      'program.closeInput': ({ program }) => nothing(programs.get(program).program.closeInput()),
      'program.resize': ({ program, size }) => nothing(programs.get(program).program.resize(size)),
      'program.signal': ({ program, signal }) => nothing(programs.get(program).program.signal(signal)),
      'program.exit': ({ program }) => programs.exit(program),
    },
    { onBug, soon: (run) => void setImmediate(run) },
  );
}

const SIZE = { columns: 80, rows: 24 };
const nothing = (_done: void): null => null;

function watch(lab: RunningLab): Source<LabSeen> {
  let seen: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const source: Source<LabSeen> = new Source(
    () => {
      const { revision, isPaused } = lab;
      if (seen === revision) return undefined;
      seen = revision;
      return { revision, nowUs: lab.nowUs(), topology: lab.topology(), endpoints: lab.endpoints(), isPaused };
    },
    () => {
      clearTimeout(timer);
      stop();
    },
  );
  const stop = lab.onChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      source.wake();
    }, SHORTEST_MS);
  });
  return source;
}
