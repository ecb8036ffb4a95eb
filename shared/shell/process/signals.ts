/**
 * Signals of x86 Linux: numbers, names, what each does by default (signal(7)), and the words bash says when one ends
 * a job (strsignal(3)).
 */
const TABLE = [
  ['HUP', 1, 'end', 'Hangup'],
  ['INT', 2, 'end', 'Interrupt'],
  ['QUIT', 3, 'core', 'Quit'],
  ['ILL', 4, 'core', 'Illegal instruction'],
  ['TRAP', 5, 'core', 'Trace/breakpoint trap'],
  ['ABRT', 6, 'core', 'Aborted'],
  ['BUS', 7, 'core', 'Bus error'],
  ['FPE', 8, 'core', 'Floating point exception'],
  ['KILL', 9, 'end', 'Killed'],
  ['USR1', 10, 'end', 'User defined signal 1'],
  ['SEGV', 11, 'core', 'Segmentation fault'],
  ['USR2', 12, 'end', 'User defined signal 2'],
  ['PIPE', 13, 'end', 'Broken pipe'],
  ['ALRM', 14, 'end', 'Alarm clock'],
  ['TERM', 15, 'end', 'Terminated'],
  ['STKFLT', 16, 'end', 'Stack fault'],
  ['CHLD', 17, 'ignore', 'Child exited'],
  ['CONT', 18, 'continue', 'Continued'],
  ['STOP', 19, 'stop', 'Stopped (signal)'],
  ['TSTP', 20, 'stop', 'Stopped'],
  ['TTIN', 21, 'stop', 'Stopped (tty input)'],
  ['TTOU', 22, 'stop', 'Stopped (tty output)'],
  ['URG', 23, 'ignore', 'Urgent I/O condition'],
  ['XCPU', 24, 'core', 'CPU time limit exceeded'],
  ['XFSZ', 25, 'core', 'File size limit exceeded'],
  ['VTALRM', 26, 'end', 'Virtual timer expired'],
  ['PROF', 27, 'end', 'Profiling timer expired'],
  ['WINCH', 28, 'ignore', 'Window changed'],
  ['IO', 29, 'end', 'I/O possible'],
  ['PWR', 30, 'end', 'Power failure'],
  ['SYS', 31, 'core', 'Bad system call'],
] as const;

export type SignalName = (typeof TABLE)[number][0];
export type SignalAction = (typeof TABLE)[number][2];

/** In order of their numbers. */
export const SIGNAL_NAMES: readonly SignalName[] = TABLE.map((row) => row[0]);

const ROWS = new Map<SignalName, (typeof TABLE)[number]>(TABLE.map((row) => [row[0], row]));
const BY_NUMBER = new Map<number, SignalName>(TABLE.map((row) => [row[1], row[0]]));

export const signalNumber = (name: SignalName): number => ROWS.get(name)?.[1] ?? 0;
export const signalAction = (name: SignalName): SignalAction => ROWS.get(name)?.[2] ?? 'end';
export const signalWords = (name: SignalName): string => ROWS.get(name)?.[3] ?? '';
export const signalOfNumber = (number: number): SignalName | undefined => BY_NUMBER.get(number);

/** `TERM`, `SIGTERM`, `term` or `15`; undefined for what is no signal. */
export function parseSignal(text: string): SignalName | undefined {
  if (/^\d+$/.test(text)) return signalOfNumber(Number(text));
  const name = text.toUpperCase().replace(/^SIG/, '');
  const alias = { CLD: 'CHLD', POLL: 'IO', IOT: 'ABRT' }[name] ?? name;
  return ROWS.has(alias as SignalName) ? (alias as SignalName) : undefined;
}

/** How a process ended or changed, as wait(2) reports it. */
export type ChildStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: SignalName }
  | { readonly kind: 'stopped'; readonly signal: SignalName }
  | { readonly kind: 'continued' };

/** `$?` of a shell for it. */
export function exitStatusOf(status: ChildStatus): number {
  if (status.kind === 'exited') return status.code;
  if (status.kind === 'continued') return 0;
  return 128 + signalNumber(status.signal);
}
