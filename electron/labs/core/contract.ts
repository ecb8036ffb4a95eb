/**
 * What a lab that is up in one process can be asked from another: the same wire as between core and window, over a socket that only its user can open.
 * Bytes to a program go as base64, from it as bytes.
 */
import { z } from 'zod';
import type { Call, Endpoint, ExperimentPlan, ExperimentRun, Stream, Topology, Trace } from '../../../shared/ipc/index.ts';
import { protocolSchema } from '../../../shared/ipc/index.ts';
import type { ProbeResult } from '../../../shared/lab/index.ts';
import type { Capabilities, ProviderKind, Snapshot } from '../provider.ts';

export interface LabDescribed {
  readonly id: string;
  readonly title: string;
  readonly provider: ProviderKind;
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities;
  /** Of the process in which it is up. */
  readonly pid: number;
}
export interface LabSeen {
  readonly revision: number;
  readonly nowUs: number;
  readonly topology: Topology;
  readonly endpoints: readonly Endpoint[];
  readonly isPaused: boolean;
}

const call =
  <O>() =>
  <I extends z.ZodType>(input: I): Call<I, O> => ({ kind: 'call', input });
const nothing = z.object({}).strict();
const name = z.string().min(1).max(4096);
const locale = z.enum(['en', 'zh']);
const program = z.string().min(1).max(40);
const size = z.object({ columns: z.number().int().min(1).max(1000), rows: z.number().int().min(1).max(1000) }).strict();

export const labContract = {
  'lab.describe': call<LabDescribed>()(nothing),
  'lab.watch': { kind: 'stream', isLatest: true, input: nothing } as Stream<typeof nothing, LabSeen>,
  'lab.snapshot': call<Snapshot>()(nothing),
  'lab.pause': call<null>()(z.object({ isPaused: z.boolean() }).strict()),
  'lab.trace': call<Trace>()(z.object({ from: name, to: name, protocol: protocolSchema }).strict()),
  'lab.probe': call<readonly ProbeResult[]>()(z.object({ pairs: z.array(z.object({ from: name, to: name }).strict()).optional() }).strict()),
  'lab.experiments': call<readonly ExperimentPlan[]>()(z.object({ locale }).strict()),
  'lab.experimentRuns': call<readonly ExperimentRun[]>()(z.object({ locale }).strict()),
  'lab.applyExperiment': call<ExperimentRun>()(z.object({ id: name, locale }).strict()),
  'lab.undoExperiment': call<ExperimentRun>()(z.object({ id: name, locale }).strict()),
  'lab.keepExperiment': call<ExperimentRun>()(z.object({ id: name, locale }).strict()),
  /** Takes it down, for everybody. */
  'lab.stop': call<null>()(nothing),

  /** Without `argv`, a login shell. */
  'program.open': call<{ readonly program: string }>()(
    z
      .object({
        target: name,
        argv: z.array(z.string()).min(1).optional(),
        terminal: size.optional(),
        env: z.record(z.string(), z.string()).optional(),
        cwd: z.string().optional(),
        onCluster: z.boolean().optional(),
      })
      .strict(),
  ),
  /** `errors`: standard error, where it is apart. Ends when the program has ended and all was read. */
  'program.output': { kind: 'stream', input: z.object({ program, errors: z.boolean() }).strict() } as Stream<
    z.ZodObject<{ program: typeof program; errors: z.ZodBoolean }>,
    Uint8Array
  >,
  /** Answered when it was taken. */
  'program.input': call<null>()(z.object({ program, base64: z.string().max(1 << 21) }).strict()),
  'program.closeInput': call<null>()(z.object({ program }).strict()),
  'program.resize': call<null>()(z.object({ program, size }).strict()),
  'program.signal': call<null>()(z.object({ program, signal: z.string().regex(/^[A-Z0-9]{1,10}$/) }).strict()),
  /** Its exit status, once it has ended. */
  'program.exit': call<{ readonly status: number }>()(z.object({ program }).strict()),
} as const;
export type LabContract = typeof labContract;
