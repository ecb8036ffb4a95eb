/** socat's own options, and its help. */
import type { Bytes } from '../../base/index.ts';
import type { DeclaredOption } from '../declaration.ts';

export interface SocatOptions {
  /** 0: errors; 1: warnings; 2: notices; 3: information. */
  readonly verbosity: number;
  readonly dump: 'none' | 'text' | 'hex' | 'both';
  readonly bufferBytes: number;
  /** After one side's end, how long the other may go on. */
  readonly closeUs: number;
  /** 0: none. */
  readonly idleUs: number;
  readonly direction: 'both' | 'left-to-right' | 'right-to-left';
  readonly name: Bytes;
  readonly microseconds: boolean;
}
/** Letter, what follows it directly, what it does; without words it is taken and makes no difference. */
const OPTIONS: readonly (readonly [letter: string, value: string, help: string])[] = [
  ['V', '', 'print version and feature information to stdout, and exit'],
  ['h', '', 'print a help text describing command line options and addresses'],
  ['?', '', ''],
  ['d', '[ddd]', 'increase verbosity (use up to 4 times; 2 are recommended)'],
  ['lp', '<progname>', 'set the program name used for logging'],
  ['lu', '', 'use microseconds for logging timestamps'],
  ['v', '', 'verbose text dump of data traffic'],
  ['x', '', 'verbose hexadecimal dump of data traffic'],
  ['b', '<size_t>', 'set data buffer size (8192)'],
  ['t', '<timeout>', 'wait seconds before closing second channel'],
  ['T', '<timeout>', 'total inactivity timeout in seconds'],
  ['u', '', 'unidirectional mode (left to right)'],
  ['U', '', 'unidirectional mode (right to left)'],
  ['4', '', 'prefer IPv4 if version is not explicitly specified'],
  ['6', '', ''],
  ['s', '', ''],
  ['g', '', ''],
  ['D', '', ''],
  ['ly', '', ''],
  ['lm', '', ''],
  ['ls', '', ''],
  ['lf', '<file>', ''],
  ['lh', '', ''],
  ['r', '<file>', ''],
  ['R', '<file>', ''],
  ['L', '<lockfile>', ''],
  ['W', '<lockfile>', ''],
];
export const SOCAT_OPTIONS: readonly DeclaredOption[] = OPTIONS.map(([letter, value, help]) => ({
  ...{ names: [`-${letter}`], value: value === '' ? undefined : value, isOptional: value === '[ddd]', help: help === '' ? 'makes no difference here' : help },
}));
const OPTION_HELP = OPTIONS.filter(([, , help]) => help !== '')
  .map(
    ([letter, value, help]) => `      ${letter === 'h' ? '-h|-?' : `-${letter}`}${value}`.padEnd(value === '' ? (letter === 'lu' ? 21 : 13) : 22) + `${help}\n`,
  )
  .join('');
export type Parsed =
  | { readonly kind: 'go'; readonly options: SocatOptions; readonly addresses: readonly [Bytes, Bytes] }
  | { readonly kind: 'print'; readonly text: Bytes }
  | { readonly kind: 'wrong'; readonly message: Bytes; readonly name: Bytes };

const BANNER = 'socat by Gerhard Rieger and contributors - see www.dest-unreach.org\n';
export const VERSION = '1.7.4.4';
/** Deviation: the list of addresses is that of this program, not of Debian's build. */
const HELP = `${BANNER}Usage:
socat [options] <bi-address> <bi-address>
   options:
${OPTION_HELP}   bi-address:
      <single-address>!!<single-address>
      <single-address>
   single-address:
      <address-head>[,<opts>]
   address-head:
      create:<filename>
      exec:<command-line>
      fd:<num>
      gopen:<filename>
      open:<filename>
      pipe
      stderr
      stdin
      stdio
      stdout
      system:<shell-command>
      tcp-connect:<host>:<port>
      tcp-listen:<port>
      udp-connect:<host>:<port>
      udp-datagram:<host>:<port>
      udp-listen:<port>
      udp-recv:<port>
      udp-recvfrom:<port>
      udp-sendto:<host>:<port>
`;
const VERSION_TEXT = `${BANNER}socat version ${VERSION} on 06 Nov 2022 08:15:51\n   running on Linux version #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1, release 6.1.0-18-amd64, machine x86_64\n`;

export function parseSocat(argv: readonly Bytes[]): Parsed {
  let verbosity = 0;
  let text = false;
  let hex = false;
  let bufferBytes = 8192;
  let closeUs = 500_000;
  let idleUs = 0;
  let direction: SocatOptions['direction'] = 'both';
  let name: Bytes = 'socat';
  let microseconds = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith('-') || word === '-' || word.startsWith('-,') || word.startsWith('-!')) break;
    const letter = word[1]!;
    const rest = word.slice(2);
    const value = (): Bytes => (rest !== '' ? rest : (argv[++at] ?? ''));
    switch (letter) {
      case 'V':
        return { kind: 'print', text: VERSION_TEXT };
      case 'h':
      case '?':
        return { kind: 'print', text: HELP };
      case 'd':
        verbosity += /^\d$/.test(rest) ? Number(rest) : 1 + rest.length;
        break;
      case 'v':
        text = true;
        break;
      case 'x':
        hex = true;
        break;
      case 'b':
        bufferBytes = Number(value()) || 8192;
        break;
      case 't':
        closeUs = Number(value()) * 1e6;
        break;
      case 'T':
        idleUs = Number(value()) * 1e6;
        break;
      case 'u':
        direction = 'left-to-right';
        break;
      case 'U':
        direction = 'right-to-left';
        break;
      case 'l':
        if (rest.startsWith('p')) name = rest.slice(1);
        else if (rest === 'u') microseconds = true;
        break;
      case 'r':
      case 'R':
      case 'L':
      case 'W':
        value();
        break;
      case 's':
      case 'g':
      case 'D':
      case '4':
      case '6':
        break;
      default:
        return { kind: 'wrong', message: `unknown option "${word}"; use option "-h" for help`, name };
    }
  }
  const operands = argv.slice(at);
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length !== 2)
    return { kind: 'wrong', message: `exactly 2 addresses required (there are ${operands.length}); use option "-h" for help`, name };
  const dump = text ? (hex ? 'both' : 'text') : hex ? 'hex' : 'none';
  return { kind: 'go', options: { verbosity, dump, bufferBytes, closeUs, idleUs, direction, name, microseconds }, addresses: [left, right] };
}
