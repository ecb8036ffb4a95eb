/** GRE, version 0 (RFC 2784, 2890). Authority: print-gre.c. Deviation: source routes are not followed; of version 1 only the number is told. */
import { EtherType } from '../../../wire/index.ts';
import { bitNames, type Dissection } from './dissection.ts';
import { etherTypeName } from './ether-types.ts';

const FLAGS: readonly (readonly [number, string])[] = [
  [0x8000, 'checksum present'],
  [0x4000, 'routing present'],
  [0x2000, 'key present'],
  [0x1000, 'sequence# present'],
  [0x0800, 'source routing present'],
  [0x0080, 'ack present'],
];
const TEB = 0x6558;

export function gre(d: Dissection, at: number, length: number): void {
  d.protocol = 'gre';
  const flags = d.u16(at);
  d.print(`GREv${flags & 7}`);
  if ((flags & 7) !== 0) {
    d.print((flags & 7) === 1 ? `, length ${length}` : ' ERROR: unknown-version');
    return;
  }
  const { verbose, link } = d.options;
  if (verbose > 0) d.print(`, Flags [${bitNames(FLAGS, flags)}]`);
  const protocol = d.u16(at + 2);
  let next = at + 4;
  if (flags & 0xc000) {
    if (verbose > 0) d.print(`, sum 0x${d.u16(next).toString(16)}`);
    d.print(`, off 0x${d.u16(next + 2).toString(16)}`);
    next += 4;
  }
  if (flags & 0x2000) {
    d.print(`, key=0x${d.u32(next).toString(16)}`);
    next += 4;
  }
  if (flags & 0x1000) {
    d.print(`, seq ${d.u32(next)}`);
    next += 4;
  }
  if (link) d.print(`, proto ${etherTypeName(protocol, 'unknown')} (0x${protocol.toString(16).padStart(4, '0')})`);
  d.print(`, length ${length}${verbose > 0 ? '\n\t' : ': '}`);
  const rest = length - (next - at);
  if (protocol === EtherType.IPV4) d.dissectors.ip4(d, next, rest);
  else if (protocol === EtherType.IPV6) d.dissectors.ip6(d, next, rest);
  else if (protocol === TEB) d.dissectors.ethernet(d, next, rest);
  else d.print(`gre-proto-0x${protocol.toString(16)}`);
}
