/** UDP, and what its well-known ports carry. Authority: print-udp.c, print-vxlan.c, print-otv.c. Deviation: other services than DNS, VXLAN and OTV are told by their length. */
import { IpProtocol } from '../../../wire/index.ts';
import { endsText, type Around } from './around.ts';
import { hex, rightChecksum, type Dissection } from './dissection.ts';
import { domain } from './domain.ts';

const DNS_PORT = 53;
const MULTICAST_DNS_PORT = 5353;
const VXLAN_PORT = 4789;
/** Port of Linux's own VXLAN before it had a number; tcpdump takes it for OTV. */
const OTV_PORT = 8472;
const VXLAN_FLAGS: readonly (readonly [number, string])[] = [[0x08, 'I']];

export function udp(d: Dissection, at: number, _whole: number, around: Around): void {
  d.protocol = 'udp';
  if (!d.has(at, 4)) {
    d.print(`${around.source} > ${around.target}: [|udp]`);
    return;
  }
  const [source, target] = [d.u16(at), d.u16(at + 2)];
  const { quiet, verbose } = d.options;
  d.print(endsText(around, IpProtocol.UDP, d.port(source, 'udp'), d.port(target, 'udp')));
  if (!d.has(at, 8)) {
    d.print(' [|udp]');
    return;
  }
  const said = d.u16(at + 4);
  if (said < 8) {
    d.print(`truncated-udplength ${said}`);
    return;
  }
  const length = said - 8;
  if (verbose > 0 && !d.options.unchecked && !around.isFragment) checksum(d, at, length, around);
  const isAt = (port: number): boolean => source === port || target === port;
  if (quiet) d.print(`UDP, length ${length}`);
  else if (isAt(DNS_PORT)) domain(d, at + 8, length, 'udp');
  else if (isAt(MULTICAST_DNS_PORT)) domain(d, at + 8, length, 'multicast');
  else if (isAt(VXLAN_PORT)) vxlan(d, at + 8, length);
  else if (isAt(OTV_PORT)) otv(d, at + 8, length);
  else d.print(`UDP, length ${length}`);
}
function checksum(d: Dissection, at: number, length: number, around: Around): void {
  const given = d.u16(at + 6);
  if (around.version === 4 && d.options.verbose < 2) return;
  if (around.version === 4 && given === 0) d.print('[no cksum] ');
  else if (d.has(at, length + 8)) {
    const sum = d.sum(at, length + 8, around.pseudo(IpProtocol.UDP, length + 8));
    d.print(sum === 0xffff ? '[udp sum ok] ' : `[bad udp cksum 0x${hex(given, 4)} -> 0x${hex(rightChecksum(given, sum), 4)}!] `);
  }
}

function vxlan(d: Dissection, at: number, length: number): void {
  d.protocol = 'vxlan';
  d.print('VXLAN');
  if (length < 8) {
    d.print(' (invalid)');
    return;
  }
  const flags = d.u8(at);
  d.print(`, flags [${VXLAN_FLAGS.some(([bit]) => flags & bit) ? 'I' : flags === 0 ? 'invalid' : '.'}] (0x${hex(flags, 2)}), vni ${d.u32(at + 4) >>> 8}\n`);
  d.dissectors.ethernet(d, at + 8, length - 8);
}
function otv(d: Dissection, at: number, length: number): void {
  d.protocol = 'otv';
  d.print('OTV, ');
  if (length < 8) {
    d.print(`[length ${length} < 8] (invalid)`);
    return;
  }
  const flags = d.u8(at);
  d.print(`flags [${flags & 8 ? 'I' : '.'}] (0x${hex(flags, 2)}), overlay ${d.u32(at) & 0xffffff}, instance ${d.u32(at + 4) >>> 8}\n`);
  d.dissectors.ethernet(d, at + 8, length - 8);
}
