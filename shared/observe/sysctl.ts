/** `sysctl -a`, `sysctl NAME…`: `net.ipv4.ip_forward = 1`. A setting that cannot be read is told on standard error, which may stand among the rest. */
import type { Facts } from './facts.ts';
import type { Input } from './input.ts';

export function parseSysctl(input: Input): Facts {
  const sysctls: Record<string, string> = {};
  for (const line of input.lines()) {
    const [, name, value] = /^([\w./:@-]+)\s*=\s?(.*)$/.exec(line.text) ?? [];
    if (name !== undefined && name !== '__proto__') sysctls[dotted(name)] = value!.trimEnd();
    else input.problem(line, 'no setting');
  }
  return { sysctls };
}

/** With slashes, a dot belongs to a name: net/ipv4/conf/eth0.100/rp_filter is net.ipv4.conf.eth0/100.rp_filter. */
const dotted = (name: string): string => (/^[^.]*\//.test(name) ? name.replace(/[./]/g, (c) => (c === '/' ? '.' : '/')) : name);
