/**
 * The sysctls of a network namespace (/proc/sys/net): by path, as text. Those that change what packets do are fields of conf.ts; the others keep
 * what was written, so that scripts that set and read them go on.
 * Authority: Documentation/networking/ip-sysctl.rst, kernel/sysctl.c (proc_dointvec…), net/ipv4/devinet.c (devinet_sysctl_forward).
 */
import { done, err, ok, type Errno, type Result } from '../../base/index.ts';
import { parseIpv6 } from '../../wire/index.ts';
import { flushRouteExceptions } from '../ipv4/fib-edit.ts';
import type { Netns } from '../model.ts';
import { touch } from '../notify.ts';
import { SYSCTL_DEFAULTS } from './defaults.ts';
import { changed, settleIpv4 } from './effects.ts';
import { accepted, BITMAPS, parseBitmap } from './kinds.ts';

/** A sysctl that somebody else keeps: connection tracking's, for one. */
export interface SysctlEntry {
  read(netns: Netns): string;
  /** Absent: read-only. */
  write?(netns: Netns, text: string): Result<void, Errno>;
}
/** By path below /proc/sys/net: `netfilter/nf_conntrack_max`. Filled when the module that keeps them is loaded. */
export const SYSCTL_ENTRIES = new Map<string, SysctlEntry>();

/** Names and defaults by directory, with `*` for a device. */
const DEFAULTS = new Map(
  Object.entries(SYSCTL_DEFAULTS).map(([dir, text]) => {
    const entries = text
      .trim()
      .split(/; |\n/)
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const);
    return [dir, new Map(entries)] as const;
  }),
);
const WRITE_ONLY = new Set(['ipv4/route/flush', 'ipv6/route/flush']);
const READ_ONLY = new Set([
  'netfilter/nf_conntrack_buckets',
  'netfilter/nf_conntrack_count',
  'ipv4/tcp_available_congestion_control',
  'ipv4/tcp_ehash_entries',
  'ipv4/udp_hash_entries',
  'mptcp/available_path_managers',
  'mptcp/available_schedulers',
]);
/** Only the first namespace of a machine may change these; elsewhere they can be read. */
const ONLY_FIRST = new Set([
  'core/rmem_default',
  'core/rmem_max',
  'core/wmem_default',
  'core/wmem_max',
  'ipv4/tcp_allowed_congestion_control',
  'netfilter/nf_conntrack_expect_max',
  'netfilter/nf_conntrack_max',
]);
/** Nobody but root reads these. */
const SECRET = new Set(['ipv4/tcp_fastopen_key']);
const isReadOnly = (netns: Netns, path: string): boolean =>
  READ_ONLY.has(path) || path.endsWith('/mc_forwarding') || (ONLY_FIRST.has(path) && netns !== netns.host.initNetns);

/** What was written to sysctls that change nothing here. */
const KEPT = new WeakMap<Netns, Map<string, string>>();

/** Where a number lives: an object of conf.ts and its field. */
export interface Slot {
  readonly object: object;
  readonly field: string;
  /** Stored in milliseconds; shown in this unit. */
  readonly unitMs?: number;
}
const numberAt = (slot: Slot): number => (slot.object as Record<string, number>)[slot.field] ?? 0;
const isSlot = (object: object, field: string): boolean => typeof (object as Record<string, unknown>)[field] === 'number';

/** A tick of USER_HZ, a jiffy of the neighbour tables. */
const CENTISECOND_MS = 10;
const SECOND_MS = 1000;
const NEIGHBOUR_FIELDS: Readonly<Record<string, readonly [string, number?]>> = {
  app_solicit: ['app_solicit'],
  mcast_solicit: ['mcast_solicit'],
  mcast_resolicit: ['mcast_resolicit'],
  ucast_solicit: ['ucast_solicit'],
  proxy_qlen: ['proxy_qlen'],
  unres_qlen_bytes: ['unresQlenBytes'],
  anycast_delay: ['anycastDelayMs', CENTISECOND_MS],
  proxy_delay: ['proxyDelayMs', CENTISECOND_MS],
  locktime: ['locktimeMs', CENTISECOND_MS],
  retrans_time: ['retransTimeMs', CENTISECOND_MS],
  retrans_time_ms: ['retransTimeMs', 1],
  base_reachable_time: ['baseReachableTimeMs', SECOND_MS],
  base_reachable_time_ms: ['baseReachableTimeMs', 1],
  delay_first_probe_time: ['delayFirstProbeTimeMs', SECOND_MS],
  gc_stale_time: ['gcStaleTimeMs', SECOND_MS],
};
const IPV4_NAMES: Readonly<Record<string, string>> = { ipfrag_high_thresh: 'ipfragHighThreshold', ipfrag_time: 'ipfragTimeS' };
const ROUTE_NAMES: Readonly<Record<string, string>> = { mtu_expires: 'routeMtuExpiresS', min_pmtu: 'routeMinPmtu' };
const BRIDGE_NAMES: Readonly<Record<string, string>> = {
  'bridge-nf-call-arptables': 'callArptables',
  'bridge-nf-call-ip6tables': 'callIp6tables',
  'bridge-nf-call-iptables': 'callIptables',
  'bridge-nf-filter-pppoe-tagged': 'filterPppoeTagged',
  'bridge-nf-filter-vlan-tagged': 'filterVlanTagged',
  'bridge-nf-pass-vlan-input-dev': 'passVlanInputDev',
};

/** The directory of a path as DEFAULTS names it, its device (or `all`, `default`), and its last name. */
export interface Name {
  readonly dir: string;
  readonly device: string | undefined;
  readonly leaf: string;
}
function nameOf(path: string): Name | undefined {
  const parts = path.split('/');
  const leaf = parts.at(-1) ?? '';
  if (parts.length === 4 && (parts[1] === 'conf' || parts[1] === 'neigh')) return { dir: `${parts[0] ?? ''}/${parts[1]}/*`, device: parts[2], leaf };
  return { dir: parts.slice(0, -1).join('/'), device: undefined, leaf };
}

function slotOf(netns: Netns, name: Name): Slot | undefined {
  const { dir, device, leaf } = name;
  const found = (object: object | null | undefined, field: string | undefined): Slot | undefined =>
    object && field !== undefined && isSlot(object, field) ? { object, field } : undefined;
  switch (dir) {
    case 'core':
      return found(netns.core, leaf);
    case 'ipv4':
      return leaf === 'ip_forward' ? { object: netns.ipv4All, field: 'forwarding' } : found(netns.ipv4, IPV4_NAMES[leaf] ?? leaf);
    case 'ipv4/route':
      return found(netns.ipv4, ROUTE_NAMES[leaf]);
    case 'ipv4/conf/*':
      return found(device === 'all' ? netns.ipv4All : device === 'default' ? netns.ipv4Default : netns.device(device ?? '')?.ipv4?.conf, leaf);
    case 'ipv6':
      return found(netns.ipv6, leaf === 'ip_nonlocal_bind' ? 'ipv6_ip_nonlocal_bind' : leaf);
    case 'ipv6/icmp':
      return found(netns.ipv6, `icmp_${leaf}`);
    case 'ipv6/conf/*':
      return found(device === 'all' ? netns.ipv6All : device === 'default' ? netns.ipv6Default : netns.device(device ?? '')?.ipv6?.conf, leaf);
    case 'ipv4/neigh/*':
    case 'ipv6/neigh/*': {
      const [field, unitMs] = NEIGHBOUR_FIELDS[leaf] ?? [];
      const is4 = dir.startsWith('ipv4');
      const parms =
        device === 'default'
          ? is4
            ? netns.arpDefault
            : netns.ndDefault
          : is4
            ? netns.device(device ?? '')?.ipv4?.parms
            : netns.device(device ?? '')?.ipv6?.parms;
      const slot = found(parms, field);
      return slot && unitMs !== undefined ? { ...slot, unitMs } : slot;
    }
    case 'bridge':
      return found(netns.bridgeNf, BRIDGE_NAMES[leaf]);
    default:
      return undefined;
  }
}

/** Whether the device of a path is there, or it names none. */
function deviceExists(netns: Netns, { dir, device }: Name): boolean {
  if (device === undefined) return true;
  if (device === 'default' || (device === 'all' && dir.includes('/conf/'))) return true;
  const found = netns.device(device);
  return found !== undefined && found.name === device && (dir.startsWith('ipv4') ? found.ipv4 !== null : found.ipv6 !== null);
}

export type SysctlKind = { readonly kind: 'dir' } | { readonly kind: 'file'; readonly mode: number };

/** What a path below /proc/sys/net is; undefined for nothing. */
export function sysctlKind(netns: Netns, path: string): SysctlKind | undefined {
  if (listSysctls(netns, path).length > 0) return { kind: 'dir' };
  const name = nameOf(path);
  if (!name || !deviceExists(netns, name)) return undefined;
  if (WRITE_ONLY.has(path)) return { kind: 'file', mode: 0o200 };
  const entry = SYSCTL_ENTRIES.get(path);
  if (entry) return { kind: 'file', mode: entry.write && !isReadOnly(netns, path) ? 0o644 : 0o444 };
  if (name.dir === 'ipv6/conf/*' && name.leaf === 'stable_secret') return { kind: 'file', mode: 0o600 };
  if (!DEFAULTS.get(name.dir)?.has(name.leaf)) return undefined;
  return { kind: 'file', mode: isReadOnly(netns, path) ? 0o444 : SECRET.has(path) ? 0o600 : 0o644 };
}

/** Names in a directory below /proc/sys/net ('' is the top), in the kernel's order; empty when it is none. */
export function listSysctls(netns: Netns, dir: string): readonly string[] {
  const parts = dir === '' ? [] : dir.split('/');
  const [family = '', group, device] = parts;
  if (parts.length === 0)
    return ['bridge', 'core', 'ipv4', 'ipv6', 'mptcp', 'netfilter', 'unix'].filter((name) => name !== 'bridge' || netns.host.bridgeNetfilter);
  if (group === 'conf' || group === 'neigh') {
    const devices = [...netns.devices.values()].filter((each) => (family === 'ipv4' ? each.ipv4 : each.ipv6) !== null).map((each) => each.name);
    const names = [...(group === 'conf' ? ['all'] : []), 'default', ...devices].sort();
    if (parts.length === 2) return names;
    return parts.length === 3 && names.includes(device ?? '') ? leavesOf(`${family}/${group}/*`) : [];
  }
  const leaves = [...(DEFAULTS.get(dir)?.keys() ?? [])];
  if (leaves.length === 0) return [];
  const below = [...DEFAULTS.keys()].filter((key) => key.startsWith(`${dir}/`)).map((key) => key.slice(dir.length + 1).split('/')[0] ?? '');
  const extra = [...SYSCTL_ENTRIES.keys()]
    .filter((key) => key.startsWith(`${dir}/`) && !key.slice(dir.length + 1).includes('/'))
    .map((key) => key.slice(dir.length + 1));
  const flush = WRITE_ONLY.has(`${dir}/flush`) ? ['flush'] : [];
  return [...new Set([...leaves, ...below, ...extra, ...flush])].sort();
}

/** Of a device's directory. */
function leavesOf(dir: string): readonly string[] {
  const leaves = [...(DEFAULTS.get(dir)?.keys() ?? [])];
  return dir === 'ipv6/conf/*' ? [...leaves, 'stable_secret'].sort() : leaves;
}

/** The text of a sysctl, with its newline. */
export function readSysctl(netns: Netns, path: string): Result<string, Errno> {
  if (WRITE_ONLY.has(path)) return err('EACCES');
  const entry = SYSCTL_ENTRIES.get(path);
  if (entry) return ok(`${entry.read(netns)}\n`);
  const name = nameOf(path);
  if (!name || !deviceExists(netns, name)) return err('ENOENT');
  if (path === 'ipv4/ip_local_port_range') return ok(`${netns.ipv4.localPortLow}\t${netns.ipv4.localPortHigh}\n`);
  if (name.leaf === 'stable_secret') {
    const secret = KEPT.get(netns)?.get(path);
    return secret === undefined ? err('EIO') : ok(`${secret}\n`);
  }
  const slot = slotOf(netns, name);
  if (slot) return ok(`${slot.unitMs === undefined ? numberAt(slot) : Math.floor(numberAt(slot) / slot.unitMs)}\n`);
  const value = KEPT.get(netns)?.get(path) ?? DEFAULTS.get(name.dir)?.get(name.leaf);
  return value === undefined ? err('ENOENT') : ok(`${value}\n`);
}

/** proc_dointvec: numbers separated by blanks; C's notation. Undefined when it is none. */
function parseNumbers(text: string, count: number): readonly number[] | undefined {
  const words = text
    .trim()
    .split(/[ \t\n]+/)
    .filter((word) => word !== '');
  const numbers: number[] = [];
  for (const word of words.slice(0, count)) {
    const [, sign = '', digits = ''] = /^(-?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(word) ?? [];
    if (digits === '') return undefined;
    const value = /^0[xX]/.test(digits) ? parseInt(digits, 16) : /^0\d/.test(digits) ? parseInt(digits, 8) : Number(digits);
    if (Number.isNaN(value)) return undefined;
    numbers.push(sign === '-' ? -value : value);
  }
  return numbers.length === 0 ? undefined : numbers;
}

/** One write(2) to a sysctl. */
export function writeSysctl(netns: Netns, path: string, text: string): Result<void, Errno> {
  const name = nameOf(path);
  if (!name || !deviceExists(netns, name)) return err('ENOENT');
  if (WRITE_ONLY.has(path)) {
    flushRouteExceptions(netns);
    if (path.startsWith('ipv6/')) for (const route of netns.routes6) route.exceptions = null;
    return done;
  }
  if (isReadOnly(netns, path)) return err('EACCES');
  const entry = SYSCTL_ENTRIES.get(path);
  if (entry) return writeEntry(netns, entry, path, text);
  if (name.dir === 'ipv6/conf/*' && name.leaf === 'stable_secret') return writeSecret(netns, path, text);
  const old = DEFAULTS.get(name.dir)?.get(name.leaf);
  if (old === undefined) return err('ENOENT');
  if (path === 'ipv4/ip_local_port_range' || path === 'ipv4/ping_group_range') return writeRange(netns, path, text);
  const size = BITMAPS[path];
  if (size !== undefined) {
    const set = parseBitmap(text, size);
    return set === undefined ? err('EINVAL') : keepText(netns, path, set);
  }
  if (path === 'ipv4/tcp_congestion_control' && !CONGESTION_CONTROLS.includes(text.trim())) return err('ENOENT');
  const slot = slotOf(netns, name);
  if (!slot) return keep(netns, path, text, old);
  const [number] = parseNumbers(text, 1) ?? [];
  if (number === undefined) return err('EINVAL');
  const known = accepted(kindName(name), number);
  if (!known.ok) return known;
  const { value } = known;
  if (!fits(netns, path, name, value)) return err('EINVAL');
  const before = numberAt(slot);
  (slot.object as Record<string, number>)[slot.field] = slot.unitMs === undefined ? value : value * slot.unitMs;
  if (name.dir === 'ipv4/conf/*') settleIpv4(netns, name, slot, value);
  if (before !== value) changed(netns, name, slot, value);
  touch(netns.host);
  return done;
}

/** The name by which kinds.ts knows it. */
const kindName = ({ dir, leaf }: Name): string => `${dir}/${leaf}`;
const CONGESTION_CONTROLS = ['reno', 'bbr', 'cubic'];

function writeEntry(netns: Netns, entry: SysctlEntry, path: string, text: string): Result<void, Errno> {
  if (!entry.write) return err('EACCES');
  const [number] = parseNumbers(text, 1) ?? [];
  if (number === undefined) return err('EINVAL');
  const known = accepted(path.startsWith('netfilter/') ? path : `netfilter/${path}`, number);
  return known.ok ? entry.write(netns, String(known.value)) : known;
}
/** Bounds that depend on other settings. */
function fits(netns: Netns, path: string, { dir, device, leaf }: Name, value: number): boolean {
  if (path === 'ipv4/ip_unprivileged_port_start') return value <= netns.ipv4.localPortLow;
  if (path === 'ipv4/ipfrag_high_thresh') return value >= Number(readKept(netns, 'ipv4/ipfrag_low_thresh'));
  if (dir === 'ipv6/conf/*' && leaf === 'mtu' && device !== 'all' && device !== 'default') return value <= (netns.device(device ?? '')?.mtu ?? 0);
  return true;
}
const readKept = (netns: Netns, path: string): string => {
  const read = readSysctl(netns, path);
  return read.ok ? read.value.trim() : '';
};

function keep(netns: Netns, path: string, text: string, old: string): Result<void, Errno> {
  if (!/^-?\d+(\t-?\d+)*$/.test(old)) return keepText(netns, path, text.trim());
  const numbers = parseNumbers(text, old.split('\t').length);
  if (numbers === undefined) return err('EINVAL');
  const name = nameOf(path);
  const kept: string[] = [];
  for (const number of numbers) {
    const known = accepted(name === undefined ? path : kindName(name), number);
    if (!known.ok) return known;
    kept.push(String(known.value));
  }
  if (path === 'ipv4/ipfrag_low_thresh' && Number(kept[0]) > netns.ipv4.ipfragHighThreshold) return err('EINVAL');
  const words = (KEPT.get(netns)?.get(path) ?? old).split('\t');
  return keepText(netns, path, [...kept, ...words.slice(kept.length)].join('\t'));
}
function keepText(netns: Netns, path: string, text: string): Result<void, Errno> {
  const kept = KEPT.get(netns) ?? new Map<string, string>();
  KEPT.set(netns, kept);
  kept.set(path, text);
  touch(netns.host);
  return done;
}

/** An address whose bits are the secret (addrconf_sysctl_stable_secret). */
function writeSecret(netns: Netns, path: string, text: string): Result<void, Errno> {
  const address = parseIpv6(text.trim());
  return address === undefined ? err('EIO') : keepText(netns, path, address.replace(/(.{4})(?=.)/g, '$1:'));
}
function writeRange(netns: Netns, path: string, text: string): Result<void, Errno> {
  const numbers = parseNumbers(text, 2);
  if (!numbers) return err('EINVAL');
  const isPorts = path.endsWith('port_range');
  const { ipv4 } = netns;
  const low = numbers[0] ?? 0;
  const high = numbers[1] ?? (isPorts ? ipv4.localPortHigh : ipv4.pingGroupHigh);
  if (isPorts) {
    if (low < 1 || high > 65535 || low > high) return err('EINVAL');
    ipv4.localPortLow = low;
    ipv4.localPortHigh = high;
  } else {
    ipv4.pingGroupLow = low;
    ipv4.pingGroupHigh = high;
    keepText(netns, path, `${low}\t${high}`);
  }
  return done;
}
