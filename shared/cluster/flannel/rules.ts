/** FLANNEL-POSTRTG and FLANNEL-FWD (pkg/trafficmngr/iptables), written by iptables-restore as flannel does. */
import type { Process, Sys } from '../../shell/index.ts';
import { runProgram } from '../run-program.ts';

/** Its status: 0 when the rules are there. */
export function* setupRules(p: Process, network: string, subnet: string): Sys<number> {
  const note = (text: string): string => `-m comment --comment "flanneld ${text}"`;
  const masq = note('masq');
  const nat = [
    `-A POSTROUTING ${masq} -j FLANNEL-POSTRTG`,
    `-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${subnet} -d ${network} ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${network} -d ${subnet} ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG ! -s ${network} -d ${subnet} ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${network} ! -d 224.0.0.0/4 ${masq} -j MASQUERADE --random-fully`,
    `-A FLANNEL-POSTRTG ! -s ${network} -d ${network} ${masq} -j MASQUERADE --random-fully`,
  ];
  const forward = note('forward');
  const filter = [
    `-A FORWARD ${forward} -j FLANNEL-FWD`,
    `-A FLANNEL-FWD -s ${network} ${forward} -j ACCEPT`,
    `-A FLANNEL-FWD -d ${network} ${forward} -j ACCEPT`,
  ];
  const text = `*nat\n:FLANNEL-POSTRTG - [0:0]\n${nat.join('\n')}\nCOMMIT\n*filter\n:FLANNEL-FWD - [0:0]\n${filter.join('\n')}\nCOMMIT\n`;
  // started anew: what an earlier run appended to POSTROUTING and FORWARD is there already
  const check = ['iptables', '-t', 'nat', '-C', 'POSTROUTING', '-m', 'comment', '--comment', 'flanneld masq', '-j', 'FLANNEL-POSTRTG'];
  const { status: present } = yield* runProgram(p, check);
  if (present === 0) return 0;
  const { status } = yield* runProgram(p, ['iptables-restore', '--wait', '--noflush'], text);
  return status;
}
