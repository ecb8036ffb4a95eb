/** tcpdump's options. Authority: tcpdump.c (main). */
import type { Bytes } from '../../base/index.ts';
import type { OptionSpec } from '../options.ts';

type Id =
  | 'ascii'
  | 'buffer'
  | 'count'
  | 'devices'
  | 'link'
  | 'numeric-foreign'
  | 'file'
  | 'help'
  | 'interface'
  | 'immediate'
  | 'unchecked'
  | 'lines'
  | 'domains'
  | 'numeric'
  | 'unoptimised'
  | 'polite'
  | 'quiet'
  | 'direction'
  | 'read'
  | 'snaplen'
  | 'absolute'
  | 'time'
  | 'unbuffered'
  | 'undecoded'
  | 'verbose'
  | 'version'
  | 'write'
  | 'hex'
  | 'hex-text'
  | 'link-type'
  | 'user'
  | 'number'
  | 'print'
  | 'total'
  | 'link-types'
  | 'usage'
  | 'unmodelled';

const spec = (id: Id, short: string, argument: OptionSpec['argument'] = 'none', long?: string): OptionSpec<Id> => ({
  id,
  short,
  argument,
  ...(long !== undefined && { long }),
});
export const SPECS: readonly OptionSpec<Id>[] = [
  spec('ascii', 'A'),
  spec('buffer', 'B', 'required', 'buffer-size'),
  spec('count', 'c', 'required'),
  spec('devices', 'D', 'none', 'list-interfaces'),
  spec('link', 'e'),
  spec('numeric-foreign', 'f'),
  spec('file', 'F', 'required'),
  spec('help', 'h', 'none', 'help'),
  spec('interface', 'i', 'required', 'interface'),
  spec('immediate', '', 'none', 'immediate-mode'),
  spec('unchecked', 'K', 'none', 'dont-verify-checksums'),
  spec('lines', 'l'),
  spec('domains', 'N'),
  spec('numeric', 'n'),
  spec('unoptimised', 'O', 'none', 'no-optimize'),
  spec('polite', 'p', 'none', 'no-promiscuous-mode'),
  spec('quiet', 'q'),
  spec('direction', 'Q', 'required', 'direction'),
  spec('read', 'r', 'required'),
  spec('snaplen', 's', 'required', 'snapshot-length'),
  spec('absolute', 'S', 'none', 'absolute-tcp-sequence-numbers'),
  spec('time', 't'),
  spec('unbuffered', 'U', 'none', 'packet-buffered'),
  spec('undecoded', 'u'),
  spec('verbose', 'v'),
  spec('version', '', 'none', 'version'),
  spec('write', 'w', 'required'),
  spec('hex', 'x'),
  spec('hex-text', 'X'),
  spec('link-type', 'y', 'required', 'linktype'),
  spec('user', 'Z', 'required', 'relinquish-privileges'),
  spec('number', '#', 'none', 'number'),
  spec('total', '', 'none', 'count'),
  spec('link-types', 'L', 'none', 'list-data-link-types'),
  spec('usage', 'Y'),
  spec('print', '', 'none', 'print'),
  ...['C', 'E', 'G', 'j', 'm', 'M', 'T', 'V', 'W', 'z'].map((letter) => spec('unmodelled', letter, 'required')),
  ...['b', 'd', 'H', 'I', 'J'].map((letter) => spec('unmodelled', letter)),
];
export type TcpdumpOption = Id;

export const VERSION: Bytes = 'tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\nOpenSSL 3.0.19 27 Jan 2026\n';
export const USAGE: Bytes = `${VERSION}Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
		[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
		[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
		[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
		[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
		[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		[ -z postrotate-command ] [ -Z user ] [ expression ]
`;
