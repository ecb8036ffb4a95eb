/** Protocols of text lines: HTTP, SMTP, FTP, the greeting of SSH. Authority: txtproto_print of util-print.c, print-http.c, print-ssh.c. */
import type { Dissection } from './dissection.ts';

const HTTP_METHODS: readonly string[] = (
  'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN ' +
  'PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL'
).split(' ');

/** A request or an answer; later pieces of a body show nothing but the name. */
export function http(d: Dissection, at: number, length: number): void {
  d.protocol = 'http';
  const start = d.string(at, Math.min(length, d.end - at, 200));
  const [first = '', second = ''] = start.split(/[ \t\r\n]+/);
  d.print(': HTTP');
  if (HTTP_METHODS.includes(first.toUpperCase()) || /^\d{3}$/.test(second)) told(d, at, length);
}
export function lines(d: Dissection, at: number, length: number, protocol: 'smtp' | 'ftp'): void {
  d.protocol = protocol;
  d.print(`: ${protocol.toUpperCase()}`);
  told(d, at, length);
}
/** The first line; with -v all of them. */
function told(d: Dissection, at: number, length: number): void {
  if (d.options.verbose === 0) {
    line(d, at, at + length, ': ');
    return;
  }
  d.print(`, length: ${length}`);
  for (let from: number | undefined = at; from !== undefined && from < at + length;) from = line(d, from, at + length, '\n\t');
}
/** Where the next line starts; undefined when this one is no text, or does not end. */
function line(d: Dissection, from: number, end: number, prefix: string): number | undefined {
  for (let at = from; at < end; at++) {
    const byte = d.u8(at);
    const isReturn = byte === 13 && at + 1 < end && d.u8(at + 1) === 10;
    if (byte === 10 || isReturn) {
      d.print(prefix + d.string(from, at - from));
      return at + (isReturn ? 2 : 1);
    }
    if ((byte < 32 || byte > 126) && byte !== 9) return undefined;
  }
  d.print(`${prefix}${d.string(from, end - from)} [|${d.protocol}]`);
  return undefined;
}

export function ssh(d: Dissection, at: number, length: number): void {
  d.protocol = 'ssh';
  const greeting = /^SSH-[ -~]*(?=\r?\n)/.exec(d.string(at, Math.min(length, d.end - at)));
  if (greeting) d.print(`: SSH: ${greeting[0]}`);
}
