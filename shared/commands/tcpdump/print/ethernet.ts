/** Ethernet, VLAN tags, the cooked header of `-i any`, ARP. Authority: print-ether.c, print-sll.c, print-arp.c. */
import { EtherType } from '../../../wire/index.ts';
import { hex, hexDump, type Dissection } from './dissection.ts';
import { ip4 } from './ip4.ts';
import { ip6 } from './ip6.ts';
import { etherTypeName } from './ether-types.ts';
import { llc, llcBytes } from './llc.ts';

const TAGS: readonly number[] = [EtherType.VLAN, 0x88a8, 0x9100, 0x9200];
const HEADER_BYTES = 14;
/** Above it, the type field is a type. */
const LONGEST = 1500;

const typeText = (d: Dissection, type: number): string =>
  d.options.quiet ? etherTypeName(type, `Unknown Ethertype (0x${hex(type, 4)})`) : `ethertype ${etherTypeName(type)} (0x${hex(type, 4)})`;

export function ethernet(d: Dissection, at: number, whole: number): void {
  const { link } = d.options;
  d.protocol = 'ether';
  d.need(at, HEADER_BYTES);
  if (link) d.print(`${d.mac(at + 6)} > ${d.mac(at)}, `);
  let type = d.u16(at + 12);
  let next = at + HEADER_BYTES;
  let length = whole - HEADER_BYTES;
  let told = false;
  while (TAGS.includes(type)) {
    const tag = d.u16(next);
    if (link) {
      d.print(`${typeText(d, type)}${told ? ', ' : `, length ${whole}: `}vlan ${tag & 0xfff}, p ${tag >> 13}${tag & 0x1000 ? ', DEI' : ''}, `);
      told = true;
    }
    type = d.u16(next + 2);
    next += 4;
    length -= 4;
  }
  if (at === 0) d.linkBytes = next;
  if (type <= LONGEST) {
    const inside = Math.min(type, length);
    if (link) d.print(`802.3${told ? '' : `, length ${inside}: `}`);
    if (at === 0) d.linkBytes += llcBytes(d, next);
    d.within(next + inside, () => llc(d, next, inside, { source: d.mac(at + 6), target: d.mac(at) }));
    return;
  }
  if (link) d.print(`${typeText(d, type)}${told ? ', ' : `, length ${whole}: `}`);
  if (network(d, type, next, length)) return;
  if (!link) d.print(`${d.mac(at + 6)} > ${d.mac(at)}, ${typeText(d, type)}, length ${whole}: `);
  d.dump(next);
}

/** Linux's cooked header, version 2 (sll2_if_print). */
export const cooked =
  (deviceName: (index: number) => string) =>
  (d: Dissection, at: number, whole: number): void => {
    d.protocol = 'sll2';
    d.need(at, 20);
    d.linkBytes = 20;
    const index = d.u32(at + 4);
    const type = d.u16(at);
    d.print(`${deviceName(index).padEnd(5)} ${(['In', 'B', 'M', 'P', 'Out'][d.u8(at + 10)] ?? '?').padEnd(3)} `);
    if (d.options.link) {
      d.print(`ifindex ${index} ${d.u8(at + 11) === 6 ? `${d.mac(at + 12)} ` : ''}`);
      if (!d.options.quiet)
        d.print(`${type <= LONGEST && type === EtherType.STP ? '802.2' : `ethertype ${etherTypeName(type)} (0x${hex(type, 4)})`}, length ${whole}: `);
    }
    if (type === EtherType.STP) llc(d, at + 20, whole - 20, undefined);
    else if (!network(d, type, at + 20, whole - 20)) d.dump(at + 20);
  };

/** Linux's cooked header, version 1 (sll_if_print). */
export const cooked1 = (d: Dissection, at: number, whole: number): void => {
  d.protocol = 'sll';
  d.need(at, 16);
  d.linkBytes = 16;
  const type = d.u16(at + 14);
  if (d.options.link) {
    d.print(`${(['In', 'B', 'M', 'P', 'Out'][d.u16(at)] ?? '?').padStart(3)} ${d.u16(at + 4) === 6 ? `${d.mac(at + 6)} ` : ''}`);
    if (!d.options.quiet) d.print(`ethertype ${etherTypeName(type)} (0x${hex(type, 4)}), length ${whole}: `);
  }
  if (!network(d, type, at + 16, whole - 16)) d.dump(at + 16);
};
/** Nothing in front (raw_if_print). */
export const raw = (d: Dissection, at: number, whole: number): void => {
  d.protocol = 'raw';
  d.linkBytes = 0;
  if (d.options.link) d.print('ip: ');
  d.need(at, 1);
  if (!network(d, d.u8(at) >> 4 === 6 ? EtherType.IPV6 : EtherType.IPV4, at, whole)) d.dump(at);
};

/** False: what it is, is not known here. */
function network(d: Dissection, type: number, at: number, length: number): boolean {
  switch (type) {
    case EtherType.IPV4:
      ip4(d, at, length);
      return true;
    case EtherType.IPV6:
      ip6(d, at, length);
      return true;
    case EtherType.ARP:
    case 0x8035:
      arp(d, at, length);
      return true;
    default:
      return false;
  }
}

const OPERATIONS: Readonly<Record<number, string>> = {
  1: 'Request',
  2: 'Reply',
  3: 'Reverse Request',
  4: 'Reverse Reply',
  8: 'Inverse Request',
  9: 'Inverse Reply',
};

function arp(d: Dissection, at: number, length: number): void {
  d.protocol = 'arp';
  const { verbose, link } = d.options;
  const [hardware, type, macBytes, addressBytes, operation] = [d.u16(at), d.u16(at + 2), d.u8(at + 4), d.u8(at + 5), d.u16(at + 6)];
  const [senderMac, sender, targetMac, target] = [at + 8, at + 8 + macBytes, at + 8 + macBytes + addressBytes, at + 8 + 2 * macBytes + addressBytes];
  d.need(target, addressBytes);
  if (!link) d.print('ARP, ');
  const isUsual = type === EtherType.IPV4 && addressBytes === 4 && macBytes !== 0;
  if (!isUsual || verbose > 0)
    d.print(
      `${hardware === 1 ? 'Ethernet' : `Unknown Hardware (${hardware})`} (len ${macBytes}), ${etherTypeName(type, `Unknown Protocol (0x${hex(type, 4)})`)} (len ${addressBytes})`,
    );
  if (isUsual || verbose > 0) {
    d.print(`${verbose > 0 ? ', ' : ''}${OPERATIONS[operation] ?? `Unknown (${operation})`} `);
    const address = (from: number): string => (type !== EtherType.IPV4 ? '<wrong proto type>' : addressBytes !== 4 ? '<wrong len>' : d.host4(from));
    const mac = (from: number): string => (macBytes === 6 ? d.mac(from) : macBytes === 0 ? '<empty>' : d.plainMac(from, macBytes));
    const isAsked = d.slice(targetMac, macBytes).some((byte) => byte !== 0);
    if (operation === 1) d.print(`who-has ${address(target)}${isAsked ? ` (${mac(targetMac)})` : ''} tell ${address(sender)}`);
    else if (operation === 2) d.print(`${address(sender)} is-at ${mac(senderMac)}`);
    else if (operation === 3 || operation === 8) d.print(`who-is ${mac(targetMac)} tell ${mac(senderMac)}`);
    else if (operation === 4) d.print(`${mac(targetMac)} at ${address(target)}`);
    else if (operation === 9) d.print(`${mac(senderMac)} at ${address(sender)}`);
    else {
      d.print(hexDump(d.slice(at, d.end - at), '\n\t', true));
      return;
    }
  }
  d.print(`, length ${length}`);
}
