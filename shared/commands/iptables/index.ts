/**
 * iptables: iptables, ip6tables, their -save and -restore, as iptables-nft 1.8.9 answers.
 *
 *     parseSaved(text)         // a file of iptables-save as tables, for those who read live machines
 *     runIptables(argv, …)     // a command line on a ruleset
 */
export { formatAddress, isAny, savedMask } from './addresses.ts';
export { IPTABLES_PROGRAMS, restoreRules } from './programs.ts';
