/** IPv4 (ip_print of print-ip.c). */
import { bitNames, rightChecksum, type Dissection } from './dissection.ts';
import { ipProtocolName, transport, WITH_PORTS, type Around } from './transport.ts';

export function ip4(d: Dissection, at: number, length: number): void {
  d.protocol = 'ip';
  const version = d.u8(at) >> 4;
  if (version !== 4) {
    d.print(`${version === 6 ? 'IP6, wrong link-layer encapsulation' : `IP${version}`} (invalid)`);
    return;
  }
  if (!d.options.link) d.print('IP ');
  d.need(at, 20);
  if (length < 20) {
    d.print(`truncated-ip ${length}`);
    return;
  }
  const header = (d.u8(at) & 15) * 4;
  if (header < 20) {
    d.print(`bad-hlen ${header}`);
    return;
  }
  let total = d.u16(at + 2);
  if (length < total) d.print(`truncated-ip - ${total - length} bytes missing! `);
  if (total < header) {
    if (total !== 0) {
      d.print(`bad-len ${total}`);
      return;
    }
    total = length;
  }
  d.within(at + total, () => inside(d, at, header, total));
}

const OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'EOL',
  1: 'NOP',
  7: 'RR',
  68: 'timestamp',
  130: 'security',
  131: 'LSRR',
  137: 'SSRR',
  148: 'RA',
  25: 'RFC1393',
};

function options(d: Dissection, from: number, count: number): void {
  const words: string[] = [];
  for (let at = from; at < from + count;) {
    const code = d.u8(at);
    const name = OPTION_NAMES[code] ?? `unknown ${code}`;
    const length = code <= 1 ? 1 : d.u8(at + 1);
    if ((code > 1 && length < 2) || at + length > from + count) {
      words.push(`${name} [bad length ${length}]`);
      break;
    }
    if (code === 7 || code === 131 || code === 137) words.push(`${name}${route(d, at, length)}`);
    else words.push(code === 148 && d.u16(at + 2) !== 0 ? `${name} value ${d.u16(at + 2)}` : name);
    if (code === 0) break;
    at += length;
  }
  d.print(`, options (${words.join(',')})`);
}
function route(d: Dissection, at: number, length: number): string {
  const pointer = d.u8(at + 2) - 1;
  let text = pointer < 3 || (pointer + 1) & 3 ? ` [bad ptr ${pointer + 1}]` : '';
  for (let i = 3; i + 4 <= length; i += 4) text += ` ${d.host4(at + i)}${pointer > i ? ',' : ''}`;
  return text;
}

function inside(d: Dissection, at: number, header: number, total: number): void {
  const [id, fragment, ttl, protocol] = [d.u16(at + 4), d.u16(at + 6), d.u8(at + 8), d.u8(at + 9)];
  const offset = (fragment & 0x1fff) * 8;
  if (d.options.verbose > 0) {
    const tos = d.u8(at + 1);
    const flags = bitNames(
      [
        [0x2000, '+'],
        [0x4000, 'DF'],
        [0x8000, 'rsvd'],
      ],
      fragment & 0xe000,
    );
    const ecn = ['', ',ECT(1)', ',ECT(0)', ',CE'][tos & 3];
    d.print(`(tos 0x${tos.toString(16)}${ecn}${ttl > 0 ? `, ttl ${ttl}` : ''}, id ${id}, offset ${offset}, flags [${flags}], `);
    d.print(`proto ${ipProtocolName(protocol)} (${protocol}), length ${d.u16(at + 2)}`);
    if (header > 20) options(d, at + 20, header - 20);
    if (!d.options.unchecked && d.has(at, header)) {
      const sum = d.sum(at, header);
      const given = d.u16(at + 10);
      if (sum !== 0xffff) d.print(`, bad cksum ${given.toString(16)} (->${rightChecksum(given, sum).toString(16)})!`);
    }
    d.print(')\n    ');
  }
  const [source, target] = [d.host4(at + 12), d.host4(at + 16)];
  if (offset !== 0) {
    d.print(`${source} > ${target}: ${d.protocolName(protocol)}`);
    return;
  }
  if (!WITH_PORTS.includes(protocol)) d.print(`${source} > ${target}: `);
  const around: Around = {
    version: 4,
    protocol,
    source,
    target,
    isFragment: (fragment & 0x2000) !== 0,
    pseudo: (inner, length) => d.sum(at + 12, 8, inner + length),
    isLater: d.string(at + 12, 4) > d.string(at + 16, 4),
  };
  transport(d, protocol, at + header, total - header, around);
}
