/** Chains and rules as `iptables -L` prints them, and the one line that `-v` gives a rule that is added. */
import { MATCHES } from './matches/index.ts';
import { TARGETS } from './targets/index.ts';
import { type ChainRule, type Family, type InterfacePattern, isExtensionTarget, type MatchInfo, type Selector, type TargetInfo } from '../../kernel/index.ts';
import { protocolName } from '../names/protocols.ts';
import { listAddress } from './addresses.ts';
import type { ListContext, MatchExtension, TargetExtension } from './extension.ts';
import { chainProtocolName } from './option.ts';

export interface ListFormat {
  readonly numeric: boolean;
  /** With counters and interfaces. */
  readonly verbose: boolean;
  /** Counters unabridged. */
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}
/** What a header says of a chain. */
export interface ListedChain {
  readonly name: string;
  /** Null: a user's own. */
  readonly policy: string | null;
  readonly packets: number;
  readonly bytes: number;
  readonly references: number;
}

/** Counters as xtables_print_num abridges them, with a space after. */
function count(number: number, exact: boolean): string {
  if (exact) return `${number}`.padStart(8) + ' ';
  if (number <= 99999) return `${number}`.padStart(5) + ' ';
  let value = number;
  for (const unit of 'KMG') {
    value = Math.floor((value + 500) / 1000);
    if (value <= 9999) return `${value}${unit}`.padStart(5) + ' ';
  }
  return `${Math.floor((value + 500) / 1000)}T`.padStart(5) + ' ';
}
const plain = (number: number, exact: boolean): string => count(number, exact).trimStart();

export function header(chain: ListedChain, format: ListFormat): string {
  let text = `Chain ${chain.name} (`;
  if (chain.policy === null) text += `${chain.references} references)\n`;
  else {
    text += `policy ${chain.policy}`;
    if (format.verbose) text += ` ${plain(chain.packets, format.exact)}packets, ${plain(chain.bytes, format.exact)}bytes`;
    text += ')\n';
  }
  if (format.lineNumbers) text += 'num  ';
  if (format.verbose) text += format.exact ? '    pkts      bytes ' : ' pkts bytes ';
  text += `${'target'.padEnd(9)}  prot opt`;
  if (format.verbose) text += ` ${'in'.padEnd(6)} ${'out'.padEnd(6)} `;
  return `${text} ${'source'.padEnd(19)}  ${'destination'.padEnd(19)} \n`;
}

const KINDS = new Map<string, MatchExtension>();
for (const extension of MATCHES) {
  for (const family of extension.families) {
    const key = `${family} ${extension.init(family).kind}`;
    if (!KINDS.has(key)) KINDS.set(key, extension);
  }
}
const TARGET_KINDS = new Map<string, TargetExtension>();
for (const extension of TARGETS) if (!TARGET_KINDS.has(extension.init('ip').kind)) TARGET_KINDS.set(extension.init('ip').kind, extension);

const listMatch = (info: MatchInfo, context: ListContext): string => KINDS.get(`${context.family} ${info.kind}`)?.list(info, context) ?? '';

function targetName(target: TargetInfo | null): string {
  if (target === null) return '';
  if (target.kind === 'verdict') return target.verdict;
  return isExtensionTarget(target) ? target.kind : target.chain;
}
/** Matches, then the target, as their extensions list them. */
function details(rule: ChainRule, context: ListContext): string {
  const { matches, target } = rule.spec;
  let text = target?.kind === 'goto' ? '[goto] ' : '';
  for (const match of matches) text += listMatch(match, context);
  if (target !== null && isExtensionTarget(target)) text += TARGET_KINDS.get(target.kind)?.list(target, context) ?? '';
  return text;
}
const fragment = (selector: Selector): string => (selector.fragment === null ? '--' : selector.fragment.invert ? '!f' : '-f');
const device = (pattern: InterfacePattern, invert: boolean, numeric: boolean): string =>
  `${invert ? '!' : ''}${pattern === '' ? (numeric ? '*' : 'any') : pattern}`;

export function listRule(rule: ChainRule, number: number, family: Family, format: ListFormat): string {
  const { selector, target } = rule.spec;
  const { numeric } = format;
  const name = numeric ? undefined : (chainProtocolName(selector.protocol) ?? protocolName(selector.protocol));
  let text = format.lineNumbers ? `${number}`.padEnd(4) + ' ' : '';
  if (format.verbose) text += count(rule.packets, format.exact) + count(rule.bytes, format.exact);
  text += targetName(target).padEnd(9) + ' ';
  text += `${selector.invertProtocol ? '!' : ' '}${(name ?? `${selector.protocol}`).padEnd(4)} ${fragment(selector)} `;
  if (format.verbose) {
    text += ` ${device(selector.inInterface, selector.invertInInterface, numeric).padEnd(6)} `;
    text += `${device(selector.outInterface, selector.invertOutInterface, numeric).padEnd(6)} `;
  }
  text += `${selector.invertSource ? '!' : ' '}${listAddress(selector.source, numeric).padEnd(19)} `;
  text += `${selector.invertDestination ? '!' : ' '}${listAddress(selector.destination, numeric).padEnd(19)} `;
  return `${text}${details(rule, { family, numeric, protocol: selector.protocol })}\n`;
}

/** The line of `-v`. */
export function ruleLine(rule: ChainRule, family: Family): string {
  const { selector, target } = rule.spec;
  const name = chainProtocolName(selector.protocol) ?? `${selector.protocol}`;
  let text = `${targetName(target)} ${selector.invertProtocol ? '!' : ' '}${name} opt ${fragment(selector)} `;
  text += `in ${device(selector.inInterface, selector.invertInInterface, true)} out ${device(selector.outInterface, selector.invertOutInterface, true)} `;
  text += `${selector.invertSource ? '!' : ' '}${listAddress(selector.source, true)} ${selector.invertDestination ? '!' : ' '}-> ${listAddress(selector.destination, true)}  `;
  return `${text}${details(rule, { family, numeric: true, protocol: selector.protocol })}\n`;
}
