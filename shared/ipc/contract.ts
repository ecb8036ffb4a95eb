/**
 * Everything the window can ask of the core, in one list. A call has one answer; a stream has chunks, each bytes or JSON, until
 * it ends. Inputs are checked by these schemas at the gate; outputs are typed only, since the core made them.
 *
 * Invariant: only plain data crosses. Errors are `WireError`, never exceptions.
 */
import { z } from 'zod';
import { machinesInput, type MachinesInfo, type MachinesView } from './machines.ts';
import type { CommandOutcome, DiagnosisView, ExperimentPlan, ExperimentRun, Lesson, LessonInfo, Progress, TapeInfo, Topology, Trace } from './views.ts';

/** What a refused request says. The list of codes is closed; `message` is English, the window words `code` in the reader's language. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export type ErrorCode =
  | 'invalid-request' // the input does not fit its schema, or no such procedure
  | 'not-found' // no such lab, terminal, lesson, tape …
  | 'not-running' // the lab is not up
  | 'not-possible' // it cannot be done as things are; `message` says why
  | 'damaged' // a file cannot be read; `message` says where it breaks
  | 'too-many' // a limit is reached; `details.limit` says which
  | 'connection-lost' // the other side is gone
  | 'internal'; // a bug of ours

export type Locale = 'en' | 'zh';

export interface AppInfo {
  readonly version: string;
  readonly host: 'electron' | 'web';
  readonly platform: string;
  /** Whether terminals on this very machine can be opened; where not, the command that brings a compiler to this system. */
  readonly localTerminal: { readonly kind: 'available' } | { readonly kind: 'missing'; readonly compiler: string };
}

export interface Settings {
  readonly locale: Locale | 'system';
  readonly theme: 'light' | 'dark' | 'system';
  readonly terminalFontSize: number;
  /** Labs are recorded unless this is off. */
  readonly record: boolean;
}

export type ProviderKind = 'simulated' | 'namespaces' | 'vagrant' | 'ssh';

/** What a lab that is up can do; what it cannot is not offered. */
export interface Capabilities {
  /** Its time can stand still. */
  readonly canPause: boolean;
  /** It can be saved as it stands, and forked. */
  readonly canSave: boolean;
  /** A packet can be followed. */
  readonly canTrace: boolean;
  readonly canExperiment: boolean;
  readonly canRunLessons: boolean;
}

/** What only the user can say while a lab comes up, or while it is connected anew. */
export type Question =
  /** Answered `yes`, or not at all. */
  | { readonly kind: 'host-key'; readonly host: string; readonly keyType: string; readonly fingerprint: string }
  | { readonly kind: 'password'; readonly host: string; readonly user: string }
  | { readonly kind: 'passphrase'; readonly host: string; readonly file: string }
  | { readonly kind: 'sudo'; readonly host: string; readonly user: string };
export interface PendingQuestion {
  readonly id: string;
  readonly question: Question;
}

/** A lab that can be started. */
export interface LabInfo {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Who made it, when it is up; else who would. */
  readonly provider: ProviderKind;
  /** Who could make it here; `problem`: what stands in the way, and what would help. */
  readonly providers: readonly { readonly kind: ProviderKind; readonly problem?: string }[];
  readonly nodes: readonly string[];
  readonly isUp: boolean;
  /** Its file cannot be used: where and why. */
  readonly problem?: string;
  /** It is another lab as it stood: kept in a file, or a fork, which is there as long as the app runs. */
  readonly saved?: { readonly kind: 'file' | 'fork'; readonly savedMs: number };
}

/** Where a packet can start or end, and where a terminal can be opened. */
export interface Endpoint {
  /** `node-1`, `node-1/httpd` or `node-1/NAME` of an `ip netns`: what the command line takes too. */
  readonly id: string;
  readonly kind: 'node' | 'pod' | 'netns';
  readonly node: string;
  readonly label: string;
  readonly address?: string;
  /** The topology box it is. */
  readonly box: string;
  /** Pod phase or node readiness, as kubectl words it. */
  readonly status: string;
}

/** A lab as it is now. Sent whole when watching begins and after each change, at most about twenty times a second. */
export interface LabView {
  readonly lab: string;
  readonly provider: ProviderKind;
  readonly capabilities: Capabilities;
  readonly revision: number;
  readonly nowUs: number;
  readonly topology: Topology;
  readonly endpoints: readonly Endpoint[];
  /** The tape this session of the lab is recorded on, when it is. */
  readonly tape?: string;
  readonly isPaused: boolean;
  /** It can be saved as it stands, and forked. */
  readonly canSave: boolean;
  /** It was opened as it had been saved: what had to be ended in it, and the lesson that goes on. */
  readonly opened?: { readonly ended: readonly string[]; readonly attempt: string | null };
}

export interface TerminalInfo {
  readonly terminal: string;
  readonly lab?: string;
  readonly node: string;
  readonly pod?: string;
  readonly title: string;
}

/** A fix that was carried out: what its commands said, what real packets said, and what is wrong now. */
export interface FixRun {
  readonly outcomes: readonly CommandOutcome[];
  /** Pairs of which echo requests were sent for real, and how many were answered; absent where none could be sent. */
  readonly proof?: { readonly asked: number; readonly answered: number };
  readonly diagnosis: DiagnosisView;
}

const lab = z.string().min(1).max(200);
const name = z.string().min(1).max(253);
const title = z.string().min(1).max(200);
const locale = z.enum(['en', 'zh']);
const columns = z.number().int().min(2).max(1000);
const rows = z.number().int().min(1).max(1000);
const port = z.number().int().min(1).max(65535);
const nothing = z.object({}).strict();
const provider = z.enum(['simulated', 'namespaces', 'vagrant', 'ssh']);

export const protocolSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('icmp') }).strict(),
  z.object({ kind: z.literal('tcp'), port }).strict(),
  z.object({ kind: z.literal('udp'), port }).strict(),
]);
export type ProbeProtocol = z.infer<typeof protocolSchema>;

export interface Call<I extends z.ZodType, O> {
  readonly kind: 'call';
  readonly input: I;
  readonly output?: O;
}
export interface Stream<I extends z.ZodType, O> {
  readonly kind: 'stream';
  /** Each chunk replaces the one before: a slow reader skips those it had no time for. */
  readonly isLatest?: boolean;
  readonly input: I;
  readonly output?: O;
}
const call =
  <O>() =>
  <I extends z.ZodType>(input: I): Call<I, O> => ({ kind: 'call', input });
const stream =
  <O>() =>
  <I extends z.ZodType>(input: I): Stream<I, O> => ({ kind: 'stream', input });
const latest =
  <O>() =>
  <I extends z.ZodType>(input: I): Stream<I, O> => ({ kind: 'stream', input, isLatest: true });

/** A lab that was saved or forked. */
export interface SavedInfo {
  readonly lab: string;
  readonly title: string;
  /** Its file. */
  readonly path?: string;
}

/** A tape that was taken in, with what had to be left out of it. */
export interface TapeImport extends TapeInfo {
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** A chunk of a terminal's stream: bytes as they came, or how it ended. */
export type TerminalChunk = Uint8Array | { readonly exit: number };

export const contract = {
  'app.info': call<AppInfo>()(nothing),
  'settings.get': call<Settings>()(nothing),
  'settings.set': call<Settings>()(
    z
      .object({
        locale: z.enum(['en', 'zh', 'system']),
        theme: z.enum(['light', 'dark', 'system']),
        terminalFontSize: z.number().int().min(8).max(32),
        record: z.boolean(),
      })
      .partial()
      .strict(),
  ),

  'labs.list': call<readonly LabInfo[]>()(z.object({ locale }).strict()),
  /** Starts it, or answers with the one that is up. With a provider that is not the first which can make it, that one. */
  'labs.start': call<LabView>()(z.object({ lab, provider: provider.optional() }).strict()),
  'labs.stop': call<null>()(z.object({ lab }).strict()),
  'labs.restart': call<LabView>()(z.object({ lab, provider: provider.optional() }).strict()),
  'labs.pause': call<null>()(z.object({ lab, isPaused: z.boolean() }).strict()),
  /** Keeps it in a file, as it stands: it is in the list then, and on this machine at `path`. It goes on. */
  'labs.save': call<SavedInfo>()(z.object({ lab, title }).strict()),
  /** A second one that stands where this one stands, and lives alone from there. */
  'labs.fork': call<SavedInfo>()(z.object({ lab, title }).strict()),
  /** Removes one that was saved, or a fork. */
  'labs.remove': call<null>()(z.object({ lab }).strict()),
  'labs.watch': latest<LabView>()(z.object({ lab }).strict()),

  /** Vagrantfiles with virtual machines: Podwalk's own, and those that were opened. */
  'machines.list': call<readonly MachinesInfo[]>()(nothing),
  'machines.open': call<MachinesInfo>()(machinesInput.open),
  /** Takes it off the list; its machines stay as they are. */
  'machines.close': call<null>()(machinesInput.project),
  /** Asks Vagrant for their state, and looks at the host. */
  'machines.watch': latest<MachinesView>()(machinesInput.watch),
  'machines.refresh': call<null>()(machinesInput.project),
  /** Answers when it has begun; how it goes on and ends is watched. */
  'machines.perform': call<null>()(machinesInput.perform),
  'machines.cancel': call<null>()(machinesInput.project),
  /** Names what would be destroyed; its confirmation is good once, and for a few minutes. */
  'machines.askDestroy': call<{ readonly confirmation: string; readonly machines: readonly string[] }>()(machinesInput.askDestroy),

  'terminals.open': call<TerminalInfo>()(z.object({ lab, node: name, pod: name.optional(), columns, rows }).strict()),
  /** A shell of this very machine. */
  'terminals.openLocal': call<TerminalInfo>()(z.object({ columns, rows }).strict()),
  /** Those of the lab, and those of this machine. */
  'terminals.list': call<readonly TerminalInfo[]>()(z.object({ lab }).strict()),
  /** Begins with what is on the screen and the latest scrollback, so that a terminal can be attached to again. */
  'terminals.output': stream<TerminalChunk>()(z.object({ terminal: name }).strict()),
  /** Text as typed or pasted. */
  'terminals.input': call<null>()(z.object({ terminal: name, data: z.string().max(1 << 20) }).strict()),
  'terminals.resize': call<null>()(z.object({ terminal: name, columns, rows }).strict()),
  'terminals.close': call<null>()(z.object({ terminal: name }).strict()),

  /** All that wait for an answer. */
  'questions.watch': latest<readonly PendingQuestion[]>()(nothing),
  /** null: it is dismissed. */
  'questions.answer': call<null>()(z.object({ question: name, answer: z.string().max(4096).nullable() }).strict()),

  'trace.run': call<Trace>()(z.object({ lab, from: name, to: name, protocol: protocolSchema }).strict()),

  /** Looks for what is wrong in a twin of the lab as it is now. */
  'diagnose.run': call<DiagnosisView>()(z.object({ lab, locale }).strict()),
  /** The latest of this lab, in this language; null: there was none. */
  'diagnose.latest': call<DiagnosisView | null>()(z.object({ lab, locale }).strict()),
  /** Carries out the fix of a finding of the latest, and looks again. */
  'diagnose.fix': call<FixRun>()(z.object({ lab, finding: z.string().min(1).max(2000), locale }).strict()),

  'experiments.list': call<readonly ExperimentPlan[]>()(z.object({ lab, locale }).strict()),
  'experiments.runs': call<readonly ExperimentRun[]>()(z.object({ lab, locale }).strict()),
  'experiments.apply': call<ExperimentRun>()(z.object({ lab, experiment: name, locale }).strict()),
  'experiments.undo': call<ExperimentRun>()(z.object({ lab, run: name, locale }).strict()),
  /** Of machines that really are there: its nodes no longer take it back by themselves. */
  'experiments.keep': call<ExperimentRun>()(z.object({ lab, run: name, locale }).strict()),

  /** A level that fits what was solved, a number that is new, and how many were solved of each level. */
  'exercises.next': call<{ readonly level: number; readonly seed: number; readonly solved: readonly number[] }>()(z.object({}).strict()),
  'lessons.list': call<readonly LessonInfo[]>()(z.object({ locale }).strict()),
  /** Starts its lab afresh and an attempt in it; `at`: with the steps before one done, or those that were done when it was left. */
  'lessons.start': call<Progress>()(z.object({ lesson: name, at: z.union([z.literal('kept'), z.object({ step: name }).strict()]).optional() }).strict()),
  /** The text, with the attempt's variables put in. */
  'lessons.text': call<Lesson>()(z.object({ attempt: name, locale }).strict()),
  'lessons.watch': latest<Progress>()(z.object({ attempt: name, locale }).strict()),
  /** Confirms a step that has no check, or answers its quiz (a wrong answer leaves it active and says why). */
  'lessons.confirm': call<Progress>()(
    z
      .object({
        attempt: name,
        step: name,
        choice: z.number().int().min(0).max(20).optional(),
        text: z.string().max(500).optional(),
        choices: z.array(z.number().int().min(-1).max(20)).max(64).optional(),
        locale,
      })
      .strict(),
  ),
  /** "Show me": types the step's solution into a terminal. */
  'lessons.showMe': call<TerminalInfo>()(z.object({ attempt: name, step: name }).strict()),

  'tapes.list': call<readonly TapeInfo[]>()(nothing),
  /** The tape's file, as bytes. */
  'tapes.read': stream<Uint8Array>()(z.object({ tape: name }).strict()),
  'tapes.rename': call<TapeInfo>()(z.object({ tape: name, title }).strict()),
  'tapes.remove': call<null>()(z.object({ tape: name }).strict()),
  /** Takes in a tape, or an asciicast. What is damaged in it is named and left out; what is neither is refused, saying where. */
  'tapes.import': call<TapeImport>()(z.object({ name: z.string().min(1).max(200), base64: z.string().max(64 << 20) }).strict()),
} as const;

export type Contract = typeof contract;
export type ProcedureName = keyof Contract;
export type Input<P extends ProcedureName> = z.infer<Contract[P]['input']>;
export type Output<P extends ProcedureName> = Exclude<Contract[P]['output'], undefined>;
export type CallName = { [P in ProcedureName]: Contract[P]['kind'] extends 'call' ? P : never }[ProcedureName];
export type StreamName = Exclude<ProcedureName, CallName>;
