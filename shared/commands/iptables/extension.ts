/**
 * What an extension is to the command: its options and how its data is read, checked, saved and listed. One file an extension in matches/ and
 * targets/; the kernel's side of the same data is in kernel/netfilter. `save` is the inverse of `parse`.
 */
import type { ExtensionTarget, Family, MatchInfo, Selector } from '../../kernel/index.ts';
import type { OptionCall, OptionEntry } from './option.ts';

/** What an extension may look at while a rule is read. */
export interface ParseContext {
  readonly family: Family;
  /** The rule's selector as far as it has been read. */
  readonly selector: Pick<Selector, 'protocol' | 'invertProtocol'>;
  /** Further words of the command line, for options with two arguments: the next one unless it begins with `-` or `!`. */
  readonly takeOperand: () => string | undefined;
  readonly warn: (line: string) => void;
  /** Whether a set of this name exists, and of which family. */
  readonly lookupSet: (name: string) => { readonly family: Family | 'any' } | undefined;
}

/** How listings are made. */
export interface ListContext {
  readonly family: Family;
  readonly numeric: boolean;
  readonly protocol: number;
}

interface Extension<I> {
  /** As `-m` and `-j` name it. */
  readonly name: string;
  readonly families: readonly Family[];
  readonly options: readonly OptionEntry[];
  /** Options are read by hand, as extensions of the old kind do: nothing is checked but what `parse` checks. */
  readonly byHand?: true;
  init(family: Family): I;
  parse(info: I, call: OptionCall, context: ParseContext, seen: Set<string>): void;
  /** After the last option; may complete the data. */
  check?(info: I, seen: ReadonlySet<string>, context: ParseContext): void;
  /** Options as iptables-save prints them, each with a space before it. */
  save(info: I, context: ListContext): string;
  /** As iptables -L prints it, with a space before it; '' for nothing. */
  list(info: I, context: ListContext): string;
}

export interface MatchExtension<I extends MatchInfo = MatchInfo> extends Extension<I> {
  /** The name in listings, where it is not the one that was given. */
  alias?(info: I): string;
}
export interface TargetExtension<I extends ExtensionTarget = ExtensionTarget> extends Extension<I> {
  alias?(info: I): string;
}

/** An extension with its data's type hidden, for tables of them. */
export const defineMatch = <I extends MatchInfo>(extension: MatchExtension<I>): MatchExtension => extension;
export const defineTarget = <I extends ExtensionTarget>(extension: TargetExtension<I>): TargetExtension => extension;

export const BOTH: readonly Family[] = ['ip', 'ip6'];

/** A string as iptables-save quotes it, with a space before it (xtables_save_string). */
export function quote(text: string): string {
  return /^[\w-]+$/.test(text) ? ` ${text}` : ` "${text.replace(/["\\']/g, (char) => `\\${char}`)}"`;
}
