/** Bounds of buffers that sysctls set: the third number of tcp_rmem, and rmem_max. */
import type { Netns } from '../model.ts';
import { readSysctl } from '../sysctl/sysctl.ts';

export function receiveLimit(netns: Netns): number {
  const rmem = readSysctl(netns, 'ipv4/tcp_rmem');
  const core = readSysctl(netns, 'core/rmem_max');
  return Math.max(rmem.ok ? Number(rmem.value.trim().split(/\s+/)[2]) : 0, core.ok ? Number(core.value) : 0);
}
