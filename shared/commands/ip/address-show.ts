/** One address as `ip address` and `ip monitor` print it. Authority: ip/ipaddress.c (print_addrinfo, ipaddr_filter), net/ipv4/devinet.c (inet_fill_ifaddr). */
import type { Device, Ipv4Address, Ipv6Address } from '../../kernel/index.ts';
import type { Ipv4, Ipv6 } from '../../wire/index.ts';
import { Family, familyName, formatAddress, sameBits } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import type { LinkFilter } from './filter.ts';

/** IFA_F_*. */
export const AddressFlag = {
  SECONDARY: 0x01,
  NODAD: 0x02,
  OPTIMISTIC: 0x04,
  DADFAILED: 0x08,
  HOMEADDRESS: 0x10,
  DEPRECATED: 0x20,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
  MANAGETEMPADDR: 0x100,
  NOPREFIXROUTE: 0x200,
  MCAUTOJOIN: 0x400,
  STABLE_PRIVACY: 0x800,
} as const;

/** Words for flags: of `ip address show`, and of `add` where a user may set them. In the order in which they are printed. */
export const ADDRESS_FLAGS: readonly { readonly name: string; readonly mask: number; readonly readOnly: boolean; readonly only6: boolean }[] = [
  { name: 'secondary', mask: AddressFlag.SECONDARY, readOnly: true, only6: false },
  { name: 'temporary', mask: AddressFlag.SECONDARY, readOnly: true, only6: false },
  { name: 'nodad', mask: AddressFlag.NODAD, readOnly: false, only6: true },
  { name: 'optimistic', mask: AddressFlag.OPTIMISTIC, readOnly: false, only6: true },
  { name: 'dadfailed', mask: AddressFlag.DADFAILED, readOnly: true, only6: true },
  { name: 'home', mask: AddressFlag.HOMEADDRESS, readOnly: false, only6: true },
  { name: 'deprecated', mask: AddressFlag.DEPRECATED, readOnly: true, only6: true },
  { name: 'tentative', mask: AddressFlag.TENTATIVE, readOnly: true, only6: true },
  { name: 'permanent', mask: AddressFlag.PERMANENT, readOnly: true, only6: true },
  { name: 'mngtmpaddr', mask: AddressFlag.MANAGETEMPADDR, readOnly: false, only6: true },
  { name: 'noprefixroute', mask: AddressFlag.NOPREFIXROUTE, readOnly: false, only6: false },
  { name: 'autojoin', mask: AddressFlag.MCAUTOJOIN, readOnly: false, only6: false },
  { name: 'stable-privacy', mask: AddressFlag.STABLE_PRIVACY, readOnly: true, only6: true },
];

/** An address of either family, as a netlink message tells it. */
export interface ShownAddress {
  readonly device: { readonly index: number; readonly name: string };
  readonly family: Family;
  readonly local: Ipv4 | Ipv6;
  /** The other end, when it is not `local`. */
  readonly peer: Ipv4 | Ipv6 | undefined;
  readonly prefixLength: number;
  readonly broadcast: Ipv4 | undefined;
  readonly scope: number;
  readonly flags: number;
  readonly label: string | undefined;
  readonly metric: number;
  /** Seconds left; undefined: for ever. */
  readonly validS: number | undefined;
  readonly preferredS: number | undefined;
}

const secondsLeft = (untilUs: number | null, nowUs: number): number | undefined =>
  untilUs === null ? undefined : Math.max(0, Math.floor((untilUs - nowUs) / 1e6));

export function shownIpv4(address: Ipv4Address, nowUs: number): ShownAddress {
  const preferredS = secondsLeft(address.preferredUntilUs, nowUs);
  const flags =
    (address.secondary ? AddressFlag.SECONDARY : 0) |
    (address.validUntilUs === null ? AddressFlag.PERMANENT : 0) |
    (preferredS === 0 ? AddressFlag.DEPRECATED : 0) |
    (address.noPrefixRoute ? AddressFlag.NOPREFIXROUTE : 0);
  return {
    device: address.device,
    family: Family.INET,
    local: address.local,
    peer: address.address === address.local ? undefined : address.address,
    prefixLength: address.prefixLength,
    broadcast: address.broadcast === 0 ? undefined : address.broadcast,
    scope: address.scope,
    flags,
    label: address.label === '' ? undefined : address.label,
    metric: address.metric,
    validS: secondsLeft(address.validUntilUs, nowUs),
    // inet_fill_ifaddr: of a permanent address both are for ever.
    preferredS: address.validUntilUs === null ? undefined : preferredS,
  };
}
export function shownIpv6(address: Ipv6Address, nowUs: number): ShownAddress {
  const preferredS = secondsLeft(address.preferredUntilUs, nowUs);
  const flags =
    (address.noDad ? AddressFlag.NODAD : 0) |
    (address.optimistic ? AddressFlag.OPTIMISTIC : 0) |
    (address.dadFailed ? AddressFlag.DADFAILED : 0) |
    (address.tentative ? AddressFlag.TENTATIVE : 0) |
    (preferredS === 0 ? AddressFlag.DEPRECATED : 0) |
    (address.permanent ? AddressFlag.PERMANENT : 0) |
    (address.home ? AddressFlag.HOMEADDRESS : 0) |
    (address.manageTemp ? AddressFlag.MANAGETEMPADDR : 0) |
    (address.noPrefixRoute ? AddressFlag.NOPREFIXROUTE : 0);
  return {
    device: address.device,
    family: Family.INET6,
    local: address.address,
    peer: address.peer ?? undefined,
    prefixLength: address.prefixLength,
    broadcast: undefined,
    scope: address.scope,
    flags,
    label: undefined,
    metric: address.metric,
    validS: secondsLeft(address.validUntilUs, nowUs),
    preferredS,
  };
}
/** All addresses of a device, IPv4's before IPv6's, as two dumps give them. */
export function addressesOf(device: Device, nowUs: number): ShownAddress[] {
  return [
    ...(device.ipv4?.addresses ?? []).map((address) => shownIpv4(address, nowUs)),
    ...(device.ipv6?.addresses ?? []).map((address) => shownIpv6(address, nowUs)),
  ];
}

export function passes(address: ShownAddress, filter: LinkFilter): boolean {
  if (filter.ifindex !== 0 && filter.ifindex !== address.device.index) return false;
  if (((filter.scope ^ address.scope) & filter.scopeMask) !== 0) return false;
  if (((filter.flags ^ address.flags) & filter.flagMask) !== 0) return false;
  if (filter.family !== Family.UNSPEC && filter.family !== address.family) return false;
  if (filter.label !== undefined && !matchesPattern(address.label ?? address.device.name, filter.label)) return false;
  const { prefix } = filter;
  if (prefix.family === Family.UNSPEC || prefix.bits <= 0) return true;
  return prefix.family === address.family && sameBits(prefix.family, address.local, prefix.family === Family.INET ? prefix.v4 : prefix.v6, prefix.bits);
}

/** fnmatch(3) without flags. */
export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern.replace(/\[!/g, '[^').replace(/[.+^${}()|\\]/g, (char, at: number) => (char === '^' && pattern[at - 1] === '[' ? char : `\\${char}`));
  try {
    return new RegExp(`^${source.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's').test(text);
  } catch {
    return text === pattern;
  }
}

const FOREVER = 0xffff_ffff;

export function printAddress(session: Session, address: ShownAddress, filter: LinkFilter, change: 'new' | 'del' = 'new'): void {
  if (!passes(address, filter)) return;
  const { printer, options, names } = session;
  const { family } = address;
  const color = family === Family.INET ? 'inet' : 'inet6';
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  if (!options.brief) {
    if (filter.oneline) {
      printer.text(`${address.device.index}: ${session.callOf(address.device)}`);
      printer.member('index', address.device.index);
      printer.member('dev', address.device.name);
    }
    printer.any('family', `    ${familyName(family)} `, familyName(family));
  }
  const local = formatAddress(family, address.local);
  printer.any('local', local, local, color);
  if (address.peer !== undefined) {
    const peer = formatAddress(family, address.peer);
    printer.text(' peer ');
    printer.any('address', peer, peer, color);
  }
  printer.any('prefixlen', `/${address.prefixLength} `, address.prefixLength);
  if (address.metric !== 0) printer.any('metric', `metric ${address.metric} `, address.metric);
  if (options.brief) {
    printer.flush();
    return;
  }
  if (address.broadcast !== undefined) {
    const broadcast = formatAddress(family, address.broadcast);
    printer.text('brd ');
    printer.any('broadcast', `${broadcast} `, broadcast, color);
  }
  const scope = names.scope(address.scope);
  printer.any('scope', `scope ${scope} `, scope);
  printAddressFlags(session, address);
  if (address.label !== undefined) printer.any('label', address.label, address.label);
  printer.newLine();
  printer.text('       valid_lft ');
  printLifetime(session, 'valid_life_time', address.validS);
  printer.text(' preferred_lft ');
  printLifetime(session, 'preferred_life_time', address.preferredS);
  printer.text('\n');
  printer.flush();
}
function printLifetime(session: Session, key: string, seconds: number | undefined): void {
  session.printer.any(key, seconds === undefined ? 'forever' : `${seconds}sec`, seconds ?? FOREVER);
}
function printAddressFlags(session: Session, address: ShownAddress): void {
  const { printer } = session;
  let { flags } = address;
  for (const flag of ADDRESS_FLAGS) {
    if (flag.mask === AddressFlag.PERMANENT) {
      if ((flags & flag.mask) === 0) printer.any('dynamic', 'dynamic ', true);
    } else if ((flags & flag.mask) !== 0) {
      const name = flag.mask === AddressFlag.SECONDARY && address.family === Family.INET6 ? 'temporary' : flag.name;
      printer.any(name, `${name} `, true);
    }
    flags &= ~flag.mask;
  }
  if (flags !== 0) {
    const hex = flags.toString(16).padStart(2, '0');
    printer.any('ifa_flags', `flags ${hex} `, hex);
  }
}
