/** Programs about the machine itself: sysctls, processes, namespaces, mounts, files. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Program } from '../../shell/index.ts';
import { DIGEST_TOOLS } from './digest.ts';
import { dmesg } from './dmesg.ts';
import { EDITORS } from './editors.ts';
import { find } from './find.ts';
import { flock } from './flock.ts';
import { fuser } from './fuser.ts';
import { getent } from './getent.ts';
import { getopt } from './getopt.ts';
import { MEMORY_TOOLS } from './memory.ts';
import { TERMINAL_TOOLS } from './tput.ts';
import { VARIOUS_TOOLS } from './various.ts';
import { w } from './w.ts';
import { hostname } from './hostname.ts';
import { NAMESPACE_TOOLS } from './namespaces.ts';
import { nstat } from './nstat.ts';
import { ps } from './ps.ts';
import { pstree } from './pstree.ts';
import { strings } from './strings.ts';
import { SIGNALLING_TOOLS } from './signalling.ts';
import { SMALL_TOOLS } from './small.ts';
import { sysctl } from './sysctl.ts';

const all = (tools: Readonly<Record<string, Program>>, origin: string): InstalledProgram[] =>
  Object.entries(tools).map(([name, main]) => ({ path: `/usr/bin/${name}`, main, origin }));

export const SYSTEM_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/sbin/sysctl', main: sysctl, origin: 'procps-ng 4.0.2' },
  ...all({ fuser, pstree }, 'psmisc 23.6'),
  ...all({ strings }, 'binutils 2.40'),
  ...all({ ps, w, ...MEMORY_TOOLS }, 'procps-ng 4.0.2'),
  ...all({ getopt, ...VARIOUS_TOOLS }, 'util-linux 2.38.1'),
  ...all(TERMINAL_TOOLS, 'ncurses 6.4'),
  ...all(SIGNALLING_TOOLS, 'procps-ng 4.0.2'),
  ...all(NAMESPACE_TOOLS, 'util-linux 2.38.1'),
  ...all(SMALL_TOOLS, 'Debian 12'),
  { path: '/usr/bin/nstat', main: nstat, origin: 'iproute2 6.1' },
  { path: '/usr/bin/getent', main: getent, origin: 'glibc 2.36' },
  { path: '/usr/bin/dmesg', main: dmesg, origin: 'util-linux 2.38.1' },
  { path: '/usr/bin/flock', main: flock, origin: 'util-linux 2.38.1' },
  ...all({ hostname, dnsdomainname: hostname, domainname: hostname, nisdomainname: hostname, ypdomainname: hostname }, 'hostname 3.23'),
  { path: '/usr/bin/find', main: find, origin: 'findutils 4.9.0' },
  ...all(DIGEST_TOOLS, 'coreutils 9.1'),
  ...EDITORS,
];
