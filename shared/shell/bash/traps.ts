/** What `trap` set: commands for signals and for EXIT, ERR, DEBUG and RETURN. */
import type { Bytes } from '../../base/index.ts';
import { parseSignal, signalNumber, type SignalName } from '../process/signals.ts';

export type TrapName = SignalName | 'EXIT' | 'ERR' | 'DEBUG' | 'RETURN';

const PSEUDO = new Set(['EXIT', 'ERR', 'DEBUG', 'RETURN']);
const PSEUDO_NUMBERS: Readonly<Record<string, number>> = { EXIT: 0, DEBUG: 65, ERR: 66, RETURN: 67 };

export function parseTrapName(text: Bytes): TrapName | undefined {
  const name = text.toUpperCase();
  if (text === '0') return 'EXIT';
  const bare = name.replace(/^SIG/, '');
  if (PSEUDO.has(bare)) return bare as TrapName;
  return parseSignal(text);
}
export const isSignal = (name: TrapName): name is SignalName => !PSEUDO.has(name);
/** As `trap -p` prints it: `EXIT`, `SIGINT`. */
export const trapLabel = (name: TrapName): Bytes => (isSignal(name) ? `SIG${name}` : name);
const order = (name: TrapName): number => (isSignal(name) ? signalNumber(name) : (PSEUDO_NUMBERS[name] ?? 0));

export class Traps {
  /** '' ignores. */
  private readonly commands = new Map<TrapName, Bytes>();
  /** Those that a subshell only remembers: `trap -p` in it shows its parent's until it sets its own. */
  private inherited: ReadonlyMap<TrapName, Bytes> | undefined = undefined;
  /** Signals that were ignored when the shell began: they cannot be trapped. */
  readonly ignoredAtStart = new Set<SignalName>();
  /** Raised since; their commands run between two commands. */
  readonly pending: SignalName[] = [];
  /** The EXIT trap has had its turn. */
  hasExited = false;
  /** A trap does not interrupt itself. */
  readonly running = new Set<TrapName>();

  get(name: TrapName): Bytes | undefined {
    return this.commands.get(name);
  }
  set(name: TrapName, command: Bytes | undefined): void {
    this.inherited = undefined;
    if (command === undefined) this.commands.delete(name);
    else this.commands.set(name, command);
  }
  list(): { readonly name: TrapName; readonly command: Bytes }[] {
    const shown = this.inherited ?? this.commands;
    return [...shown].map(([name, command]) => ({ name, command })).sort((a, b) => order(a.name) - order(b.name));
  }
  /** For a subshell: ignored signals stay so, other traps are gone but still shown. */
  copy(): Traps {
    const twin = new Traps();
    for (const [name, command] of this.commands) if (command === '' && isSignal(name)) twin.commands.set(name, '');
    twin.inherited = new Map(this.inherited ?? this.commands);
    twin.kept = this.commands;
    for (const name of this.ignoredAtStart) twin.ignoredAtStart.add(name);
    return twin;
  }
  private kept: ReadonlyMap<TrapName, Bytes> = new Map();
  /** ERR, DEBUG and RETURN go on in subshells under `set -E` and `set -T`. */
  keep(name: 'ERR' | 'DEBUG' | 'RETURN'): void {
    const command = this.kept.get(name);
    if (command !== undefined) this.commands.set(name, command);
  }
}
