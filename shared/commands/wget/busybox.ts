/** wget as the applet of busybox 1.36 (networking/wget.c). Deviation: HTTPS, FTP, proxies and continuing files are not modelled. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formatIp } from '../../wire/index.ts';
import { base64, parseUrl, resolveUrl, type Head, type Url } from '../http/index.ts';
import { lookupHosts } from '../net/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { connectTo, fileNameOf, isRedirect, portOf, type Connected } from './fetch.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

type Id =
  | 'continue'
  | 'header'
  | 'ignored'
  | 'ignored-value'
  | 'log'
  | 'output'
  | 'post'
  | 'prefix'
  | 'quiet'
  | 'server-response'
  | 'spider'
  | 'timeout'
  | 'user-agent';
const spec = (id: Id, short: string, long: string, argument: OptionSpec['argument'] = 'none'): OptionSpec<Id> => ({
  id,
  short,
  argument,
  ...(long !== '' && { long }),
});
const SPECS: readonly OptionSpec<Id>[] = [
  spec('continue', 'c', 'continue'),
  spec('quiet', 'q', 'quiet'),
  spec('server-response', 'S', 'server-response'),
  spec('spider', '', 'spider'),
  spec('output', 'O', 'output-document', 'required'),
  spec('log', 'o', 'output-file', 'required'),
  spec('header', '', 'header', 'required'),
  spec('post', '', 'post-data', 'required'),
  spec('ignored-value', 'Y', 'proxy', 'required'),
  spec('ignored', '', 'no-check-certificate'),
  spec('prefix', 'P', 'directory-prefix', 'required'),
  spec('user-agent', 'U', 'user-agent', 'required'),
  spec('timeout', 'T', 'timeout', 'required'),
  spec('ignored-value', 't', 'tries', 'required'),
];
const USAGE = `BusyBox v1.36.1 multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy
`;
const DEFAULT_TIMEOUT_US = 900e6;
const MAX_REDIRECTS = 5;

/** A message, and the end. */
class Failure {
  constructor(readonly message: Bytes) {}
}

const busyboxWget: Program = function* (p) {
  const line = parseOptions<Id>(p.argv, SPECS);
  if (line.error !== undefined || line.operands.length === 0) return (yield* p.error((line.error ?? '') + USAGE), 1);
  const values = new Map<Id, Bytes[]>();
  for (const { id, argument } of line.options) values.set(id, [...(values.get(id) ?? []), argument ?? '']);
  const session = new Session(p, values);
  for (const text of line.operands) {
    const failed = yield* session.page(text);
    if (failed !== undefined) return (yield* p.flush(), yield* p.error(`wget: ${failed.message}\n`), 1);
  }
  return 0;
};

class Session {
  private readonly untilUs: () => number;
  constructor(
    private readonly p: Process,
    private readonly values: ReadonlyMap<Id, readonly Bytes[]>,
  ) {
    const seconds = Number(values.get('timeout')?.at(-1) ?? 0);
    this.untilUs = () => p.nowUs + (seconds > 0 ? seconds * 1e6 : DEFAULT_TIMEOUT_US);
  }
  private value(id: Id): Bytes | undefined {
    return this.values.get(id)?.at(-1);
  }
  private *say(text: Bytes): Sys {
    if (!this.values.has('quiet')) yield* this.p.error(text);
  }

  *page(text: Bytes): Sys<Failure | undefined> {
    let url = parseUrl(text);
    if (url === undefined || (url.scheme !== 'http' && url.scheme !== 'https' && url.scheme !== 'ftp')) return new Failure(`not an http or ftp url: ${text}`);
    if (url.scheme !== 'http') return new Failure(`not modelled: ${url.scheme}`);
    const path = this.value('output') ?? `${this.value('prefix') === undefined ? '' : `${this.value('prefix')}/`}${fileNameOf(url)}`;
    for (let redirects = 0; ; redirects++) {
      const next: Url | Failure | undefined = yield* this.fetch(url, path);
      if (next === undefined || next instanceof Failure) return next;
      if (redirects >= MAX_REDIRECTS) return new Failure('too many redirections');
      url = next;
    }
  }
  private *fetch(url: Url, path: Bytes): Sys<Url | Failure | undefined> {
    const { p } = this;
    const found = yield* lookupHosts(p, url.host);
    if (found.kind === 'failed') return new Failure(`bad address '${url.host}'`);
    const [host] = found.hosts;
    const address = typeof host.address === 'number' ? formatIp(host.address) : `[${formatIp(host.address)}]`;
    const port = portOf(url);
    yield* this.say(`Connecting to ${url.host}${url.port === undefined ? '' : `:${url.port}`} (${address}:${port})\n`);
    const connected = yield* connectTo(p, host, port, this.untilUs() - p.nowUs);
    if (typeof connected === 'string')
      return new Failure(connected === 'ETIMEDOUT' ? 'download timed out' : `can't connect to remote host (${address}): ${strerror(connected)}`);
    const outcome = yield* this.exchange(url, path, connected);
    p.close(connected.fd);
    return outcome;
  }
  private *exchange(url: Url, path: Bytes, { http }: Connected): Sys<Url | Failure | undefined> {
    const post = this.value('post');
    const method = this.values.has('spider') ? 'HEAD' : post === undefined ? 'GET' : 'POST';
    const own = this.values.get('header') ?? [];
    const isOwn = (name: string): boolean => own.some((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    const fields = [
      ['Host', `${url.host}${url.port === undefined ? '' : `:${url.port}`}`],
      ['User-Agent', this.value('user-agent') ?? 'Wget'],
      ['Connection', 'close'],
      ...(url.user === undefined ? [] : [['Authorization', `Basic ${base64(url.user)}`] as const]),
    ] as const;
    const lines = [...fields.filter(([name]) => !isOwn(name)).map(([name, value]) => `${name}: ${value}`), ...own];
    if (post !== undefined) lines.push('Content-Type: application/x-www-form-urlencoded', `Content-Length: ${post.length}`);
    yield* http.send(`${method} ${url.path} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${post ?? ''}`);
    const head = yield* http.head(this.untilUs());
    if ('kind' in head) return new Failure(head.kind === 'timeout' ? 'download timed out' : 'error getting response');
    if (this.values.has('server-response')) yield* this.p.error(`${head.lines.map((line) => `  ${line}\n`).join('')}  \n`);
    if (isRedirect(head)) return resolveUrl(head.field('location') ?? '', url) ?? new Failure('bad redirection');
    if (head.status !== 200 && head.status !== 204 && head.status !== 206) return new Failure(`server returned error: ${head.lines[0] ?? ''}`);
    if (this.values.has('spider')) return (yield* this.say('remote file exists\n'), undefined);
    return yield* this.save(path, http, head, method);
  }
  private *save(path: Bytes, http: Connected['http'], head: Head, method: string): Sys<Failure | undefined> {
    const { p } = this;
    const isStdout = path === '-';
    let fd = 1;
    if (!isStdout) {
      const opened = yield* p.open(path, { write: true, create: true, truncate: true, exclusive: this.value('output') === undefined });
      if (!opened.ok) return new Failure(`can't open '${path}': ${strerror(opened.error)}`);
      fd = opened.value;
    }
    yield* this.say(isStdout ? 'writing to stdout\n' : `saving to '${path}'\n`);
    const body = http.bodyOf(head, method);
    let received = 0;
    for (;;) {
      const piece = yield* http.next(body, this.untilUs());
      if (piece === undefined) break;
      if (piece.kind !== 'piece') return new Failure(piece.kind === 'timeout' ? 'download timed out' : 'connection closed prematurely');
      received += piece.data.length;
      yield* p.write(fd, piece.data);
      yield* p.tick();
    }
    if (fd !== 1) p.close(fd);
    const percent = body.kind === 'length' ? '100% |********************************|' : `     |${' '.repeat(32)}|`;
    yield* this.say(`${path.slice(0, 20).padEnd(20)} ${percent} ${size(received)}  0:00:00 ETA\n`);
    yield* this.say(isStdout ? 'written to stdout\n' : `'${path}' saved\n`);
    return undefined;
  }
}
/** Five columns: `195k`. */
function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 100_000 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return `${Math.floor(value)}${[' ', 'k', 'M', 'G'][unit] ?? ''}`.trimEnd().padStart(5);
}

const DECLARATION: Declaration = { synopsis: '[OPTIONS] URL...', options: declaredOptions(SPECS) };
export const BUSYBOX_WGET: readonly InstalledProgram[] = [{ path: '/bin/wget', main: declared(DECLARATION, busyboxWget), origin: 'busybox 1.36.1' }];
