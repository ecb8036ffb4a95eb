/**
 * netfilter: rules, connections and translation, as iptables-nft drives them on Linux.
 *
 *     const { conntrack } = netfilterOf(netns);
 *     const batch = new Batch(netfilterOf(netns).ruleset('ip'), checkRule);
 *
 * Knows no command line: rules come as data (`RuleSpec`) with their text beside them.
 */
export { checkRule } from './check.ts';
export * from './conntrack/connection.ts';
export type { ConntrackEvent, ConntrackTable } from './conntrack/table.ts';
export { ConntrackSettings } from './conntrack/settings.ts';
export { ADDRESS_TYPES } from './match.ts';
export type { Address, AddressType, CtState, Family, InterfacePattern, MaskedAddress, MatchInfo, MatchKind, MatchOf, Range, Selector, SetReference } from './match.ts';
import './sysctls.ts';
export { existingNetfilter, kernelLog, Netfilter, netfilterOf, type Ipv6Services, type LogLine } from './netfilter.ts';
export { Batch, BUILTIN, Chain, Ruleset, Table, TABLE_NAMES, type ChainType, type RuleSpec, type TableName } from './ruleset.ts';
export { Rule as NetfilterRule } from './ruleset.ts';
export * from './sets.ts';
export { isExtensionTarget } from './target.ts';
export type { ExtensionTarget, RejectType, TargetInfo, TargetKind, TargetOf } from './target.ts';
