/**
 * What the iptables programs work in: one family of one namespace's rules, the program's name, and where its output goes. Pure: the programs
 * pour `output` into their process in the order it was made.
 */
import type { Family } from '../../kernel/index.ts';

export interface Environment {
  /** As messages name it: `iptables`, `ip6tables-restore`. */
  readonly program: string;
  readonly family: Family;
  /** To standard output. */
  print(text: string): void;
  /** To standard error. */
  warn(text: string): void;
  /** `Try … --help`, with the line of a restored file before it. */
  advise(): void;
  /** With what `-h` adds for a target and matches. */
  help(target: string | undefined, matches: readonly string[]): string;
  /** Ends the program for a name that no chain may have. */
  checkChainName(name: string): void;
  lookupSet(name: string): { readonly family: Family | 'any' } | undefined;
}
