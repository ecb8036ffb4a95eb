/**
 * curl 7.88.1: pages over HTTP, as Debian's program fetches and tells them. Authority: tool_operate.c, curl(1).
 * Deviation: TLS, proxies, uploads, forms, parallel transfers and other protocols than HTTP are not modelled; IPv6 addresses are not reached.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formEncode, parseUrl, type Url } from '../http/index.ts';
import { expandGlob } from './glob.ts';
import { barLine, METER_HEAD, meterLine } from './meter.ts';
import { CURL_OPTIONS, HELP_TEXT, NO_URL, parseCurl, VERSION_TEXT, type CurlOptions } from './options.ts';
import { Code, Transfer, type Pool, type Sink } from './transfer.ts';
import { writeOut } from './write-out.ts';
import { declared, type Declaration } from '../declaration.ts';

const BAD_URL = 'URL using bad/illegal format or missing URL';
/** What HTTP is not. */
const OTHER_PROTOCOLS = ['dict', 'file', 'ftp', 'ftps', 'gopher', 'imap', 'ldap', 'mqtt', 'pop3', 'rtsp', 'scp', 'sftp', 'smb', 'smtp', 'telnet', 'tftp'];
/** Answers that another attempt may better. */
const PASSING: readonly number[] = [408, 429, 500, 502, 503, 504];

const curl: Program = function* (p) {
  const options = parseCurl(p.argv);
  if ('message' in options) return (yield* p.error(options.message), options.status);
  if (options.has('help')) return (yield* p.print(HELP_TEXT), 0);
  if (options.has('version')) return (yield* p.print(VERSION_TEXT), 0);
  if (options.urls.length === 0) return (yield* p.error(NO_URL), 2);
  return yield* new Session(p, options).run();
};

class Session {
  private readonly pool: Pool = { kept: undefined, made: 0, resolved: new Set() };
  private readonly showsMeter: boolean;
  private isMeterBegun = false;
  private number = 0;

  constructor(
    private readonly p: Process,
    private readonly options: CurlOptions,
  ) {
    this.showsMeter = !options.has('silent') && !wasTakenBack(p.argv, '--no-progress-meter');
  }

  *run(): Sys<number> {
    const { p, options } = this;
    const body = yield* this.data();
    if (typeof body === 'number') return body;
    let status = 0;
    for (const [i, given] of options.urls.entries()) {
      const all = options.has('globoff') ? [given] : expandGlob(given);
      if ('message' in all) {
        status = yield* this.fails(Code.URL, `${all.message} in URL position ${all.position}:\n${given}\n${' '.repeat(all.position - 1)}^`);
        continue;
      }
      for (const text of all) {
        const output = options.has('remote-name-all') ? (options.outputs[i] ?? 'remote name') : options.outputs[i];
        status = yield* this.page(text, output, body);
      }
    }
    if (this.pool.kept !== undefined) p.close(this.pool.kept.fd);
    return status;
  }
  private *fails(code: number, message: Bytes): Sys<number> {
    const { options } = this;
    if (!options.has('silent') || options.has('show-error')) yield* this.p.error(`curl: (${code}) ${message}\n`);
    return code;
  }

  /** What -d and its kin make; a status after a message. */
  private *data(): Sys<Bytes | undefined | number> {
    const parts: Bytes[] = [];
    for (const [option, argument] of this.options.data) {
      const at = option === 'data-urlencode' ? /^([^=@]*)([=@])?(.*)$/s.exec(argument) : null;
      const isFile = option !== 'data-raw' && (at === null ? argument.startsWith('@') : at[2] === '@');
      let text = at === null ? argument : at[2] === undefined ? (at[1] ?? '') : (at[3] ?? '');
      if (isFile) {
        const path = at === null ? argument.slice(1) : (at[3] ?? '');
        const read = path === '-' ? yield* this.p.readAll(0) : this.p.fs.readFile(path);
        if (!read.ok) {
          yield* this.p.error(`Warning: Couldn't read data from file "${path}", this makes an empty POST.\n`);
          text = '';
        } else text = option === 'data' || option === 'data-ascii' ? read.value.replace(/[\r\n]/g, '') : read.value;
      }
      const name = at?.[2] === undefined || at[1] === '' ? '' : `${at[1]}=`;
      parts.push(at === null ? text : name + formEncode(text));
    }
    return this.options.data.length === 0 ? undefined : parts.join('&');
  }

  private *page(text: Bytes, output: Bytes | 'remote name' | undefined, data: Bytes | undefined): Sys<number> {
    const { p, options } = this;
    const parsed = parseUrl(text, { keepsDots: options.has('path-as-is') });
    if (parsed === undefined) return yield* this.fails(Code.URL, BAD_URL);
    if (parsed.scheme !== 'http' && parsed.scheme !== 'https') {
      const isKnown = OTHER_PROTOCOLS.includes(parsed.scheme);
      return yield* this.fails(Code.PROTOCOL, isKnown ? `not modelled: ${parsed.scheme}` : `Protocol "${parsed.scheme}" not supported or disabled in libcurl`);
    }
    const isQuery = options.has('get') && data !== undefined;
    const url: Url = isQuery ? { ...parsed, path: `${parsed.path}${parsed.path.includes('?') ? '&' : '?'}${data}` } : parsed;
    const name = output === 'remote name' ? fileNameOf(url) : output;
    if (name === '') return yield* this.fails(Code.WRITE, 'Remote file name has no length!');
    const directory = options.text('output-dir');
    const target = new Target(
      p,
      name === undefined || name === '-' ? undefined : directory === undefined ? name : `${directory}/${name}`,
      options.has('silent'),
    );
    const number = this.number++;
    for (let attempt = 0; ; attempt++) {
      const transfer = new Transfer(p, options, this.pool, this.sink(target), url, text, number, isQuery ? undefined : data);
      transfer.fileName = target.path;
      const meters = this.showsMeter && (target.path !== undefined || !p.isTerminal(1));
      if (meters) yield* this.beginMeter();
      yield* transfer.run();
      if (meters) yield* this.endMeter(transfer);
      if (transfer.code === 0) yield* target.ensure();
      const retries = options.count('retry') ?? 0;
      if (attempt < retries && this.isPassing(transfer)) {
        if (transfer.code !== 0) yield* this.fails(transfer.code, transfer.message);
        yield* p.sleep(options.us('retry-delay') ?? 2 ** Math.min(attempt, 9) * 1e6);
        continue;
      }
      target.close();
      return yield* this.end(transfer);
    }
  }
  private *end(transfer: Transfer): Sys<number> {
    const { p, options } = this;
    if (transfer.code !== 0) yield* this.fails(transfer.code, transfer.message);
    const format = options.text('write-out');
    if (format !== undefined && !format.startsWith('@')) {
      let errors = '';
      const told = writeOut(format, transfer, (line) => void (errors += line));
      if (errors !== '') yield* p.error(errors);
      yield* p.print(told);
    }
    yield* p.flush();
    return transfer.code;
  }
  private isPassing({ code, status }: Transfer): boolean {
    const { options } = this;
    if (code === 0) return PASSING.includes(status);
    if (options.has('retry-all-errors')) return true;
    return (
      code === Code.TIMEOUT ||
      code === Code.RESOLVE ||
      (code === Code.HTTP && PASSING.includes(status)) ||
      (code === Code.CONNECT && options.has('retry-connrefused'))
    );
  }

  private sink(target: Target): Sink {
    const { p, options } = this;
    const dump = options.text('dump-header');
    return {
      body: (data) => target.write(data),
      *head(text) {
        if (dump === '-') yield* p.print(text);
        else if (dump !== undefined) p.fs.writeFile(dump, text, { append: true });
        if (options.has('include') || options.has('head')) yield* target.write(text);
      },
      note: (text) => p.error(text),
    };
  }
  private *beginMeter(): Sys {
    const { p, options } = this;
    if (options.has('progress-bar')) return;
    if (!this.isMeterBegun) yield* p.error(METER_HEAD);
    this.isMeterBegun = true;
    yield* p.error(meterLine({ total: 0, received: 0, uploadTotal: 0, uploaded: 0, us: 0 }));
  }
  private *endMeter(transfer: Transfer): Sys {
    const { p, options } = this;
    const { expected, received, uploaded, totalUs } = transfer;
    if (options.has('progress-bar')) {
      if (transfer.code === 0) yield* p.error(`${barLine(1)}\n`);
      return;
    }
    yield* p.error(`${meterLine({ total: expected, received, uploadTotal: uploaded, uploaded, us: totalUs })}\n`);
  }
}

/** Where a page goes; the file is made when its first byte comes. */
class Target {
  private fd: number | undefined;
  constructor(
    private readonly p: Process,
    readonly path: Bytes | undefined,
    private readonly isSilent: boolean,
  ) {}
  *write(data: Bytes): Sys<boolean> {
    if (this.path === undefined) return (yield* this.p.print(data)).ok;
    if (!(yield* this.ensure())) return false;
    return (yield* this.p.write(this.fd!, data)).ok;
  }
  /** An empty page makes a file too. */
  *ensure(): Sys<boolean> {
    if (this.path === undefined || this.fd !== undefined) return true;
    const opened = yield* this.p.open(this.path, { write: true, create: true, truncate: true });
    if (opened.ok) this.fd = opened.value;
    else if (!this.isSilent) yield* this.p.error(`Warning: Failed to open the file ${this.path}: ${strerror(opened.error)}\n`);
    return opened.ok;
  }
  close(): void {
    if (this.fd !== undefined) this.p.close(this.fd);
  }
}
const fileNameOf = (url: Url): Bytes => (url.path.split('?', 1)[0] ?? '').split('/').at(-1) ?? '';
const wasTakenBack = (argv: readonly Bytes[], word: Bytes): boolean => argv.includes(word);

const DECLARATION: Declaration = { synopsis: '[options...] <url>', options: CURL_OPTIONS };
export const CURL_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/curl', main: declared(DECLARATION, curl), origin: 'curl 7.88.1' }];
