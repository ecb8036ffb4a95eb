/** `ip address`, and the listing part of `ip link`. Authority: ip/ipaddress.c (ipaddr_list_flush_or_save, ipaddr_modify). */
import {
  addAddress,
  addAddress6,
  devicesInOrder,
  removeAddress,
  removeAddress6,
  syncLink,
  type Address6Request,
  type AddressRequest,
  type CreateFlags,
  type Device,
} from '../../kernel/index.ts';
import { ipv4Mask, isIpv4Loopback, type Ipv4 } from '../../wire/index.ts';
import type { Sys } from '../../shell/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { Family, isMulticast, NO_PREFIX, takeAddress, takePrefix, type Prefix } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { ADDRESS_FLAGS, AddressFlag, addressesOf, passes, printAddress, type ShownAddress } from './address-show.ts';
import { beginSave, restoreAddresses, saveAddresses, showAddresses } from './dump/transfer.ts';
import { linkFilter, type LinkFilter } from './filter.ts';
import { printLink } from './link-show.ts';
import { printStatistics } from './statistics.ts';
import { addressUsage, linkUsage } from './usage.ts';
import { takeVrf } from './vrf.ts';

const CHANGES: readonly { readonly word: string; readonly exact?: true; readonly flags: CreateFlags }[] = [
  { word: 'add', flags: { create: true, exclusive: true } },
  { word: 'change', flags: { replace: true } },
  { word: 'chg', exact: true, flags: { replace: true } },
  { word: 'replace', flags: { create: true, replace: true } },
];

export function addressCommand(session: Session, words: readonly string[]): number | Sys<number> {
  const args = new Arguments(words);
  if (args.isAtEnd) return listAddresses(session, args, 'address');
  const rest = new Arguments(words.slice(1));
  const change = CHANGES.find(({ word, exact }) => (exact ? args.is(word) : args.begins(word)));
  if (change) return modify(session, 'new', change.flags, rest);
  if (args.begins('delete')) return modify(session, 'delete', {}, rest);
  if (args.begins('list', 'show', 'lst')) return listAddresses(session, rest, 'address');
  if (args.begins('flush')) return listAddresses(session, rest, 'address', 'flush');
  if (args.begins('save')) return save(session, rest);
  if (args.begins('showdump')) return showAddresses(session);
  if (args.begins('restore')) return restoreAddresses(session);
  if (args.begins('help')) leave(255, addressUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip address help".\n`);
}

/** `dynamic`, `-tentative`, `primary` …: sets what flags an address must have. */
function readFlag(word: string, filter: LinkFilter): boolean {
  let inverse = word.startsWith('-');
  let name = inverse ? word.slice(1) : word;
  if (name === 'dynamic' || name === 'primary') {
    inverse = !inverse;
    name = name === 'dynamic' ? 'permanent' : 'secondary';
  }
  const flag = ADDRESS_FLAGS.find((each) => each.name === name);
  if (!flag) return false;
  filter.flags = inverse ? filter.flags & ~flag.mask : filter.flags | flag.mask;
  filter.flagMask |= flag.mask;
  return true;
}

function readFilter(session: Session, args: Arguments, mode: 'link' | 'address'): { filter: LinkFilter; device: string | undefined } {
  const filter = linkFilter(session.options.oneline);
  filter.showQueue = true;
  filter.family = session.options.family;
  let device: string | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('to')) {
      filter.prefix = takePrefix(args.next(), filter.family);
      if (filter.family === Family.UNSPEC) filter.family = filter.prefix.family;
    } else if (args.is('scope')) {
      const word = args.next();
      const scope = session.names.parseScope(word);
      if (scope === undefined && word !== 'all') invalidArgument('invalid "scope"\n', word);
      filter.scope = scope ?? 255;
      filter.scopeMask = scope === undefined ? 0 : -1;
    } else if (args.is('up')) filter.up = true;
    else if (readFlag(args.word, filter)) continue;
    else if (args.is('label')) filter.label = args.next();
    else if (args.is('group')) filter.group = session.names.parseGroup(args.next()) ?? invalidArgument('Invalid "group" value\n', args.word);
    else if (args.is('master')) filter.master = session.indexOf(args.next()) || invalidArgument('Device does not exist\n', args.word);
    else if (args.is('vrf')) filter.master = takeVrf(session, args.next(), 'Not a valid VRF name\n').index;
    else if (args.is('nomaster')) filter.master = -1;
    else if (args.is('type')) {
      const word = args.next();
      if (word.endsWith('_slave')) filter.slaveKind = word.slice(0, -'_slave'.length);
      else filter.kind = word;
    } else {
      if (args.is('dev')) args.next();
      else if (args.begins('help')) leave(255, mode === 'link' ? linkUsage() : addressUsage());
      if (device !== undefined) duplicateOrGarbage('dev', args.word);
      device = args.word;
    }
  }
  return { filter, device };
}

/** `ip link show` and `ip address show`, `flush`. */
export function listAddresses(session: Session, args: Arguments, asked: 'link' | 'address', action: 'show' | 'flush' = 'show'): number {
  const { options, printer, netns, process } = session;
  if (asked === 'link') session.listsLinks = true;
  const mode = session.listsLinks ? 'link' : asked;
  if (mode === 'link') options.family = Family.PACKET;
  if (action === 'flush') {
    if (args.isAtEnd) giveUp(USAGE_ERROR, 'Flush requires arguments.\n');
    if (options.family === Family.PACKET) giveUp(USAGE_ERROR, 'Cannot flush link addresses.\n');
  }
  const { filter, device } = readFilter(session, args, mode);
  if (device !== undefined) filter.ifindex = session.indexOf(device) || giveUp(USAGE_ERROR, `Device "${device}" does not exist.\n`);
  if (action === 'flush') return flush(session, filter);
  printer.startJson(options.json, options.pretty);
  const only = filter.ifindex === 0 ? undefined : netns.devices.get(filter.ifindex);
  if (filter.ifindex !== 0 && !only) {
    printer.error('RTNETLINK answers: No such device\nCannot send link request: No such device\n');
    printer.endJson();
    return 0;
  }
  // asking for one device by name or index brings its operational state up to date (linkwatch_sync_dev)
  if (only) syncLink(only);
  else if (filter.family === Family.INET6) filter.tells = 'inet6';
  const shown = only ? [only] : devicesInOrder(netns).filter((each) => passesDump(each, filter));
  for (const each of shown) {
    const addresses = filter.family === Family.PACKET ? [] : addressesOf(each, process.nowUs);
    if (filter.family !== Family.PACKET && !hasShownAddress(addresses, filter)) continue;
    printer.openObject();
    const printed = options.brief || !filter.oneline || filter.family === Family.PACKET ? printLink(session, each, filter, mode) : 'brief';
    if (printed !== 'hidden' && filter.family !== Family.PACKET) printSelected(session, each, addresses, filter);
    if (printed === 'whole' && mode === 'address' && options.stats > 0) {
      printStatistics(session, each, 'stats64');
      printer.newLine();
    }
    printer.closeObject();
  }
  printer.flush();
  printer.endJson();
  return 0;
}
/** Of the filter only the device and the family count. */
function save(session: Session, args: Arguments): number {
  const { filter, device } = readFilter(session, args, 'address');
  const index = device === undefined ? 0 : session.indexOf(device) || giveUp(USAGE_ERROR, `Device "${device}" does not exist.\n`);
  beginSave(session, 'address');
  const devices = devicesInOrder(session.netns).filter((each) => index === 0 || each.index === index);
  return saveAddresses(session, devices, session.options.family === Family.UNSPEC ? Family.UNSPEC : filter.family, index !== 0);
}

/** What the kernel leaves out of a dump itself. */
function passesDump(device: Device, filter: LinkFilter): boolean {
  if (filter.tells === 'inet6') return filter.master <= 0 && filter.kind === undefined;
  if (filter.master > 0 && device.master?.index !== filter.master) return false;
  if (filter.master < 0 && device.master) return false;
  return filter.kind === undefined || device.kind === filter.kind;
}
/** ipaddr_filter: devices without any address stay when no family was asked for. */
function hasShownAddress(addresses: readonly ShownAddress[], filter: LinkFilter): boolean {
  if (addresses.length === 0) return filter.family === Family.UNSPEC;
  return addresses.some((address) => passes(address, { ...filter, ifindex: 0 }));
}
function printSelected(session: Session, device: Device, addresses: readonly ShownAddress[], filter: LinkFilter): void {
  const { printer, options } = session;
  printer.openArray('addr_info');
  for (const address of addresses) {
    if (filter.family !== Family.UNSPEC && filter.family !== address.family) continue;
    if (filter.up && !device.isUp) continue;
    printer.openObject();
    printAddress(session, address, filter);
    printer.closeObject();
  }
  printer.closeArray();
  if (options.brief) {
    printer.text('\n');
    printer.flush();
  }
}

function flush(session: Session, filter: LinkFilter): number {
  const { options, printer, netns, process } = session;
  const most = options.maxFlushRounds;
  for (let round = 0; most === 0 || round < most; round++) {
    const devices = filter.ifindex === 0 ? devicesInOrder(netns) : devicesInOrder(netns).filter((device) => device.index === filter.ifindex);
    const chosen = devices.flatMap((device) => addressesOf(device, process.nowUs)).filter((address) => passes(address, filter));
    if (options.stats > 1) for (const address of chosen) printAddress(session, address, { ...filter, oneline: true });
    const isDone = chosen.length === 0;
    if (isDone && options.stats > 0)
      printer.out(round === 0 ? 'Nothing to flush.\n' : `*** Flush is complete after ${round} round${round > 1 ? 's' : ''} ***\n`);
    if (isDone) return 0;
    for (const address of chosen) {
      const done = remove(session, address);
      // an address may have gone with another before it
      if (!done.ok && done.error.errno !== 'EADDRNOTAVAIL') giveUp(USAGE_ERROR, `Failed to send flush request: ${done.error.errno}\n`);
    }
    if (options.stats > 0) printer.out(`\n*** Round ${round + 1}, deleting ${chosen.length} addresses ***\n`);
    // only primaries: those that were promoted meanwhile stay
    if ((filter.flags & AddressFlag.SECONDARY) === 0 && (filter.flagMask & AddressFlag.SECONDARY) !== 0) {
      if (options.stats > 0) printer.out(`*** Flush is complete after ${round + 1} round${round + 1 > 1 ? 's' : ''} ***\n`);
      return 0;
    }
  }
  return giveUp(1, `*** Flush remains incomplete after ${most} rounds. ***\n`);
}
function remove(session: Session, address: ShownAddress): ReturnType<typeof removeAddress> {
  const { netns } = session;
  const device = address.device.index;
  if (address.family === Family.INET6) return removeAddress6(netns, { device, local: address.local as string, prefixLength: address.prefixLength });
  const request: AddressRequest = {
    device,
    local: address.local as Ipv4,
    prefixLength: address.prefixLength,
    ...(address.label !== undefined && { label: address.label }),
  };
  return removeAddress(netns, { ...request, peer: (address.peer ?? address.local) as Ipv4 });
}

function readLifetime(args: Arguments, key: 'valid_lft' | 'preferred_lft', given: boolean): number {
  if (given) duplicateArgument(key, args.word);
  const word = args.next();
  return word === 'forever' ? Infinity : (parseU32(word) ?? invalidArgument(`${key} value`, word));
}

function modify(session: Session, command: 'new' | 'delete', flags: CreateFlags, args: Arguments): number {
  const { names, netns, printer } = session;
  let { family } = session.options;
  let local: Prefix | undefined;
  let localWord = '';
  let peer: Prefix | undefined;
  let broadcast: Prefix | '+' | '-' | undefined;
  let anycast = false;
  let scope: number | undefined;
  let device: string | undefined;
  let label: string | undefined;
  let metric: number | undefined;
  let valid: number | undefined;
  let preferred: number | undefined;
  let addressFlags = 0;
  const settle = (prefix: Prefix): Prefix => {
    if (family === Family.UNSPEC) ({ family } = prefix);
    return prefix;
  };
  for (; !args.isAtEnd; args.advance()) {
    const flag = ADDRESS_FLAGS.find((each) => each.name === args.word);
    if (args.is('peer') || args.is('remote')) {
      const word = args.next();
      if (peer) duplicateArgument('peer', word);
      peer = settle(takePrefix(word, family));
    } else if (args.begins('broadcast') || args.is('brd')) {
      const word = args.next();
      if (broadcast !== undefined) duplicateArgument('broadcast', word);
      broadcast = word === '+' || word === '-' ? word : settle(takeAddress(word, family));
    } else if (args.is('anycast')) {
      const word = args.next();
      if (anycast) duplicateArgument('anycast', word);
      settle(takeAddress(word, family));
      anycast = true;
    } else if (args.is('scope')) scope = names.parseScope(args.next()) ?? invalidArgument('invalid scope value.', args.word);
    else if (args.is('dev')) device = args.next();
    else if (args.is('label')) label = args.next();
    else if (args.begins('metric', 'priority', 'preference')) metric = parseU32(args.next()) ?? invalidArgument('"metric" value is invalid\n', args.word);
    else if (args.begins('valid_lft')) valid = readLifetime(args, 'valid_lft', valid !== undefined);
    else if (args.begins('preferred_lft')) preferred = readLifetime(args, 'preferred_lft', preferred !== undefined);
    else if (flag) {
      if (flag.readOnly) printer.error(`Warning: ${flag.name} option is not mutable from userspace\n`);
      else if (flag.only6 && family !== Family.INET6) printer.error(`Warning: ${flag.name} option can be set only for IPv6 addresses\n`);
      else addressFlags |= flag.mask;
    } else {
      if (args.is('local')) args.next();
      if (args.begins('help')) leave(255, addressUsage());
      if (local) duplicateOrGarbage('local', args.word);
      localWord = args.word;
      local = settle(takePrefix(args.word, family));
    }
  }
  if (device === undefined) return giveUp(USAGE_ERROR, 'Not enough information: "dev" argument is required.\n');
  let hasPeer = peer !== undefined;
  if (!peer && local) {
    if (command === 'delete' && local.family === Family.INET && !local.hasLength) {
      printer.error(
        'Warning: Executing wildcard deletion to stay compatible with old scripts.\n' +
          `         Explicitly specify the prefix length (${localWord}/${local.bytes * 8}) to avoid this warning.\n` +
          '         This special behaviour is likely to disappear in further releases,\n         fix your scripts!\n',
      );
    } else {
      peer = local;
      hasPeer = true;
    }
  }
  // A deletion without a length names no IFA_ADDRESS: any length will do.
  const isWildcard = command === 'delete' && !peer && local?.family === Family.INET;
  const prefixLength = isWildcard ? -1 : (peer && peer !== local ? peer.bits : 0) || (local?.bits ?? 0);
  let broadcastAddress: Ipv4 | undefined;
  if (broadcast === '+' || broadcast === '-') {
    if (command === 'new') {
      if (family !== Family.INET) return giveUp(USAGE_ERROR, 'Broadcast can be set only for IPv4 addresses\n');
      const from = peer ?? NO_PREFIX;
      if (from.bits <= 30) broadcastAddress = broadcast === '+' ? from.v4 | ~ipv4Mask(from.bits) : from.v4 & ipv4Mask(from.bits);
    }
  } else if (broadcast) broadcastAddress = broadcast.v4;
  if (scope === undefined && command === 'new') scope = local?.family === Family.INET && isIpv4Loopback(local.v4) ? 254 : 0;
  const index = session.requireIndex(device);
  if (valid !== undefined || preferred !== undefined) {
    if (valid === 0) giveUp(USAGE_ERROR, 'valid_lft is zero\n');
    if ((valid ?? Infinity) < (preferred ?? Infinity)) giveUp(USAGE_ERROR, 'preferred_lft is greater than valid_lft\n');
  }
  if ((addressFlags & AddressFlag.MCAUTOJOIN) !== 0) {
    if (!local || !isMulticast(local)) giveUp(USAGE_ERROR, 'autojoin needs multicast address\n');
    giveUp(KERNEL_ERROR, 'not modelled: autojoin\n');
  }
  if (!local) return giveUp(KERNEL_ERROR, `RTNETLINK answers: ${family === Family.UNSPEC ? 'Operation not supported' : 'Invalid argument'}\n`);
  const shared = {
    ...flags,
    device: index,
    prefixLength,
    ...(scope !== undefined && { scope }),
    ...(metric !== undefined && { metric }),
    ...((addressFlags & AddressFlag.NOPREFIXROUTE) !== 0 && { noPrefixRoute: true }),
    ...(valid !== undefined && valid !== Infinity && { validS: valid }),
    ...(preferred !== undefined && preferred !== Infinity && { preferredS: preferred }),
  };
  if (family === Family.INET6) {
    const request: Address6Request = {
      ...shared,
      local: local.v6,
      ...(peer && peer !== local && { peer: peer.v6 }),
      ...((addressFlags & AddressFlag.NODAD) !== 0 && { noDad: true }),
      ...((addressFlags & AddressFlag.OPTIMISTIC) !== 0 && { optimistic: true }),
      ...((addressFlags & AddressFlag.HOMEADDRESS) !== 0 && { home: true }),
      ...((addressFlags & AddressFlag.MANAGETEMPADDR) !== 0 && { manageTemp: true }),
    };
    return session.accept(command === 'new' ? addAddress6(netns, request) : removeAddress6(netns, request)) ? 0 : KERNEL_ERROR;
  }
  const request: AddressRequest = {
    ...shared,
    local: local.v4,
    ...(hasPeer && { peer: peer!.v4 }),
    ...(broadcastAddress !== undefined && { broadcast: broadcastAddress }),
    ...(label !== undefined && { label }),
  };
  return session.accept(command === 'new' ? addAddress(netns, request) : removeAddress(netns, request)) ? 0 : KERNEL_ERROR;
}
