/** LLC and the spanning tree's BPDUs. Authority: print-llc.c, print-stp.c. Deviation: of MSTP and SPB only the name is printed. */
import { bitNames, hex, type Dissection } from './dissection.ts';

const SAPS: Readonly<Record<number, string>> = {
  0x00: 'Null',
  0x02: '802.1B I',
  0x04: 'SNA',
  0x06: 'IP',
  0x42: 'STP',
  0xaa: 'SNAP',
  0xe0: 'NetWare',
  0xf0: 'NetBeui',
  0xfe: 'OSI',
};
const COMMANDS: Readonly<Record<number, string>> = { 0x00: 'ui', 0xe0: 'test', 0xac: 'xid', 0x60: 'ua', 0x40: 'disc', 0x0c: 'dm', 0x6c: 'sabme', 0x84: 'frmr' };
const sapName = (sap: number): string => SAPS[sap] ?? 'Unknown';
const STP = 0x42;
const UI = 3;
const XID = 0xaf;

/** Length of the header: its control field has one byte or two. */
export const llcBytes = (d: Dissection, at: number): number => ((d.u8(at + 2) & 3) === 3 ? 3 : 4);

export function llc(d: Dissection, at: number, whole: number, ends: { readonly source: string; readonly target: string } | undefined): void {
  d.protocol = 'llc';
  d.need(at, 3);
  const [dsap, ssap] = [d.u8(at), d.u8(at + 1)];
  const isUnnumbered = (d.u8(at + 2) & 3) === 3;
  const control = isUnnumbered ? d.u8(at + 2) : d.u8(at + 2) | (d.u8(at + 3) << 8);
  const header = llcBytes(d, at);
  const [to, from] = [dsap & ~1, ssap & ~1];
  if (d.options.link) {
    const target = `dsap ${sapName(to)} (0x${hex(to, 2)}) ${dsap & 1 ? 'Group' : 'Individual'}`;
    d.print(`LLC, ${target}, ssap ${sapName(from)} (0x${hex(from, 2)}) ${ssap & 1 ? 'Response' : 'Command'}, ctrl 0x${hex(control, isUnnumbered ? 2 : 4)}: `);
  }
  if (to === STP && from === STP && control === UI) {
    stp(d, at + header, whole - header);
    return;
  }
  if (!d.options.link) {
    const [source, target] = ends === undefined ? ['', ''] : [`${ends.source} `, `${ends.target} `];
    d.print(
      to === from
        ? `${ends === undefined ? '' : `${source}> ${target}`}${SAPS[to] ?? `Unknown DSAP 0x${hex(to, 2)}`} `
        : `${source}${SAPS[from] ?? `Unknown SSAP 0x${hex(from, 2)}`} > ${target}${SAPS[to] ?? `Unknown DSAP 0x${hex(to, 2)}`} `,
    );
  }
  const isPolled = isUnnumbered ? (control & 0x10) !== 0 : (control & 0x100) !== 0;
  const flags = ssap & 1 ? (isPolled ? 'Final' : 'Response') : isPolled ? 'Poll' : 'Command';
  if (isUnnumbered) d.print(`Unnumbered, ${COMMANDS[control & 0xec] ?? hex(control & 0xec, 2)}, Flags [${flags}], length ${whole}`);
  else if ((control & 3) === 1) {
    const what = ['Receiver Ready', 'Receiver not Ready', 'Reject'][(control >> 2) & 3] ?? '?';
    d.print(`Supervisory, ${what}, rcv seq ${control >> 9}, Flags [${flags}], length ${whole}`);
    return;
  } else d.print(`Information, send seq ${(control >> 1) & 0x7f}, rcv seq ${control >> 9}, Flags [${flags}], length ${whole}`);
  if (isUnnumbered && (control & ~0x10) === XID && d.has(at + header, 3) && d.u8(at + header) === 0x81)
    d.print(`: ${hex(d.u8(at + header + 1), 2)} ${hex(d.u8(at + header + 2), 2)}`);
  else d.dump(at);
}

const FLAGS: readonly (readonly [number, string])[] = [
  [0x01, 'Topology change'],
  [0x02, 'Proposal'],
  [0x10, 'Learn'],
  [0x20, 'Forward'],
  [0x40, 'Agreement'],
  [0x80, 'Topology change ACK'],
];
const VERSIONS: Readonly<Record<number, string>> = { 0: '802.1d', 2: '802.1w', 3: '802.1s', 4: '802.1aq' };
const TYPES: Readonly<Record<number, string>> = { 0x00: 'Config', 0x02: 'Rapid STP', 0x80: 'Topology Change' };
const RAPID = 2;

function stp(d: Dissection, at: number, length: number): void {
  d.protocol = 'stp';
  if (length < 4) {
    d.print(' (invalid)');
    return;
  }
  if (d.u16(at) !== 0) {
    d.print(`unknown STP version, length ${length}`);
    return;
  }
  const version = d.u8(at + 2);
  d.print(`STP ${VERSIONS[version] ?? `Unknown STP protocol (0x${hex(version, 2)})`}`);
  if (VERSIONS[version] === undefined) return;
  const type = d.u8(at + 3);
  d.print(`, ${TYPES[type] ?? `Unknown BPDU Type (0x${hex(type, 2)})`}`);
  if (type === 0x00 || (type === 0x02 && version === RAPID)) config(d, at, length, version);
}
function config(d: Dissection, at: number, length: number, version: number): void {
  if (length < 35) {
    d.print(' (invalid)');
    return;
  }
  const id = (from: number): string => `${hex(d.u16(from), 4)}.${d.plainMac(from + 2)}`;
  const flags = d.u8(at + 4);
  d.print(`, Flags [${bitNames(FLAGS, flags)}], bridge-id ${id(at + 17)}.${hex(d.u16(at + 25), 4)}, length ${length}`);
  if (d.options.verbose === 0) return;
  const seconds = (from: number): string => `${(d.u16(from) / 256).toFixed(2)}s`;
  d.print(`\n\tmessage-age ${seconds(at + 27)}, max-age ${seconds(at + 29)}, hello-time ${seconds(at + 31)}, forwarding-delay ${seconds(at + 33)}`);
  d.print(`\n\troot-id ${id(at + 5)}, root-pathcost ${d.u32(at + 13)}`);
  if (version === RAPID) d.print(`, port-role ${['Unknown', 'Alternate', 'Root', 'Designated'][(flags >> 2) & 3]}`);
}
