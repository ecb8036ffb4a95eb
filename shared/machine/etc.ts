/**
 * The files of a freshly installed machine under /etc: Debian 12's, as far as programs read them. Text by absolute path.
 */
import { protocolsFile, servicesFile } from './etc-databases.ts';

const lines = (...rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

/** `/etc/iproute2` (names of tables, protocols, scopes; iproute2 6.1). */
const IPROUTE2: Readonly<Record<string, string>> = {
  rt_tables: lines('#', '# reserved values', '#', '255\tlocal', '254\tmain', '253\tdefault', '0\tunspec', '#', '# local', '#', '#1\tinr.ruhep'),
  rt_scopes: lines('#', '# reserved values', '#', '0\tglobal', '255\tnowhere', '254\thost', '253\tlink', '#', '# pseudo-reserved', '#', '200\tsite'),
  rt_realms: lines('#', '# reserved values', '#', '0\tcosmos'),
  group: lines('# device group names', '0\tdefault'),
  rt_protos: lines(
    '#',
    '# Reserved protocols.',
    '#',
    ...['0\tunspec', '1\tredirect', '2\tkernel', '3\tboot', '4\tstatic', '8\tgated', '9\tra', '10\tmrt', '11\tzebra', '12\tbird', '13\tdnrouted'],
    ...['14\txorp', '15\tntk', '16\tdhcp', '18\tkeepalived', '42\tbabel', '99\topenr', '186\tbgp', '187\tisis', '188\tospf', '189\trip', '192\teigrp'],
  ),
  rt_dsfield: lines(
    '# Differentiated field values',
    ...['0x0\tdefault', '0x28\tAF11', '0x30\tAF12', '0x38\tAF13', '0x48\tAF21', '0x50\tAF22', '0x58\tAF23', '0x68\tAF31', '0x70\tAF32', '0x78\tAF33'],
    ...['0x88\tAF41', '0x90\tAF42', '0x98\tAF43', '0x20\tCS1', '0x40\tCS2', '0x60\tCS3', '0x80\tCS4', '0xA0\tCS5', '0xC0\tCS6', '0xE0\tCS7', '0xB8\tEF'],
  ),
};

/** A user that can log in or owns files. */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

export interface EtcOptions {
  readonly hostname: string;
  /** Besides root and the system's own. */
  readonly users: readonly User[];
  /** Lines for /etc/hosts: address and names. */
  readonly hosts: readonly string[];
  readonly nameservers: readonly string[];
}

const knownHosts = new WeakMap<readonly string[], string>();
/** One text for all machines that know the same hosts: their files share it. */
function known(hosts: readonly string[]): string {
  const text = knownHosts.get(hosts) ?? lines(...hosts);
  knownHosts.set(hosts, text);
  return text;
}

/** The text files of /etc that differ between machines, by absolute path. */
export function hostFiles(options: EtcOptions): ReadonlyMap<string, string> {
  const people = options.users.map((user) => `${user.name}:x:${user.uid}:${user.uid}::${user.home}:/bin/bash`);
  return new Map<string, string>([
    ['/etc/hostname', lines(options.hostname)],
    ['/etc/hosts', lines('127.0.0.1\tlocalhost', `127.0.1.1\t${options.hostname}`, '::1\tip6-localhost ip6-loopback') + known(options.hosts)],
    ['/etc/resolv.conf', lines(...options.nameservers.map((server) => `nameserver ${server}`))],
    [
      '/etc/passwd',
      lines(
        'root:x:0:0:root:/root:/bin/bash',
        'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
        'bin:x:2:2:bin:/bin:/usr/sbin/nologin',
        'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
        'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
        ...people,
      ),
    ],
    [
      '/etc/group',
      lines('root:x:0:', 'daemon:x:1:', 'bin:x:2:', 'www-data:x:33:', 'nogroup:x:65534:', ...options.users.map((user) => `${user.name}:x:${user.uid}:`)),
    ],
  ]);
}

/** Those that every machine has. */
export function etcFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ['/etc/nsswitch.conf', lines('passwd:         files', 'group:          files', 'hosts:          files dns', 'networks:       files')],
    ['/etc/host.conf', lines('multi on')],
    ['/etc/networks', lines('default\t\t0.0.0.0', 'loopback\t127.0.0.0', 'link-local\t169.254.0.0')],
    ['/etc/services', servicesFile()],
    ['/etc/protocols', protocolsFile()],
    ['/etc/shells', lines('/bin/sh', '/bin/bash', '/usr/bin/bash')],
    ['/etc/debian_version', lines('12.5')],
    [
      '/etc/os-release',
      lines(
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
        'NAME="Debian GNU/Linux"',
        'VERSION_ID="12"',
        'VERSION="12 (bookworm)"',
        'VERSION_CODENAME=bookworm',
        'ID=debian',
      ),
    ],
    ['/etc/ethertypes', lines('IPv4\t0800\tip ip4', 'ARP\t0806\tether-arp', 'IPv6\t86DD\tip6', '802_1Q\t8100\t8021q 1q 802.1q dot1q')],
  ]);
  for (const [name, text] of Object.entries(IPROUTE2)) files.set(`/etc/iproute2/${name}`, text);
  return files;
}

/** Directories of a freshly installed machine, parents first. */
export const DIRECTORIES: readonly string[] = [
  ...['/etc', '/etc/iproute2', '/etc/iproute2/rt_tables.d', '/etc/iproute2/rt_protos.d', '/etc/cni', '/etc/cni/net.d', '/etc/default', '/etc/sysctl.d'],
  ...['/usr', '/usr/bin', '/usr/sbin', '/usr/lib', '/usr/local', '/usr/local/bin', '/usr/local/sbin', '/usr/share', '/opt', '/opt/cni', '/opt/cni/bin'],
  ...['/root', '/home', '/tmp', '/run', '/var', '/var/lib', '/var/log', '/var/tmp', '/dev', '/proc', '/sys', '/mnt', '/media', '/srv', '/boot'],
];

/** Links that merge the old places into /usr and /run. */
export const LINKS: Readonly<Record<string, string>> = {
  '/bin': 'usr/bin',
  '/sbin': 'usr/sbin',
  '/lib': 'usr/lib',
  '/var/run': '/run',
  '/var/lock': '/run/lock',
  '/etc/mtab': '../proc/self/mounts',
};
