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
export { makeZone, zoneParts } from './conntrack/zone.ts';
export type { ConntrackEvent, ConntrackTable } from './conntrack/table.ts';
export * from './match.ts';
export type * from './match-circumstance.ts';
export type * from './match-headers.ts';
import './sysctls.ts';
export { existingNetfilter, kernelLog, netfilterOf } from './netfilter.ts';
export type { LogLine, Netfilter } from './netfilter.ts';
export * from './nft/model.ts';
export type { RecentEntry } from './recent.ts';
export * from './ruleset.ts';
export * from './sets.ts';
export * from './target.ts';
export type * from './target-more.ts';
