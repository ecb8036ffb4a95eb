/**
 * Sessions and process groups (credentials(7)): what job control acts on. Groups are objects, because numbers repeat
 * between pid namespaces.
 */
import type { SignalName } from './signals.ts';

/** The terminal that a session's /dev/tty is. */
export interface ControllingTerminal {
  /** The session's leader is gone: the terminal belongs to nobody. */
  abandon(): void;
}

export class Session {
  terminal: ControllingTerminal | undefined = undefined;
  leader: GroupMember | undefined = undefined;
  constructor(readonly sid: number) {}
}

export interface GroupMember {
  raise(signal: SignalName): void;
}

export class ProcessGroup {
  readonly members = new Set<GroupMember>();
  constructor(
    readonly pgid: number,
    readonly session: Session,
  ) {}
  raise(signal: SignalName): void {
    for (const member of [...this.members]) member.raise(signal);
  }
}
