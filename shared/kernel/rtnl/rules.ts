/** RTM_NEWRULE and RTM_DELRULE: `ip rule` (net/core/fib_rules.c). */
import { done } from '../../base/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Netns, Rule } from '../model.ts';
import { emit } from '../notify.ts';
import { RouteProtocol } from '../numbers.ts';
import type { RuleRequest } from '../requests.ts';

function fill(netns: Netns, request: RuleRequest): Rule {
  const any = request.family === 4 ? 0 : '';
  const list = request.family === 4 ? netns.rules : netns.rules6;
  const action = request.action ?? 'lookup';
  return {
    family: request.family,
    priority: request.priority ?? defaultPriority(list),
    invert: request.invert === true,
    src: request.src ?? any,
    srcLength: request.srcLength ?? 0,
    dst: request.dst ?? any,
    dstLength: request.dstLength ?? 0,
    tos: request.tos ?? 0,
    fwmark: request.fwmark ?? 0,
    fwmask: request.fwmask ?? (request.fwmark !== undefined && request.fwmark !== 0 ? -1 : 0),
    inName: request.inName ?? '',
    outName: request.outName ?? '',
    l3mdev: request.l3mdev === true,
    uidRange: request.uidRange ?? null,
    ipProtocol: request.ipProtocol ?? 0,
    srcPorts: request.srcPorts ?? null,
    dstPorts: request.dstPorts ?? null,
    action,
    table: action === 'lookup' ? (request.table ?? 0) : 0,
    target: request.target ?? 0,
    suppressPrefixLength: request.suppressPrefixLength ?? -1,
    suppressGroup: request.suppressGroup ?? -1,
    protocol: request.protocol ?? RouteProtocol.UNSPEC,
    ...(request.realms !== undefined && { realms: request.realms }),
  };
}
/** fib_default_rule_pref: one before the second rule. */
function defaultPriority(list: readonly Rule[]): number {
  const second = list[1];
  return second !== undefined && second.priority > 0 ? second.priority - 1 : 0;
}
const samePair = (a: readonly [number, number] | null, b: readonly [number, number] | null): boolean => a?.[0] === b?.[0] && a?.[1] === b?.[1];

export function addRule(netns: Netns, request: RuleRequest): KernelResult {
  const list = request.family === 4 ? netns.rules : netns.rules6;
  const lengthLimit = request.family === 4 ? 32 : 128;
  if ((request.srcLength ?? 0) > lengthLimit || (request.dstLength ?? 0) > lengthLimit) return fail('EINVAL', 'Invalid address length');
  // Where modules cannot be loaded root is that of a user namespace, which knows no other user.
  if (request.uidRange?.some((uid) => uid !== 0 && !netns.host.mayLoadModules)) return fail('EINVAL', 'Invalid uid range');
  for (const [name, ports] of [
    ['sport', request.srcPorts],
    ['dport', request.dstPorts],
  ] as const) {
    if (ports !== undefined && (ports[0] === 0 || ports[0] > ports[1])) return fail('EINVAL', `Invalid ${name} range`);
  }
  if (request.family === 4 && ((request.tos ?? 0) & 3) !== 0) return fail('EINVAL', 'Invalid dsfield (tos): ECN bits must be 0');
  const rule = fill(netns, request);
  if (rule.action === 'lookup' && rule.table === 0 && !rule.l3mdev) return fail('EINVAL', 'Invalid table');
  if (rule.action === 'goto' && rule.target <= rule.priority) return fail('EINVAL', 'Backward goto not supported');
  if (request.exclusive === true && list.some((other) => isSame(other, rule))) return fail('EEXIST');
  let at = list.findIndex((other) => other.priority > rule.priority);
  if (at < 0) at = list.length;
  list.splice(at, 0, rule);
  if (request.family === 4) {
    // From now on local and main are two tables.
    netns.hasCustomRules = true;
  }
  netns.fibGeneration++;
  emit(netns, { kind: 'rule', change: 'new', rule });
  return done;
}
/** rule_exists. */
function isSame(a: Rule, b: Rule): boolean {
  return (
    a.priority === b.priority &&
    a.action === b.action &&
    a.table === b.table &&
    a.invert === b.invert &&
    a.src === b.src &&
    a.srcLength === b.srcLength &&
    a.dst === b.dst &&
    a.dstLength === b.dstLength &&
    a.tos === b.tos &&
    a.fwmark === b.fwmark &&
    a.fwmask === b.fwmask &&
    a.inName === b.inName &&
    a.outName === b.outName &&
    a.l3mdev === b.l3mdev &&
    a.ipProtocol === b.ipProtocol &&
    a.suppressPrefixLength === b.suppressPrefixLength &&
    a.suppressGroup === b.suppressGroup &&
    samePair(a.uidRange, b.uidRange) &&
    samePair(a.srcPorts, b.srcPorts) &&
    samePair(a.dstPorts, b.dstPorts)
  );
}

/** The first rule that agrees with everything given. */
export function deleteRule(netns: Netns, request: RuleRequest): KernelResult {
  const list = request.family === 4 ? netns.rules : netns.rules6;
  const at = list.findIndex((rule) => agrees(rule, request));
  if (at < 0) return fail('ENOENT');
  const [rule] = list.splice(at, 1);
  netns.fibGeneration++;
  if (request.family === 4) netns.hasCustomRules = true;
  emit(netns, { kind: 'rule', change: 'del', rule: rule! });
  return done;
}
function agrees(rule: Rule, request: RuleRequest): boolean {
  const given = <T>(wanted: T | undefined, present: T): boolean => wanted === undefined || wanted === present;
  return (
    given(request.action, rule.action) &&
    (request.table === undefined || request.table === 0 || request.table === rule.table) &&
    given(request.priority, rule.priority) &&
    given(request.inName, rule.inName) &&
    given(request.outName, rule.outName) &&
    (request.fwmark === undefined || request.fwmark === rule.fwmark) &&
    (request.fwmask === undefined || request.fwmask === rule.fwmask) &&
    given(request.target, rule.target) &&
    given(request.ipProtocol, rule.ipProtocol) &&
    given(request.tos, rule.tos) &&
    (request.l3mdev === undefined || request.l3mdev === rule.l3mdev) &&
    (request.invert === undefined || request.invert === rule.invert) &&
    (request.srcLength === undefined || (request.srcLength === rule.srcLength && request.src === rule.src)) &&
    (request.dstLength === undefined || (request.dstLength === rule.dstLength && request.dst === rule.dst)) &&
    (request.uidRange === undefined || samePair(request.uidRange, rule.uidRange)) &&
    (request.srcPorts === undefined || samePair(request.srcPorts, rule.srcPorts)) &&
    (request.dstPorts === undefined || samePair(request.dstPorts, rule.dstPorts)) &&
    given(request.protocol, rule.protocol)
  );
}
