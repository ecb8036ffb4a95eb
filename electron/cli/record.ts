/** `podwalk record`: a shell on a simulated node, shown here and kept on a tape, line by line as it happens. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { TapeWriter } from '../../shared/recording/index.ts';
import { runInteractive } from './interactive.ts';
import { isTerminal, nodeOf, openLab, valueOf } from './sh.ts';
import { whyNot } from './why-not.ts';
import { Failure, type Arguments } from './usage.ts';

/** The one terminal there is. */
const TERMINAL = 't1';

export async function record({ options, operands }: Arguments): Promise<number> {
  if (!isTerminal()) throw new Failure('record wants a terminal: there is nothing to be seen without one');
  const path = operands[0]!;
  const lab = await openLab(typeof options['lab'] === 'string' ? options['lab'] : undefined);
  const node = nodeOf(lab, options['node']);
  const { keep, close } = openNewTape(path);
  const startUs = lab.simulation.nowUs;
  const seconds = (nowUs: number): number => (nowUs - startUs) / 1e6;
  const writer = new TapeWriter({ podwalk: 1, title: node, lab: lab.id, startedMs: Date.now() });
  const decoder = new TextDecoder();
  keep(writer.begin());
  keep(writer.topologyLine(0, lab.topology()));
  const stopListening = lab.onChange(() => keep(writer.topologyLine(seconds(lab.simulation.nowUs), lab.topology())));
  try {
    return await runInteractive(lab, (size) => valueOf(lab.openShell(node, size)), {
      opened: (size, nowUs) => keep(writer.line(seconds(nowUs), 'open', { terminal: TERMINAL, title: node, node, ...size })),
      shown: (data, nowUs) => keep(writer.line(seconds(nowUs), 'o', [TERMINAL, decoder.decode(data, { stream: true })])),
      resized: ({ columns, rows }, nowUs) => keep(writer.line(seconds(nowUs), 'r', [TERMINAL, columns, rows])),
      ended: (status, nowUs) => keep(writer.line(seconds(nowUs), 'x', [TERMINAL, status])),
    });
  } finally {
    stopListening();
    lab.close();
    close();
  }
}

export interface OpenTape {
  readonly keep: (line: string) => void;
  readonly close: () => void;
}
/** A recording never takes the place of another. */
export function openNewTape(path: string): OpenTape {
  try {
    const file = openSync(path, 'wx', 0o600);
    return { keep: (line) => void writeSync(file, line), close: () => closeSync(file) };
  } catch (error) {
    throw new Failure(
      (error as NodeJS.ErrnoException).code === 'EEXIST' ? `${path} is there already: choose another name` : `${path} cannot be written: ${whyNot(error)}`,
    );
  }
}
