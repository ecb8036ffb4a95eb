/** `-j REJECT` of both families (libipt_REJECT, libip6t_REJECT). */
import type { Family, RejectTarget, RejectType } from '../../../kernel/index.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { usage } from '../exit.ts';

/** Name and alias, in the order that abbreviations are looked up. */
const TYPES: Readonly<Record<Family, readonly (readonly [RejectType, string])[]>> = {
  ip: [
    ['icmp-net-unreachable', 'net-unreach'],
    ['icmp-host-unreachable', 'host-unreach'],
    ['icmp-proto-unreachable', 'proto-unreach'],
    ['icmp-port-unreachable', 'port-unreach'],
    ['icmp-net-prohibited', 'net-prohib'],
    ['icmp-host-prohibited', 'host-prohib'],
    ['tcp-reset', 'tcp-rst'],
    ['icmp-admin-prohibited', 'admin-prohib'],
  ],
  ip6: [
    ['icmp6-no-route', 'no-route'],
    ['icmp6-adm-prohibited', 'adm-prohibited'],
    ['icmp6-addr-unreachable', 'addr-unreach'],
    ['icmp6-port-unreachable', 'port-unreach'],
    ['tcp-reset', 'tcp-reset'],
    ['icmp6-policy-fail', 'policy-fail'],
    ['icmp6-reject-route', 'reject-route'],
  ],
};

export const reject = defineTarget<RejectTarget>({
  name: 'REJECT',
  families: BOTH,
  options: [{ name: 'reject-with', id: 'with', type: 'string' }],
  init: (family) => ({ kind: 'REJECT', with: family === 'ip' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable' }),
  parse(info, call, context) {
    const wanted = call.argument.toLowerCase();
    const found = TYPES[context.family].find(([name, alias]) => name.startsWith(wanted) || alias.startsWith(wanted));
    if (found) {
      info.with = found[0];
      return;
    }
    if ('echo-reply'.startsWith(wanted) || 'echoreply'.startsWith(wanted)) context.warn('--reject-with echo-reply no longer supported\n');
    usage(`unknown reject type "${call.argument}"`);
  },
  save: (info) => ` --reject-with ${info.with}`,
  list: (info) => ` reject-with ${info.with}`,
});
