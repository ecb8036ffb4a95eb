/** What a command line of iptables asks for, once it has been read. */
import type { ExtensionTarget, MaskedAddress, MatchInfo, Selector, TargetInfo } from '../../kernel/index.ts';
import type { MatchExtension, TargetExtension } from './extension.ts';

export type CommandKind =
  | 'append'
  | 'delete'
  | 'delete-number'
  | 'check'
  | 'insert'
  | 'replace'
  | 'list'
  | 'list-rules'
  | 'flush'
  | 'zero'
  | 'zero-number'
  | 'new-chain'
  | 'delete-chain'
  | 'rename-chain'
  | 'policy';

export interface UsedMatch {
  readonly extension: MatchExtension;
  readonly info: MatchInfo;
  readonly seen: Set<string>;
  /** A later one of the same name takes the options. */
  completed: boolean;
}
export interface UsedTarget {
  readonly extension: TargetExtension;
  readonly info: ExtensionTarget;
  readonly seen: Set<string>;
}
/** A rule before its addresses are multiplied out. */
export interface ParsedRule {
  readonly selector: Selector;
  readonly sources: readonly MaskedAddress[];
  readonly destinations: readonly MaskedAddress[];
  readonly matches: readonly UsedMatch[];
  readonly target: TargetInfo | null;
  readonly extension: TargetExtension | null;
  /** `-c`. */
  readonly packets: number;
  readonly bytes: number;
}
export interface Command {
  readonly kinds: ReadonlySet<CommandKind>;
  readonly table: string;
  readonly chain: string | undefined;
  /** 1-based; 0: none. */
  readonly ruleNumber: number;
  readonly newName: string;
  readonly policy: string | undefined;
  readonly verbose: number;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly rule: ParsedRule;
}

/** Asked for help or the version: nothing else is done. */
export type Parsed = { readonly kind: 'command'; readonly command: Command } | { readonly kind: 'text'; readonly text: string } | { readonly kind: 'ignored' };
