/** What `ip link` knows of one kind of device (struct link_util): its words behind `type KIND`, and its line of `ip -d link`. */
import type { Device, LinkInfo } from '../../../kernel/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import type { Session } from '../../iproute2/session.ts';
import type { LinkCommand } from '../link-parse.ts';

export interface Kind {
  readonly names: readonly string[];
  /** Without words behind the kind. */
  readonly plain: (name: string, command: LinkCommand) => LinkInfo | undefined;
  /** Absent: the kind takes no words. */
  readonly parse?: (session: Session, args: Arguments, command: LinkCommand, name: string) => LinkInfo | undefined;
  /** What follows `KIND ` in details; absent: nothing, in JSON not even an empty object. */
  readonly print?: (session: Session, device: Device) => void;
  readonly usage?: (name: string) => string;
}

/** `Usage: …` lines. */
export const usageLines = (...rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');
