/** IPv6 and its extension headers. Authority: print-ip6.c, print-ip6opts.c, print-frag6.c. Deviation: routing and mobility headers are told by their number. */
import { IpProtocol } from '../../../wire/index.ts';
import { hex, type Dissection } from './dissection.ts';
import { ipProtocolName, transport, WITH_PORTS, type Around } from './transport.ts';

const HEADER_BYTES = 40;
const DESTINATION_OPTIONS = 60;

export function ip6(d: Dissection, at: number, length: number): void {
  d.protocol = 'ip6';
  d.need(at, HEADER_BYTES);
  if (length < HEADER_BYTES) {
    d.print(`truncated-ip6 ${length}`);
    return;
  }
  if (!d.options.link) d.print('IP6 ');
  const first = d.u32(at);
  if (first >>> 28 !== 6) {
    d.print(`version error: ${first >>> 28} != 6`);
    return;
  }
  const payload = d.u16(at + 4);
  if (length < payload + HEADER_BYTES) d.print(`truncated-ip6 - ${payload + HEADER_BYTES - length} bytes missing!`);
  const next = d.u8(at + 6);
  if (d.options.verbose > 0) {
    const trafficClass = (first >>> 20) & 255;
    const label = first & 0xfffff;
    d.print(`(${trafficClass === 0 ? '' : `class 0x${hex(trafficClass, 2)}, `}${label === 0 ? '' : `flowlabel 0x${hex(label, 5)}, `}`);
    d.print(`hlim ${d.u8(at + 7)}, next-header ${ipProtocolName(next)} (${next}) payload length: ${payload}) `);
  }
  d.within(at + HEADER_BYTES + payload, () => inside(d, at, next, payload));
}

function inside(d: Dissection, at: number, first: number, payload: number): void {
  const [source, target] = [d.host6(at + 8), d.host6(at + 24)];
  if (!WITH_PORTS.includes(first)) d.print(`${source} > ${target}: `);
  let next = first;
  let from = at + HEADER_BYTES;
  let isFragment = false;
  const last = from + payload;
  while (next === IpProtocol.HOPOPTS || next === DESTINATION_OPTIONS || next === IpProtocol.FRAGMENT) {
    const following = d.u8(from);
    if (next === IpProtocol.FRAGMENT) {
      const offset = d.u16(from + 2) & 0xfff8;
      d.print(d.options.verbose > 0 ? `frag (0x${hex(d.u32(from + 4), 8)}:${offset}|${last - from - 8})` : `frag (${offset}|${last - from - 8})`);
      if (offset !== 0) return;
      d.print(' ');
      isFragment = true;
      from += 8;
    } else {
      d.print(`${next === IpProtocol.HOPOPTS ? 'HBH' : 'DSTOPT'} `);
      if (d.options.verbose > 0) optionsText(d, from);
      from += (d.u8(from + 1) + 1) * 8;
    }
    next = following;
  }
  const around: Around = {
    version: 6,
    protocol: first,
    source,
    target,
    isFragment,
    pseudo: (inner, length) => d.sum(at + 8, 32, inner + length),
    isLater: d.string(at + 8, 16) > d.string(at + 24, 16),
  };
  transport(d, next, from, last - from, around);
}
function optionsText(d: Dissection, at: number): void {
  const end = at + (d.u8(at + 1) + 1) * 8;
  for (let i = at + 2; i < end;) {
    const type = d.u8(i);
    if (type === 0) {
      d.print('(pad1)');
      i++;
      continue;
    }
    const length = d.u8(i + 1);
    if (type === 1) d.print('(padn)');
    else if (type === 5) d.print(`(rtalert: 0x${hex(d.u16(i + 2), 4)}) `);
    else d.print(`(opt_type 0x${hex(type, 2)}: len=${length})`);
    i += 2 + length;
  }
  d.print(' ');
}
