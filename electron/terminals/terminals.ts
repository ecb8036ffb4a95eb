/**
 * The terminals that are open: on nodes and in pods of labs, and on this very machine. One whose program has ended stays until it is closed, or
 * until the last who watched it has seen the end.
 */
import { refuse, type Input, type TerminalInfo } from '../../shared/ipc/index.ts';
import type { TerminalSize } from '../../shared/lab/index.ts';
import type { Labs } from '../labs/labs.ts';
import type { RunningLab } from '../labs/provider.ts';
import type { Recorder } from '../recording/recorder.ts';
import { openLocalShell } from './pty.ts';
import { Terminal } from './terminal.ts';

const MOST_TERMINALS = 128;
/** Typed faster than the program reads. */
const MOST_INPUT_BYTES = 4 << 20;

interface Opening {
  readonly info: Omit<TerminalInfo, 'terminal'>;
  readonly start: Parameters<typeof Terminal.open>[1];
  readonly size: TerminalSize;
  readonly recorder: Parameters<typeof Terminal.open>[3];
  /** What it has shown before. */
  readonly shown?: Uint8Array;
}

export class Terminals {
  private readonly open_ = new Map<string, Terminal>();
  private counter = 0;
  private opening = 0;

  constructor(private readonly labs: Labs) {
    labs.addGuest({ labStarted: (lab, recorder) => this.takeOver(lab, recorder), labStopping: (lab) => this.closeAll(lab) });
  }

  /** A shell of a node, or of a pod. */
  open({ lab, node, pod, ...size }: Input<'terminals.open'>): Promise<TerminalInfo> {
    return this.add(() => {
      const up = this.labs.get(lab);
      const info = { lab, node, ...(pod !== undefined && { pod }), title: this.freeTitle(lab, pod ?? node) };
      return { info, start: () => up.running.openShell(pod === undefined ? node : `${node}/${pod}`, size), size, recorder: up.recorder };
    });
  }
  /** A shell of this very machine: of no lab, and never recorded. */
  openLocal(size: Input<'terminals.openLocal'>): Promise<TerminalInfo> {
    return this.add(() => ({ info: { node: '', title: '' }, start: () => openLocalShell(size), size, recorder: undefined }));
  }
  /** Terminals of a lab that was opened: their programs go on, and their screens show what they showed. */
  private async takeOver(lab: RunningLab, recorder: Recorder | undefined): Promise<void> {
    for (const { target, size, shown, program } of lab.opened?.terminals ?? []) {
      const [node = '', ...pod] = target.split('/');
      const info = { lab: lab.id, node, ...(pod.length > 0 && { pod: pod.join('/') }), title: this.freeTitle(lab.id, pod.at(-1) ?? node) };
      await this.add(() => ({ info, start: () => Promise.resolve(program), size, recorder, shown }));
    }
  }
  private async add(prepare: () => Opening): Promise<TerminalInfo> {
    if (this.open_.size + this.opening >= MOST_TERMINALS)
      return refuse('too-many', `${MOST_TERMINALS} terminals are open; close one of them first.`, { limit: 'terminals' });
    this.opening++;
    try {
      const { info, start, size, recorder, shown } = prepare();
      const opened = await Terminal.open({ ...info, terminal: `t${++this.counter}` }, start, size, recorder, (ended) => this.drop(ended), shown);
      this.open_.set(opened.info.terminal, opened);
      return opened.info;
    } finally {
      this.opening--;
    }
  }
  /** Those of a lab, and those of this very machine, which are beside every lab. */
  list(lab: string): readonly TerminalInfo[] {
    return [...this.open_.values()].map(({ info }) => info).filter((info) => info.lab === lab || info.lab === undefined);
  }
  get(terminal: string): Terminal {
    return this.open_.get(terminal) ?? refuse('not-found', `There is no terminal ${terminal}.`, { terminal });
  }
  type(terminal: string, text: string): void {
    const target = this.get(terminal);
    if (target.pendingInput + text.length > MOST_INPUT_BYTES)
      refuse('too-many', 'The program in this terminal reads slower than is typed; wait, or press Ctrl-C.', { limit: 'terminalInput' });
    target.type(text);
  }
  close(terminal: string): void {
    this.get(terminal).close();
    this.open_.delete(terminal);
  }
  /** All of a lab, or all. */
  closeAll(lab?: string): void {
    for (const [terminal, { info }] of [...this.open_]) if (lab === undefined || info.lab === lab) this.close(terminal);
  }

  private drop(terminal: Terminal): void {
    this.open_.delete(terminal.info.terminal);
    terminal.dispose();
  }
  /** `node-1`, then `node-1 (2)`. */
  private freeTitle(lab: string, wanted: string): string {
    const taken = new Set(this.list(lab).map((info) => info.title));
    for (let count = 1; ; count++) {
      const title = count === 1 ? wanted : `${wanted} (${count})`;
      if (!taken.has(title)) return title;
    }
  }
}
