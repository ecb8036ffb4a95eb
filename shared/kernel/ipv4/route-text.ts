/** Names that routes and rules show in traces, as iproute2 prints them without a user's own names. */
import type { RuleFact } from '../../trace/index.ts';
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import type { Ipv4, Ipv6 } from '../../wire/index.ts';
import type { Rule } from '../model.ts';
import { RouteProtocol, Scope } from '../numbers.ts';
import { tableName } from './fib.ts';

const PROTOCOLS = new Map<number, string>(Object.entries(RouteProtocol).map(([name, number]) => [number, name.toLowerCase()]));
export const protocolName = (protocol: number): string => PROTOCOLS.get(protocol) ?? String(protocol);

const SCOPES = new Map<number, string>([
  [Scope.UNIVERSE, 'global'],
  [Scope.SITE, 'site'],
  [Scope.LINK, 'link'],
  [Scope.HOST, 'host'],
  [Scope.NOWHERE, 'nowhere'],
]);
export const scopeName = (scope: number): string => SCOPES.get(scope) ?? String(scope);

const side = (address: Ipv4 | Ipv6, length: number): string => {
  const text = typeof address === 'number' ? formatIpv4(address) : formatIpv6(address);
  return length === (typeof address === 'number' ? 32 : 128) ? text : `${text}/${length}`;
};

export function ruleFact(rule: Rule): RuleFact {
  const parts = [rule.invert ? 'not from' : 'from', rule.srcLength > 0 ? side(rule.src, rule.srcLength) : 'all'];
  if (rule.dstLength > 0) parts.push('to', side(rule.dst, rule.dstLength));
  if (rule.tos !== 0) parts.push('tos', `0x${rule.tos.toString(16)}`);
  if (rule.fwmask !== 0) parts.push('fwmark', `0x${(rule.fwmark >>> 0).toString(16)}${rule.fwmask === -1 ? '' : `/0x${(rule.fwmask >>> 0).toString(16)}`}`);
  if (rule.inName !== '') parts.push('iif', rule.inName);
  if (rule.outName !== '') parts.push('oif', rule.outName);
  const action = rule.action === 'lookup' ? `lookup ${tableName(rule.table)}` : rule.action === 'goto' ? `goto ${rule.target}` : rule.action;
  return { priority: rule.priority, selector: parts.join(' '), action };
}
