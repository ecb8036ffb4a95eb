/** ICMP of IPv4. Authority: print-icmp.c. Deviation: multi-part extensions are not told. */
import { IcmpType, IpProtocol } from '../../../wire/index.ts';
import { rightChecksum, type Dissection } from './dissection.ts';

const NAMES: Readonly<Record<number, string>> = {
  4: 'source quench',
  10: 'router solicitation',
  15: 'information request',
  16: 'information reply',
  17: 'address mask request',
};
/** With the header they complain about. */
const ERRORS: readonly number[] = [IcmpType.UNREACHABLE, 4, IcmpType.REDIRECT, IcmpType.TIME_EXCEEDED, IcmpType.PARAMETER_PROBLEM];

export function icmp(d: Dissection, at: number, length: number, isFragment: boolean): void {
  d.protocol = 'icmp';
  const type = d.u8(at);
  d.print(`ICMP ${told(d, at, type, d.u8(at + 1))}, length ${length}`);
  if (d.options.verbose === 0) return;
  if (!isFragment && d.has(at, length)) {
    const sum = d.sum(at, length);
    const given = d.u16(at + 2);
    if (sum !== 0xffff) d.print(` (wrong icmp cksum ${given.toString(16)} (->${rightChecksum(given, sum).toString(16)})!)`);
  }
  if (!ERRORS.includes(type)) return;
  d.print('\n\t');
  const quoted = d.u16(at + 10);
  d.within(at + 8 + quoted, () => d.dissectors.ip4(d, at + 8, quoted));
}

function told(d: Dissection, at: number, type: number, code: number): string {
  switch (type) {
    case IcmpType.ECHO_REQUEST:
    case IcmpType.ECHO_REPLY:
      return `echo ${type === IcmpType.ECHO_REQUEST ? 'request' : 'reply'}, id ${d.u16(at + 4)}, seq ${d.u16(at + 6)}`;
    case IcmpType.UNREACHABLE:
      return unreachable(d, at, code);
    case IcmpType.REDIRECT: {
      const [about, gateway] = [d.host4(at + 24), d.host4(at + 4)];
      const words = [`redirect ${about} to net`, `redirect ${about} to host`, `redirect-tos ${about} to net`, `redirect-tos ${about} to host`];
      return `${words[code] ?? `redirect-#${code} ${about} to`} ${gateway}`;
    }
    case IcmpType.TIME_EXCEEDED:
      d.need(at + 24, 4);
      return code === 0 ? 'time exceeded in-transit' : code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${code}`;
    case IcmpType.PARAMETER_PROBLEM:
      return code === 0 ? `parameter problem - octet ${d.u8(at + 4)}` : `parameter problem - code ${code}`;
    case 13:
      return `time stamp query id ${d.u16(at + 4)} seq ${d.u16(at + 6)}`;
    case 14:
      return `time stamp reply id ${d.u16(at + 4)} seq ${d.u16(at + 6)}: org ${clock(d.u32(at + 8))}, recv ${clock(d.u32(at + 12))}, xmit ${clock(d.u32(at + 16))}`;
    default:
      return NAMES[type] ?? `type-#${type}`;
  }
}
/** Milliseconds since midnight. */
function clock(ms: number): string {
  const two = (value: number): string => `${Math.floor(value)}`.padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${`${ms % 1000}`.padStart(3, '0')}`;
}

function unreachable(d: Dissection, at: number, code: number): string {
  const target = d.host4(at + 24);
  switch (code) {
    case 0:
      return `net ${target} unreachable`;
    case 1:
      return `host ${target} unreachable`;
    case 2:
      return `${target} protocol ${d.u8(at + 17)} unreachable`;
    case 3: {
      const port = d.u16(at + 8 + (d.u8(at + 8) & 15) * 4 + 2);
      const protocol = d.u8(at + 17);
      if (protocol === IpProtocol.TCP) return `${target} tcp port ${d.port(port, 'tcp')} unreachable`;
      if (protocol === IpProtocol.UDP) return `${target} udp port ${d.port(port, 'udp')} unreachable`;
      return `${target} protocol ${protocol} port ${port} unreachable`;
    }
    case 4: {
      const mtu = d.u16(at + 6);
      return `${target} unreachable - need to frag${mtu === 0 ? '' : ` (mtu ${mtu})`}`;
    }
    default:
      return UNREACHABLE[code]?.replace('%', target) ?? `${target} unreachable - #${code}`;
  }
}
const UNREACHABLE: Readonly<Record<number, string>> = {
  5: '% unreachable - source route failed',
  6: 'net % unreachable - unknown',
  7: 'host % unreachable - unknown',
  8: '% unreachable - source host isolated',
  9: 'net % unreachable - admin prohibited',
  10: 'host % unreachable - admin prohibited',
  11: 'net % unreachable - tos prohibited',
  12: 'host % unreachable - tos prohibited',
  13: 'host % unreachable - admin prohibited filter',
  14: 'host % unreachable - host precedence violation',
  15: 'host % unreachable - precedence cutoff',
};
