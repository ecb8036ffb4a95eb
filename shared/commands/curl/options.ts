/** curl's options. Authority: tool_getparam.c, curl(1). */
import type { Bytes } from '../../base/index.ts';
import type { DeclaredOption } from '../declaration.ts';

/** `flag`: without an argument, `--no-NAME` takes it back. `ignored`: it makes no difference here. */
type Kind = 'flag' | 'text' | 'list' | 'seconds' | 'count' | 'ignored' | 'ignored-text' | 'unmodelled' | 'unmodelled-text';
const TABLE: readonly (readonly [short: string, long: string, kind: Kind])[] = [
  ['0', 'http1.0', 'flag'],
  ['', 'http1.1', 'ignored'],
  ['', 'http2', 'ignored'],
  ['4', 'ipv4', 'flag'],
  ['6', 'ipv6', 'flag'],
  ['A', 'user-agent', 'text'],
  ['b', 'cookie', 'text'],
  ['', 'cacert', 'ignored-text'],
  ['', 'capath', 'ignored-text'],
  ['', 'compressed', 'flag'],
  ['', 'connect-timeout', 'seconds'],
  ['', 'connect-to', 'list'],
  ['', 'create-dirs', 'flag'],
  ['D', 'dump-header', 'text'],
  ['d', 'data', 'list'],
  ['', 'data-ascii', 'list'],
  ['', 'data-binary', 'list'],
  ['', 'data-raw', 'list'],
  ['', 'data-urlencode', 'list'],
  ['e', 'referer', 'text'],
  ['f', 'fail', 'flag'],
  ['', 'fail-early', 'flag'],
  ['', 'fail-with-body', 'flag'],
  ['G', 'get', 'flag'],
  ['g', 'globoff', 'flag'],
  ['H', 'header', 'list'],
  ['h', 'help', 'flag'],
  ['I', 'head', 'flag'],
  ['i', 'include', 'flag'],
  ['', 'interface', 'text'],
  ['j', 'junk-session-cookies', 'ignored'],
  ['k', 'insecure', 'ignored'],
  ['', 'keepalive-time', 'ignored-text'],
  ['L', 'location', 'flag'],
  ['', 'local-port', 'ignored-text'],
  ['m', 'max-time', 'seconds'],
  ['', 'max-redirs', 'count'],
  ['N', 'no-buffer', 'flag'],
  ['', 'no-keepalive', 'ignored'],
  ['', 'noproxy', 'ignored-text'],
  ['O', 'remote-name', 'flag'],
  ['', 'remote-name-all', 'flag'],
  ['o', 'output', 'list'],
  ['', 'output-dir', 'text'],
  ['', 'path-as-is', 'flag'],
  ['', 'progress-meter', 'flag'],
  ['#', 'progress-bar', 'flag'],
  ['q', 'disable', 'ignored'],
  ['r', 'range', 'text'],
  ['', 'resolve', 'list'],
  ['', 'retry', 'count'],
  ['', 'retry-all-errors', 'flag'],
  ['', 'retry-connrefused', 'flag'],
  ['', 'retry-delay', 'seconds'],
  ['', 'retry-max-time', 'seconds'],
  ['S', 'show-error', 'flag'],
  ['s', 'silent', 'flag'],
  ['', 'tcp-nodelay', 'ignored'],
  ['u', 'user', 'text'],
  ['', 'url', 'list'],
  ['V', 'version', 'flag'],
  ['v', 'verbose', 'flag'],
  ['w', 'write-out', 'text'],
  ['X', 'request', 'text'],
  ['C', 'continue-at', 'unmodelled-text'],
  ['c', 'cookie-jar', 'unmodelled-text'],
  ['E', 'cert', 'unmodelled-text'],
  ['F', 'form', 'unmodelled-text'],
  ['J', 'remote-header-name', 'unmodelled'],
  ['K', 'config', 'unmodelled-text'],
  ['T', 'upload-file', 'unmodelled-text'],
  ['U', 'proxy-user', 'unmodelled-text'],
  ['Y', 'speed-limit', 'unmodelled-text'],
  ['Z', 'parallel', 'unmodelled'],
  ['a', 'append', 'unmodelled'],
  ['', 'json', 'unmodelled-text'],
  ['', 'limit-rate', 'unmodelled-text'],
  ['l', 'list-only', 'unmodelled'],
  ['n', 'netrc', 'unmodelled'],
  ['p', 'proxytunnel', 'unmodelled'],
  ['', 'socks5', 'unmodelled-text'],
  ['', 'trace', 'unmodelled-text'],
  ['', 'trace-ascii', 'unmodelled-text'],
  ['', 'unix-socket', 'unmodelled-text'],
  ['x', 'proxy', 'unmodelled-text'],
  ['y', 'speed-time', 'unmodelled-text'],
  ['z', 'time-cond', 'unmodelled-text'],
];

export const CURL_OPTIONS: readonly DeclaredOption[] = TABLE.map(([short, long, kind]) => ({
  names: [short === '' ? '' : `-${short}`, `--${long}`].filter((name) => name !== ''),
  value: /^(text|list|seconds|count)$|-text$/.test(kind) ? 'ARG' : undefined,
  isMissing: kind.startsWith('unmodelled'),
  help: kind.startsWith('ignored') ? 'makes no difference here' : undefined,
}));

export class CurlOptions {
  private readonly flags = new Set<string>();
  private readonly values = new Map<string, Bytes[]>();
  readonly urls: Bytes[] = [];
  /** What is to be sent, in the order given: the option's name and its argument. */
  readonly data: (readonly [option: string, argument: Bytes])[] = [];
  /** Where each page goes: a file, or as its name says. */
  readonly outputs: (Bytes | 'remote name')[] = [];

  has(name: string): boolean {
    return this.flags.has(name);
  }
  list(name: string): readonly Bytes[] {
    return this.values.get(name) ?? [];
  }
  text(name: string): Bytes | undefined {
    return this.values.get(name)?.at(-1);
  }
  us(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined || Number(text) === 0 ? undefined : Number(text) * 1e6;
  }
  count(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }
  flag(name: string, isOn: boolean): void {
    if (isOn) this.flags.add(name);
    else this.flags.delete(name);
    if (isOn && name === 'remote-name') this.outputs.push('remote name');
  }
  value(name: string, argument: Bytes): void {
    this.values.set(name, [...this.list(name), argument]);
    if (name.startsWith('data')) this.data.push([name, argument]);
    if (name === 'output') this.outputs.push(argument);
    if (name === 'url') this.urls.push(argument);
  }
}

const tryHelp = (what: Bytes): Bytes => `${what}curl: try 'curl --help' or 'curl --manual' for more information\n`;

/** What was asked, or a message for standard error and its status. */
export function parseCurl(argv: readonly Bytes[]): CurlOptions | { readonly message: Bytes; readonly status: number } {
  const options = new CurlOptions();
  const words = argv.slice(1);
  const fail = (name: Bytes, why: string) => ({ message: tryHelp(`curl: option ${name}: ${why}\n`), status: 2 });
  let isEnded = false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (isEnded || !word.startsWith('-') || word === '-') {
      options.urls.push(word);
      continue;
    }
    if (word === '--') {
      isEnded = true;
      continue;
    }
    const isLong = word.startsWith('--');
    for (let rest = isLong ? word : word.slice(1); rest !== '';) {
      const shown = isLong ? word : `-${rest[0] ?? ''}`;
      const found = isLong ? long(word.slice(2)) : TABLE.find(([short]) => short === rest[0]);
      rest = isLong ? '' : rest.slice(1);
      if (found === undefined) return fail(isLong ? word : shown, 'is unknown');
      if (found === 'ambiguous') return fail(word, 'is ambiguous');
      const [, name, kind] = found;
      if (kind.startsWith('unmodelled')) return { message: `curl: not modelled: --${name}\n`, status: 2 };
      if (kind === 'flag' || kind === 'ignored') {
        options.flag(name, !(isLong && word.startsWith('--no-') && !word.startsWith('--no-buffer')));
        continue;
      }
      const argument = rest === '' ? words.shift() : rest;
      rest = '';
      if (argument === undefined) return fail(shown, 'requires parameter');
      const isNumber = kind === 'seconds' ? /^\d+(\.\d*)?$/ : /^-?\d+$/;
      if ((kind === 'seconds' || kind === 'count') && !isNumber.test(argument)) return fail(shown, 'expected a proper numerical parameter');
      options.value(name, argument);
    }
  }
  return options;
}
function long(name: string): (typeof TABLE)[number] | 'ambiguous' | undefined {
  const plain = name.startsWith('no-') && !TABLE.some(([, each]) => each === name) ? name.slice(3) : name;
  const exact = TABLE.find(([, each]) => each === plain);
  if (exact) return exact;
  const near = TABLE.filter(([, each]) => each.startsWith(plain));
  return near.length > 1 ? 'ambiguous' : near[0];
}

export const NO_URL = tryHelp('');
export const VERSION_TEXT = `curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.19 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13
Release-Date: 2023-02-20, security patched: 7.88.1-10+deb12u14
Protocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp
Features: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM NTLM_WB PSL SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd
`;
export const HELP_TEXT = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`;
