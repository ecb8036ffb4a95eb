/** IGMP, versions 1 to 3. Authority: print-igmp.c. Deviation: DVMRP, PIM and mtrace inside it are told by their number. */
import { hex, type Dissection } from './dissection.ts';

export function igmp(d: Dissection, at: number, length: number): void {
  d.protocol = 'igmp';
  if (d.options.quiet) {
    d.print('igmp');
    return;
  }
  const odd = length === 8 ? '' : ` [len ${length}]`;
  switch (d.u8(at)) {
    case 0x11:
      query(d, at, length);
      break;
    case 0x12:
      d.print(`igmp v1 report ${d.host4(at + 4)}${odd}`);
      break;
    case 0x16:
      d.print(`igmp v2 report ${d.host4(at + 4)}`);
      break;
    case 0x17:
      d.print(`igmp leave ${d.host4(at + 4)}`);
      break;
    case 0x22:
      d.print('igmp v3 report');
      report(d, at, length);
      break;
    default:
      d.print(`igmp-${d.u8(at)}`);
  }
  if (d.options.verbose > 0 && length >= 4 && d.has(at, length) && d.sum(at, length) !== 0xffff) d.print(` bad igmp cksum ${hex(d.u16(at + 2), 0)}!`);
}

function query(d: Dissection, at: number, length: number): void {
  const code = d.u8(at + 1);
  const group = d.u32(at + 4);
  if (length < 12) {
    d.print(`igmp query ${code > 0 ? 'v2' : 'v1'}${code > 0 && code !== 100 ? ` [max resp time ${code}]` : ''}`);
    d.print(`${group === 0 ? '' : ` [gaddr ${d.host4(at + 4)}]`}${length === 8 ? '' : ` [len ${length}]`}`);
    return;
  }
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code & 0x70) >> 4) + 3);
  d.print(
    `igmp query v3${code === 100 ? '' : ` [max resp time ${tenths < 600 ? `${(tenths / 10).toFixed(1)}s` : `${Math.floor(tenths / 600)}m${Math.floor(tenths / 10) % 60}s`}]`}`,
  );
  if (group === 0) return;
  const sources = d.u16(at + 10);
  d.print(` [gaddr ${d.host4(at + 4)}`);
  if (sources > 0 && length < 12 + sources * 4) d.print(' [invalid number of sources]');
  else if (sources > 0) d.print(sourceList(d, at + 12, sources, 4));
  d.print(']');
}

function report(d: Dissection, at: number, length: number): void {
  if (length < 16 || length & 3) d.print(` [invalid len ${length}]`);
  else groupRecords(d, at + 8, at + length, d.u16(at + 6), 4);
}

const RECORDS: Readonly<Record<number, string>> = { 1: 'is_in', 2: 'is_ex', 3: 'to_in', 4: 'to_ex', 5: 'allow', 6: 'block' };

/** Group records of IGMPv3 (addresses of 4 bytes) and MLDv2 (16). */
export function groupRecords(d: Dissection, from: number, end: number, count: number, addressBytes: 4 | 16): void {
  d.print(`, ${count} group record(s)`);
  if (d.options.verbose === 0) return;
  let at = from;
  for (let i = 0; i < count; i++) {
    if (at + 4 + addressBytes > end) {
      d.print(' [invalid number of groups]');
      return;
    }
    const type = d.u8(at);
    const unknown = addressBytes === 4 ? ` [v3-report-#${type}]` : ` [v2-report-#${type}]`;
    d.print(` [gaddr ${addressBytes === 4 ? d.host4(at + 4) : d.host6(at + 4)} ${RECORDS[type] ?? unknown}`);
    const sources = d.u16(at + 2);
    const next = at + 4 + addressBytes * (1 + sources);
    if (next > end) {
      d.print(` [invalid number of sources ${sources}]`);
      return;
    }
    d.print(`${sourceList(d, at + 4 + addressBytes, sources, addressBytes)}]`);
    at = next;
  }
}
function sourceList(d: Dissection, at: number, count: number, addressBytes: 4 | 16): string {
  if (d.options.verbose <= 1) return `, ${count} source(s)`;
  let text = ' {';
  for (let i = 0; i < count; i++) text += ` ${addressBytes === 4 ? d.host4(at + i * 4) : d.host6(at + i * 16)}`;
  return `${text} }`;
}
