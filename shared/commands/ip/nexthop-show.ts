/** One next hop with an id as `ip nexthop`, `ip -d route` and `ip monitor` print it. Authority: ip/ipnexthop.c (__print_nexthop_entry). */
import type { NexthopObject } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import type { Session } from '../iproute2/session.ts';

export function printNexthopObject(session: Session, nexthop: NexthopObject, change: 'new' | 'del' = 'new'): void {
  const { printer } = session;
  printEntry(session, nexthop, null, change);
  printer.text('\n');
  printer.flush();
}
/** Without the end of its line; `ip -d route` shows it within a route, under `key`. */
export function printEntry(session: Session, nexthop: NexthopObject, key: string | null, change: 'new' | 'del' = 'new'): void {
  const { printer, names, options } = session;
  const { members, resilient, scope, protocol } = nexthop;
  if (key === null) printer.openObject();
  else printer.openObject(key);
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  printer.any('id', `id ${nexthop.id} `, nexthop.id);
  if (members !== null) {
    printer.openArray('group');
    printer.text('group ');
    members.forEach(({ id, weight }, i) => {
      printer.openObject();
      if (i > 0) printer.text('/');
      printer.any('id', String(id), id);
      if (weight > 1) printer.any('weight', `,${weight}`, weight);
      printer.closeObject();
    });
    printer.text(' ');
    printer.closeArray();
  }
  if (resilient !== null) {
    printer.any('type', 'type resilient ', 'resilient');
    printer.openObject('resilient_args');
    for (const [name, value] of [
      ['buckets', resilient.buckets],
      ['idle_timer', resilient.idleS],
      ['unbalanced_timer', resilient.unbalancedS],
      ['unbalanced_time', 0],
    ] as const)
      printer.any(name, `${name} ${value} `, value);
    printer.closeObject();
  }
  const gateway = nexthop.gateway6 === null ? (nexthop.gateway === 0 ? undefined : formatIpv4(nexthop.gateway)) : formatIpv6(nexthop.gateway6);
  if (gateway !== undefined) {
    printer.text('via ');
    printer.any('gateway', `${gateway} `, gateway, nexthop.gateway6 === null ? 'inet' : 'inet6');
  }
  if (nexthop.device !== null) {
    printer.text('dev ');
    printer.any('dev', `${nexthop.device.name} `, nexthop.device.name, 'ifname');
  }
  if (scope !== 0 || options.details > 0) printer.any('scope', `scope ${names.scope(scope)} `, names.scope(scope));
  if (nexthop.blackhole) printer.any('blackhole', 'blackhole ', null);
  if (protocol !== 0 || options.details > 0) printer.any('protocol', `proto ${names.protocol(protocol)} `, names.protocol(protocol));
  printer.openArray('flags');
  if (nexthop.onlink) printer.any(null, 'onlink ', 'onlink');
  printer.closeArray();
  if (nexthop.fdb) printer.any('fdb', 'fdb', null);
  printer.closeObject();
}
