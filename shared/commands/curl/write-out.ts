/** `-w`: what is told after a transfer (tool_writeout.c). */
import { utf8Encode, type Bytes } from '../../base/index.ts';
import { urlText } from '../http/index.ts';
import type { Transfer } from './transfer.ts';

const seconds = (us: number): string => (us / 1e6).toFixed(6);

const VARIABLES: Readonly<Record<string, (t: Transfer) => string | number | undefined>> = {
  content_type: (t) => t.head?.field('content-type'),
  errormsg: (t) => (t.message === '' ? undefined : t.message),
  exitcode: (t) => t.code,
  filename_effective: (t) => t.fileName,
  http_code: (t) => String(t.status).padStart(3, '0'),
  http_connect: () => '000',
  http_version: (t) => t.head?.version.slice(5) ?? '0',
  local_ip: (t) => t.localIp,
  local_port: (t) => t.localPort,
  method: (t) => t.method,
  num_connects: (t) => t.connects,
  num_headers: (t) => (t.head === undefined ? 0 : t.head.lines.length - 1),
  num_redirects: (t) => t.redirects,
  onerror: () => undefined,
  proxy_ssl_verify_result: () => 0,
  redirect_url: (t) => t.redirectUrl,
  referer: () => undefined,
  remote_ip: (t) => t.remoteIp,
  remote_port: (t) => t.remotePort,
  response_code: (t) => String(t.status).padStart(3, '0'),
  scheme: (t) => (t.head === undefined ? undefined : t.url.scheme.toUpperCase()),
  size_download: (t) => t.received,
  size_header: (t) => t.headerBytes,
  size_request: (t) => t.requestBytes,
  size_upload: (t) => t.uploaded,
  speed_download: (t) => (t.totalUs > 0 ? Math.floor((t.received * 1e6) / t.totalUs) : 0),
  speed_upload: (t) => (t.totalUs > 0 ? Math.floor((t.uploaded * 1e6) / t.totalUs) : 0),
  ssl_verify_result: () => 0,
  time_appconnect: () => seconds(0),
  time_connect: (t) => seconds(t.connectUs),
  time_namelookup: (t) => seconds(t.lookupUs),
  time_pretransfer: (t) => seconds(t.pretransferUs),
  time_redirect: () => seconds(0),
  time_starttransfer: (t) => seconds(t.startUs),
  time_total: (t) => seconds(t.totalUs),
  url: (t) => t.given,
  url_effective: (t) => urlText(t.url),
  urlnum: (t) => t.number,
};

/** `errors` gets what goes to standard error. */
export function writeOut(format: Bytes, transfer: Transfer, errors: (text: Bytes) => void): Bytes {
  return format.replace(/\\([nrt])|%%|%(header)?\{([^}]*)\}/g, (whole, escape: string | undefined, header: string | undefined, name: string | undefined) => {
    if (escape !== undefined) return { n: '\n', r: '\r', t: '\t' }[escape] ?? whole;
    if (name === undefined) return '%';
    if (header !== undefined) return transfer.head?.field(name.toLowerCase()) ?? '';
    if (name === 'json') return json(transfer);
    const variable = VARIABLES[name];
    if (variable === undefined) {
      if (name !== 'stderr' && name !== 'stdout') errors(`curl: unknown --write-out variable: '${name}'\n`);
      return '';
    }
    return String(variable(transfer) ?? '');
  });
}
function json(transfer: Transfer): Bytes {
  const entries = Object.entries(VARIABLES).flatMap(([name, variable]) => {
    if (name === 'onerror') return [];
    const value = variable(transfer);
    const isNumber = name.endsWith('code') || name === 'http_connect' || name.startsWith('time_');
    const text = value === undefined ? 'null' : isNumber ? String(name.startsWith('time_') ? value : Number(value)) : JSON.stringify(value);
    return [`"${name}":${text}`];
  });
  return utf8Encode(`{${entries.join(',')},"curl_version":"libcurl/7.88.1"}`);
}
