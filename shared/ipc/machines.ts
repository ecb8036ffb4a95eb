/** What the window sees and asks of the virtual machines that Vagrant makes. Sentences come in the reader's language. */
import { z } from 'zod';

/** The machines of one Vagrantfile. */
export interface MachinesInfo {
  /** `kubernetes` is Podwalk's own. */
  readonly project: string;
  readonly file: string;
  readonly isOwn: boolean;
}

export interface MachinesView {
  readonly project: string;
  readonly file: string;
  /** As Vagrant last told; undefined: it is being asked for the first time. */
  readonly machines: readonly MachineInfo[] | undefined;
  readonly checks: readonly MachineCheck[] | undefined;
  /** Why Vagrant could not be asked. */
  readonly problem?: string;
  /** What goes on. */
  readonly work?: MachineWork;
  /** How the last of it ended, in this session of the app. */
  readonly outcome?: MachineOutcome;
}
export interface MachineInfo {
  readonly name: string;
  /** `running`, `saved`, `poweroff`, `not_created`, or another word of its provider. */
  readonly state: string;
  readonly provider: string;
  readonly snapshots: readonly string[];
}
export interface MachineCheck {
  readonly verdict: 'fine' | 'warning' | 'obstacle';
  readonly text: string;
}
export interface MachineWork {
  readonly action: string;
  readonly tookMs: number;
  readonly machines: readonly {
    readonly machine: string;
    readonly phase: string;
    readonly step: string;
    readonly percent?: number;
    readonly tookMs: number;
    readonly isDone: boolean;
    readonly past: readonly { readonly phase: string; readonly tookMs: number }[];
  }[];
  /** The latest lines. */
  readonly output: readonly string[];
}
export interface MachineOutcome {
  readonly action: string;
  readonly tookMs: number;
  readonly failure?: {
    readonly machines: readonly string[];
    readonly phase: string;
    readonly step: string;
    readonly lastLines: readonly string[];
    readonly advice: string;
  };
}

const project = z.string().min(1).max(200);
const machines = z.array(z.string().min(1).max(200)).max(100).optional();
const snapshot = z.string().min(1).max(100);
export const machineActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['up', 'resume', 'suspend', 'halt', 'provision']), machines }).strict(),
  z.object({ kind: z.enum(['snapshot', 'restore', 'delete-snapshot']), machines, name: snapshot }).strict(),
  z.object({ kind: z.literal('destroy'), confirmation: z.string().min(1).max(100) }).strict(),
]);
export const machinesInput = {
  project: z.object({ project }).strict(),
  watch: z.object({ project, locale: z.enum(['en', 'zh']) }).strict(),
  open: z.object({ path: z.string().min(1).max(4096) }).strict(),
  perform: z.object({ project, action: machineActionSchema }).strict(),
  askDestroy: z.object({ project, machines }).strict(),
} as const;
