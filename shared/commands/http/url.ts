/** Addresses of pages (RFC 3986), as far as HTTP clients need them. */
import type { Bytes } from '../../base/index.ts';
import { parseIpv6 } from '../../wire/index.ts';

export interface Url {
  readonly scheme: string;
  /** `user:password`, undefined without. */
  readonly user: Bytes | undefined;
  /** Without the brackets of an IPv6 address. */
  readonly host: Bytes;
  /** The link that an IPv6 address is of: what stands behind `%25` in brackets. */
  readonly zone: Bytes | undefined;
  /** Undefined where none was given. */
  readonly port: number | undefined;
  /** With its query; begins with `/`. */
  readonly path: Bytes;
}

/** Undefined for what is none. Without a scheme it is HTTP. */
export function parseUrl(text: Bytes, options: { readonly keepsDots?: boolean } = {}): Url | undefined {
  const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?([/?#].*)?$/s.exec(text);
  if (parts === null || /[\s\0]/.test(text) || (parts[1] === undefined && /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text))) return undefined;
  const [, scheme = 'http', user, host = '', port, rest = '/'] = parts;
  const number = port === undefined || port === '' ? undefined : Number(port);
  if (host === '' || (number !== undefined && number > 65535)) return undefined;
  const [, literal, zone] = /^\[([^\]%]*)(?:%(?:25)?([^\]]*))?\]$/.exec(host) ?? [];
  if (host.startsWith('[') ? literal === undefined || parseIpv6(literal) === undefined : rest.startsWith(':') || /[[\]]/.test(host)) return undefined;
  const [whole = ''] = rest.split('#', 1);
  const path = whole.startsWith('/') ? whole : `/${whole}`;
  return { scheme: scheme.toLowerCase(), user, host: literal ?? host, zone, port: number, path: options.keepsDots ? path : withoutDots(path) };
}
/** Removes `.` and `..` segments (RFC 3986, 5.2.4). */
function withoutDots(path: Bytes): Bytes {
  const at = path.indexOf('?');
  const [plain, query] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
  const kept: Bytes[] = [];
  const segments = plain.split('/').slice(1);
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}${query}`;
}
/** Where a `Location` leads from a page. */
export function resolveUrl(location: Bytes, from: Url): Url | undefined {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return parseUrl(location);
  if (location.startsWith('//')) return parseUrl(`${from.scheme}:${location}`);
  const [path = ''] = from.path.split('?', 1);
  const target = location.startsWith('/') ? location : location.startsWith('?') ? path + location : path.slice(0, path.lastIndexOf('/') + 1) + location;
  return { ...from, path: withoutDots((target.split('#', 1)[0] ?? '').replaceAll(' ', '%20')) };
}
export const urlText = ({ scheme, user, host, port, path }: Url): Bytes =>
  `${scheme}://${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}${path}`;

/** As forms encode values: letters, digits and a few marks stay, a blank becomes a plus. */
export const formEncode = (text: Bytes): Bytes =>
  text.replace(/[^A-Za-z0-9._~ -]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).replaceAll(' ', '+');

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
export function base64(text: Bytes): Bytes {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
    const word = (a << 16) | ((b || 0) << 8) | (c || 0);
    const digit = (shift: number): string => DIGITS[(word >> shift) & 63] ?? '';
    out += digit(18) + digit(12) + (i + 1 < text.length ? digit(6) : '=') + (i + 2 < text.length ? digit(0) : '=');
  }
  return out;
}
