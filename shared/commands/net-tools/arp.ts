/** arp(8) of net-tools 2.10. Authority: arp.c. Deviation: only Ethernet entries; `-N` is as the program says: not supported. */
import { strerror, type Bytes } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { deleteArp, setArp, type ArpRequest } from './arp-change.ts';
import { features, hardwareList, hardwareNamed, hardwareOf, isFamily, parseEther, VERSION } from './families.ts';
import { resolveName, showHost } from './names.ts';
import { rowsOf } from './proc-file.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

const OPTIONS: readonly OptionSpec[] = [
  { id: 'a', short: 'a', long: 'all', argument: 'none' },
  { id: 'e', short: 'e', argument: 'none' },
  { id: 's', short: 's', long: 'set', argument: 'none' },
  { id: 'd', short: 'd', long: 'delete', argument: 'none' },
  { id: 'v', short: 'v', long: 'verbose', argument: 'none' },
  { id: 'n', short: 'n', long: 'numeric', argument: 'none' },
  { id: 'i', short: 'i', long: 'device', argument: 'required' },
  { id: 'D', short: 'D', long: 'use-device', argument: 'none' },
  { id: 'A', short: 'A', long: 'protocol', argument: 'required' },
  { id: 'A', short: 'p', argument: 'required' },
  { id: 'f', short: 'f', long: 'file', argument: 'none' },
  { id: 'H', short: 'H', long: 'hw-type', argument: 'required' },
  { id: 'H', short: 't', argument: 'required' },
  { id: 'h', short: 'h', long: 'help', argument: 'none' },
  { id: 'N', short: 'N', long: 'symbolic', argument: 'none' },
  { id: 'V', short: 'V', long: 'version', argument: 'none' },
];
const HELP = [
  'Usage:',
  '  arp [-vn]  [<HW>] [-i <if>] [-a] [<hostname>]             <-Display ARP cache',
  '  arp [-v]          [-i <if>] -d  <host> [pub]               <-Delete ARP entry',
  '  arp [-vnD] [<HW>] [-i <if>] -f  [<filename>]            <-Add entry from file',
  '  arp [-v]   [<HW>] [-i <if>] -s  <host> <hwaddr> [temp]            <-Add entry',
  "  arp [-v]   [<HW>] [-i <if>] -Ds <host> <if> [netmask <nm>] pub          <-''-",
  '',
  '        -a                       display (all) hosts in alternative (BSD) style',
  '        -e                       display (all) hosts in default (Linux) style',
  '        -s, --set                set a new ARP entry',
  '        -d, --delete             delete a specified entry',
  '        -v, --verbose            be verbose',
  "        -n, --numeric            don't resolve names",
  '        -i, --device             specify network interface (e.g. eth0)',
  '        -D, --use-device         read <hwaddr> from given device',
  '        -A, -p, --protocol       specify protocol family',
  '        -f, --file               read new entries from file or from /etc/ethers',
  '',
  "  <HW>=Use '-H <hw>' to specify hardware address type. Default: ether",
  '  List of possible hardware types (which support ARP):',
  '',
].join('\n');
const FEATURES = '+I18N +SELINUX';
const NAME_MAX = 15;
const FAILED = 255;
const OPTION_ERROR = 3;

interface Given {
  readonly has: (id: string) => boolean;
  /** '' for any. */
  readonly device: Bytes;
  /** undefined for any. */
  readonly hardware: string | undefined;
}

const main: Program = function* (p) {
  const { options, operands, error } = parseOptions(p.argv, OPTIONS);
  let device = '';
  let hardware: string | undefined;
  let family = 'inet';
  let action = 'show';
  for (const { id, argument = '' } of options) {
    if (id === 'V') return (yield* p.print(VERSION + features(FEATURES, ' (ether)')), 0);
    if (id === 'h') {
      yield* p.error(hardwareList('arp'));
      yield* p.print(HELP);
      return 0;
    }
    if (id === 'N') yield* p.error('arp: -N not yet supported.\n');
    else if (id === 'i') device = argument.slice(0, NAME_MAX);
    else if (id === 'A') {
      family = argument;
      if (!isFamily(family)) return (yield* p.error(`arp: ${family}: unknown address family.\n`), FAILED);
    } else if (id === 'H') {
      hardware = argument;
      if (hardwareNamed(hardware) === undefined) return (yield* p.error(`arp: ${hardware}: unknown hardware type.\n`), FAILED);
    } else if (id in ACTIONS || id === 'a' || id === 'f') action = id;
  }
  if (error !== undefined) return (yield* p.error(error + HELP + hardwareList('arp')), OPTION_ERROR);
  if (family !== 'inet') return (yield* p.error(`arp: ${family}: kernel only supports 'inet'.\n`), FAILED);
  if (hardware !== undefined && hardwareNamed(hardware)?.hasAddress !== true)
    return (yield* p.error(`arp: ${hardware}: hardware type without ARP support.\n`), FAILED);
  const given: Given = { has: (id) => options.some((each) => each.id === id), device, hardware };
  if (action === 's' || action === 'd') return yield* finish(p, ACTIONS[action](p, given, operands));
  if (action === 'f') return yield* fromFile(p, given, operands[0] ?? '/etc/ethers');
  return yield* show(p, given, operands[0], action === 'a' && !given.has('e') ? 'bsd' : 'linux');
};

/** What is said where, and the status. */
interface Ending {
  readonly status: number;
  readonly output?: Bytes;
  readonly error?: Bytes;
}
function* finish(p: Process, { status, output = '', error = '' }: Ending): Sys<number> {
  yield* p.error(error);
  yield* p.print(output);
  return status;
}
const failed = (error: Bytes): Ending => ({ status: FAILED, error });
const USAGE: Ending = { status: OPTION_ERROR, error: HELP + hardwareList('arp') };

/** `temp`, `pub`, `dev eth0`, …: the words behind an address. */
interface Modifiers {
  isPermanent: boolean;
  publishes: boolean;
  keepsPrivate: boolean;
  isAutomatic: boolean;
  netmask: number | undefined;
  device: Bytes;
}
function readModifiers(p: Process, words: readonly Bytes[], device: Bytes): Modifiers | Ending {
  const found: Modifiers = { isPermanent: true, publishes: false, keepsPrivate: false, isAutomatic: false, netmask: undefined, device };
  const args = [...words];
  while (args.length > 0) {
    const word = args.shift();
    if (word === 'temp') found.isPermanent = false;
    else if (word === 'pub') found.publishes = true;
    else if (word === 'priv') found.keepsPrivate = true;
    else if (word === 'auto') found.isAutomatic = true;
    else if (word === 'dev') {
      const name = args.shift();
      if (name === undefined) return USAGE;
      found.device = name.slice(0, NAME_MAX);
    } else if (word === 'netmask') {
      const text = args.shift();
      if (text === undefined) return USAGE;
      if (text === '255.255.255.255') continue;
      const mask = resolveName(p, text);
      if (typeof mask === 'string') return failed(mask);
      found.netmask = mask.address;
    } else if (word !== 'trail' && word !== 'dontpub') return USAGE;
  }
  return found;
}
const isEnding = (found: Modifiers | Ending): found is Ending => 'status' in found;

const ACTIONS = {
  s(p: Process, given: Given, [host, hardware, ...words]: readonly Bytes[]): Ending {
    if (host === undefined) return failed('arp: need host name\n');
    const found = resolveName(p, host);
    if (typeof found === 'string') return failed(found);
    if (hardware === undefined) return failed('arp: need hardware address\n');
    const mac = given.has('D') ? macOf(p, hardware, given.hardware) : etherOf(hardware);
    if (typeof mac === 'string') return failed(mac);
    const modifiers = readModifiers(p, words, given.device);
    if (isEnding(modifiers)) return modifiers;
    const { isPermanent, publishes, isAutomatic, netmask, device } = modifiers;
    const request = {
      address: found.address,
      mac,
      isPermanent,
      isPublished: publishes && words.lastIndexOf('priv') < words.lastIndexOf('pub'),
      isAutomatic,
      netmask,
      device,
    };
    const errno = setArp(netnsOf(p), request);
    return errno === null ? { status: 0 } : failed(`SIOCSARP: ${strerror(errno)}\n`);
  },
  d(p: Process, given: Given, [host, ...words]: readonly Bytes[]): Ending {
    if (host === undefined) return failed('arp: need host name\n');
    const found = resolveName(p, host);
    if (typeof found === 'string') return failed(found);
    const modifiers = readModifiers(p, words, given.device);
    if (isEnding(modifiers)) return modifiers;
    const { isPermanent, isAutomatic, netmask, device, publishes, keepsPrivate } = modifiers;
    const request: ArpRequest = { address: found.address, mac: undefined, isPermanent, isPublished: false, isAutomatic, netmask, device };
    const nobody: Ending = { status: FAILED, output: `No ARP entry for ${host}\n` };
    if (keepsPrivate || !publishes) {
      const errno = deleteArp(netnsOf(p), request);
      if (errno === null) return { status: 0 };
      if (errno !== 'ENXIO' && errno !== 'ENOENT') return failed(`SIOCDARP(dontpub): ${strerror(errno)}\n`);
      if (keepsPrivate && !publishes) return nobody;
    }
    const errno = deleteArp(netnsOf(p), { ...request, isPublished: true });
    if (errno === null) return { status: 0 };
    return errno === 'ENXIO' || errno === 'ENOENT' ? nobody : failed(`SIOCDARP(pub): ${strerror(errno)}\n`);
  },
};
function macOf(p: Process, name: Bytes, hardware: string | undefined): number | Bytes {
  const device = netnsOf(p).device(name);
  if (!device) return `arp: cant get HW-Address for \`${name}': ${strerror('ENODEV')}.\n`;
  if (hardware !== undefined && hardwareOf(device.hardwareType, device.address).name !== hardware) return 'arp: protocol type mismatch.\n';
  return device.address;
}
const etherOf = (text: Bytes): number | Bytes => parseEther(text) ?? 'arp: invalid hardware address\n';

/** Each line a host and a hardware address, in either order. */
function* fromFile(p: Process, given: Given, path: Bytes): Sys<number> {
  const file = p.fs.readFile(path);
  if (!file.ok) return (yield* p.error(`arp: cannot open etherfile ${path} !\n`), FAILED);
  const lines = file.value.split('\n');
  for (const [i, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [first, second, ...rest] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (first === undefined || second === undefined) yield* p.error(`arp: format error on line ${i + 1} of etherfile ${path} !\n`);
    else {
      const words = first.includes(':') ? [second, first, ...rest] : [first, second, ...rest];
      const status = yield* finish(p, ACTIONS.s(p, given, words));
      if (status !== 0) yield* p.error(`arp: cannot set entry on line ${i + 1} of etherfile ${path} !\n`);
    }
  }
  return 0;
}

const ATF = { COMPLETE: 2, PERMANENT: 4, PUBLISHED: 8 } as const;
const HEAD = 'Address                  HWtype  HWaddress           Flags Mask            Iface\n';

function* show(p: Process, given: Given, name: Bytes | undefined, style: 'bsd' | 'linux'): Sys<number> {
  let wanted = '';
  if (name !== undefined) {
    const found = resolveName(p, name);
    if (typeof found === 'string') return (yield* p.error(found), FAILED);
    wanted = formatIpv4(found.address);
  }
  const rows = rowsOf(p, '/proc/net/arp', 1);
  if (typeof rows === 'string') return (yield* p.error(rows), FAILED);
  const how = given.has('n') ? 'numeric' : 'names';
  let shown = '';
  let count = 0;
  for (const row of rows) {
    const [ip = '', typeText = '', flagText = '', mac = '', , device = ''] = row.trim().split(/\s+/);
    const type = parseInt(typeText, 16);
    const { name: kind } = hardwareOf(type, 0);
    if ((given.hardware !== undefined && kind !== given.hardware) || (wanted !== '' && ip !== wanted) || (given.device !== '' && device !== given.device))
      continue;
    count++;
    const flags = parseInt(flagText, 16);
    const host = showHost(p, parseIpv4(ip) ?? 0, how);
    const known = host === ip ? '?' : host;
    shown += style === 'bsd' ? bsdLine(known, ip, kind, flags, mac, device) : linuxLine(known === '?' ? ip : known, kind, flags, mac, device);
  }
  yield* p.print(style === 'linux' && count > 0 ? HEAD + shown : shown);
  if (given.has('v')) yield* p.print(`Entries: ${rows.length}\tSkipped: ${rows.length - count}\tFound: ${count}\n`);
  if (count > 0) return 0;
  if (wanted !== '' && !given.has('a')) yield* p.print(`${name} (${wanted}) -- no entry\n`);
  else if (given.hardware !== undefined || wanted !== '' || given.device !== '') yield* p.print(`arp: in ${rows.length} entries no match found.\n`);
  return 0;
}
function linuxLine(name: Bytes, kind: string, flags: number, mac: Bytes, device: Bytes): Bytes {
  const letters = `${(flags & ATF.COMPLETE) !== 0 ? 'C' : ''}${(flags & ATF.PERMANENT) !== 0 ? 'M' : ''}${(flags & ATF.PUBLISHED) !== 0 ? 'P' : ''}`;
  const [type, address] = (flags & ATF.COMPLETE) !== 0 ? [kind, mac] : (flags & ATF.PUBLISHED) !== 0 ? ['*', '<from_interface>'] : ['', '(incomplete)'];
  return `${name.slice(0, 23).padEnd(23)}  ${type.padEnd(8)}${address.padEnd(20)}${letters.padEnd(6)}${''.padEnd(15)} ${device}\n`;
}
function bsdLine(name: Bytes, ip: Bytes, kind: string, flags: number, mac: Bytes, device: Bytes): Bytes {
  const address = (flags & ATF.COMPLETE) !== 0 ? `${mac} [${kind}] ` : (flags & ATF.PUBLISHED) !== 0 ? '<from_interface> ' : '<incomplete> ';
  const words = `${(flags & ATF.PERMANENT) !== 0 ? 'PERM ' : ''}${(flags & ATF.PUBLISHED) !== 0 ? 'PUB ' : ''}`;
  return `${name} (${ip}) at ${address}${words}on ${device}\n`;
}

const DECLARATION: Declaration = { synopsis: '[options] [hostname] [hw_addr]', options: declaredOptions(OPTIONS) };
export const ARP: InstalledProgram = { path: '/usr/sbin/arp', main: declared(DECLARATION, main), origin: 'net-tools 2.10' };
