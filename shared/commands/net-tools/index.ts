/** net-tools 2.10: ifconfig, route, arp, netstat, the old way to see and change the network. They read /proc/net and ask by ioctl(2). */
import type { InstalledProgram } from '../../machine/index.ts';
import { ARP } from './arp.ts';
import { IFCONFIG } from './ifconfig.ts';
import { NETSTAT } from './netstat.ts';
import { ROUTE } from './route.ts';

export const NET_TOOLS: readonly InstalledProgram[] = [IFCONFIG, ROUTE, ARP, NETSTAT];
