/** An address as a message, and back. Authority: net/ipv4/devinet.c (inet_fill_ifaddr), net/ipv6/addrconf.c (inet6_fill_ifaddr). */
import type { Bytes } from '../../../base/index.ts';
import { isIpv6LinkLocal, type Ipv4, type Ipv6 } from '../../../wire/index.ts';
import { Family } from '../../iproute2/prefix.ts';
import { AddressFlag, type ShownAddress } from '../address-show.ts';
import { addressBytes, addressIn, attribute, nameBytes, numberIn, readAttributes, readName, readU32, readU8, u32, u8 } from './message.ts';

const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, BROADCAST: 4, CACHEINFO: 6, FLAGS: 8, RT_PRIORITY: 9, PROTO: 11 } as const;
const FOREVER = 0xffff_ffff;
const KERNEL_LOOPBACK = 1;
const KERNEL_LINK_LOCAL = 3;
const LOOPBACK_INDEX = 1;

export function addressBody(address: ShownAddress, nowUs: number): Bytes {
  const { family, local, peer, prefixLength, flags, scope, device } = address;
  const stamp = u32(nowUs / 10_000);
  const lifetimes = attribute(IFA.CACHEINFO, u32(address.preferredS ?? FOREVER) + u32(address.validS ?? FOREVER) + stamp + stamp);
  const priority = address.metric === 0 ? '' : attribute(IFA.RT_PRIORITY, u32(address.metric));
  const head = u8(family) + u8(prefixLength) + u8(flags) + u8(scope) + u32(device.index);
  if (family === Family.INET6) {
    const ends =
      peer === undefined ? attribute(IFA.ADDRESS, addressBytes(local)) : attribute(IFA.LOCAL, addressBytes(local)) + attribute(IFA.ADDRESS, addressBytes(peer));
    const isGiven = (flags & AddressFlag.NODAD) !== 0 || !isIpv6LinkLocal(local as Ipv6);
    const maker = device.index === LOOPBACK_INDEX ? KERNEL_LOOPBACK : isGiven ? 0 : KERNEL_LINK_LOCAL;
    return head + ends + priority + lifetimes + attribute(IFA.FLAGS, u32(flags)) + (maker === 0 ? '' : attribute(IFA.PROTO, u8(maker)));
  }
  return (
    head +
    attribute(IFA.ADDRESS, addressBytes(peer ?? local)) +
    attribute(IFA.LOCAL, addressBytes(local)) +
    (address.broadcast === undefined ? '' : attribute(IFA.BROADCAST, addressBytes(address.broadcast))) +
    (address.label === undefined ? '' : attribute(IFA.LABEL, nameBytes(address.label))) +
    attribute(IFA.FLAGS, u32(flags)) +
    priority +
    lifetimes
  );
}

/** The device by its number: its name may be gone. */
export function readAddressBody(body: Bytes, nameOf: (index: number) => string): ShownAddress {
  const attributes = readAttributes(body.slice(8));
  const index = readU32(body, 4);
  const family: Family = readU8(body) === Family.INET6 ? Family.INET6 : Family.INET;
  const ends = [addressIn(attributes, IFA.LOCAL), addressIn(attributes, IFA.ADDRESS)];
  const local = ends[0] ?? ends[1] ?? 0;
  const cache = attributes.get(IFA.CACHEINFO);
  const seconds = (at: number): number | undefined => (cache === undefined || readU32(cache, at) === FOREVER ? undefined : readU32(cache, at));
  const label = attributes.get(IFA.LABEL);
  return {
    device: { index, name: nameOf(index) },
    family,
    local,
    peer: ends[1] === undefined || ends[1] === local ? undefined : ends[1],
    prefixLength: readU8(body, 1),
    broadcast: addressIn(attributes, IFA.BROADCAST) as Ipv4 | undefined,
    scope: readU8(body, 3),
    flags: numberIn(attributes, IFA.FLAGS) ?? readU8(body, 2),
    label: label === undefined ? undefined : readName(label),
    metric: numberIn(attributes, IFA.RT_PRIORITY) ?? 0,
    validS: seconds(4),
    preferredS: seconds(0),
  };
}
