/** How a shell itself takes signals, where no trap says otherwise (bash(1), SIGNALS). */
import type { SignalName } from '../../process/signals.ts';
import type { Shell } from '../shell.ts';

const IGNORED_AT_A_PROMPT: readonly SignalName[] = ['TERM', 'QUIT', 'TSTP', 'TTIN', 'TTOU'];

/** At the start of a shell or subshell. */
export function installSignals(shell: Shell): void {
  for (const [signal, disposition] of shell.process.dispositions) if (disposition === 'ignore' && !shell.isSubshell) shell.traps.ignoredAtStart.add(signal);
  restoreSignal(shell, 'INT');
  if (!shell.isInteractive) return;
  for (const signal of IGNORED_AT_A_PROMPT) restoreSignal(shell, signal);
}

const FATAL: readonly SignalName[] = ['HUP', 'TERM', 'PIPE', 'ALRM', 'USR1', 'USR2', 'XCPU', 'XFSZ', 'VTALRM'];

/** A shell with an EXIT trap runs it before a signal ends it. */
export function watchFatalSignals(shell: Shell): void {
  for (const signal of FATAL) {
    if (shell.process.disposition(signal) !== 'default') continue;
    shell.process.on(signal, () => {
      shell.dying ??= signal;
    });
  }
}

/** As before any trap. */
export function restoreSignal(shell: Shell, signal: SignalName): void {
  const { process } = shell;
  if (process.disposition(signal) === 'ignore' && shell.traps.ignoredAtStart.has(signal)) return;
  if (signal === 'INT') {
    process.on('INT', () => {
      shell.isInterrupted = true;
    });
  } else if (shell.isInteractive && IGNORED_AT_A_PROMPT.includes(signal)) process.on(signal, 'ignore');
  else {
    process.on(signal, 'default');
    if (shell.traps.get('EXIT')) watchFatalSignals(shell);
  }
}
