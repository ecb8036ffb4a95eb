/**
 * How a web server answers: which requests it takes, the order of its fields, its pages for what went wrong. Apache 2.4.62 and nginx 1.27.4, as their
 * images run them. Deviation: ranges and conditions of requests are not looked at, lists of directories are not made.
 */
import type { Bytes } from '../../base/index.ts';
import { civilOf, twoDigits } from '../../commands/index.ts';

export interface Request {
  readonly method: Bytes;
  readonly target: Bytes;
  readonly version: Bytes;
  /** By its name in lower case. */
  readonly field: (name: string) => Bytes | undefined;
}
export interface Answer {
  readonly status: number;
  /** Of a file; undefined where the server has a page of its own. */
  readonly content: Bytes | undefined;
  readonly type: string | undefined;
  readonly modifiedUs: number | undefined;
  readonly location: Bytes | undefined;
  /** Whether the methods are told. */
  readonly allow: boolean;
}
export interface Sent {
  readonly length: number;
  readonly isKept: boolean;
  readonly unixUs: number;
}
export interface Manners {
  readonly reason: (status: number) => string;
  /** What is refused before any file is looked for. */
  readonly refuses: (request: Request) => Answer | undefined;
  readonly fields: (answer: Answer, sent: Sent) => readonly (readonly [string, Bytes])[];
  readonly page: (answer: Answer, request: Request | undefined) => string;
}

export const refusal = (status: number, more: Partial<Answer> = {}): Answer => ({
  status,
  content: undefined,
  type: undefined,
  modifiedUs: undefined,
  location: undefined,
  allow: false,
  ...more,
});

/** Undefined for what is no request. */
export function parseRequest(head: Bytes): Request | undefined {
  const [line = '', ...lines] = head.split('\r\n');
  const parts = /^([A-Z]+) (\S+) (HTTP\/\d\.\d)$/.exec(line);
  if (parts === null) return undefined;
  const fields = new Map(lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 1).trim()]));
  const [, method = '', target = '', version = ''] = parts;
  return { method, target, version, field: (name) => fields.get(name) };
}
const lacksHost = (request: Request): boolean => request.version === 'HTTP/1.1' && request.field('host') === undefined;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Thu, 02 Jan 2025 03:04:05 GMT`. */
function httpDate(unixUs: number): string {
  const { year, month, day, hour, minute, second, weekday } = civilOf(unixUs);
  return `${DAYS[weekday]}, ${twoDigits(day)} ${MONTHS[month - 1]} ${year} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)} GMT`;
}
const when = (value: string | undefined, name: string): readonly (readonly [string, string])[] => (value === undefined ? [] : [[name, value]]);

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
};

const APACHE_METHODS = ['GET', 'POST', 'OPTIONS', 'HEAD', 'TRACE'];
export const APACHE_MANNERS: Manners = {
  reason: (status) => REASONS[status] ?? '',
  refuses(request) {
    if (lacksHost(request) || !/^HTTP\/1\.[01]$/.test(request.version)) return refusal(400);
    if (['PUT', 'DELETE', 'TRACE', 'PATCH', 'CONNECT'].includes(request.method)) return refusal(405, { allow: true });
    return APACHE_METHODS.includes(request.method) ? undefined : refusal(501, { allow: true });
  },
  fields: ({ status, type, modifiedUs, content, location, allow }, { length, isKept, unixUs }) => [
    ['Date', httpDate(unixUs)],
    ['Server', 'Apache/2.4.62 (Unix)'],
    ...when(location, 'Location'),
    ...when(allow ? APACHE_METHODS.join(',') : undefined, 'Allow'),
    ...when(modifiedUs === undefined ? undefined : httpDate(modifiedUs), 'Last-Modified'),
    ...when(modifiedUs === undefined ? undefined : `"${length.toString(16)}-${Math.floor(modifiedUs).toString(16)}"`, 'ETag'),
    ...when(modifiedUs === undefined ? undefined : 'bytes', 'Accept-Ranges'),
    ['Content-Length', `${length}`],
    ...when(isKept ? undefined : 'close', 'Connection'),
    ...when(status >= 300 && content === undefined ? 'text/html; charset=iso-8859-1' : type, 'Content-Type'),
  ],
  page({ status, location }, request) {
    const reason = REASONS[status] ?? '';
    const why: Readonly<Record<number, string>> = {
      301: `The document has moved <a href="${location ?? ''}">here</a>.`,
      400: 'Your browser sent a request that this server could not understand.<br />\n',
      403: "You don't have permission to access this resource.",
      404: 'The requested URL was not found on this server.',
      405: `The requested method ${request?.method ?? ''} is not allowed for this URL.`,
      501: `${request?.method ?? ''} not supported for current URL.<br />\n`,
    };
    return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n<h1>${reason}</h1>\n<p>${why[status] ?? ''}</p>\n</body></html>\n`;
  },
};

const NGINX = 'nginx/1.27.4';
export const NGINX_MANNERS: Manners = {
  reason: (status) => (status === 405 ? 'Not Allowed' : (REASONS[status] ?? '')),
  refuses(request) {
    if (!request.version.startsWith('HTTP/1.')) return refusal(505);
    if (lacksHost(request)) return refusal(400);
    return request.method === 'GET' || request.method === 'HEAD' ? undefined : refusal(405);
  },
  fields: ({ type, modifiedUs, content, location }, { length, isKept, unixUs }) => [
    ['Server', NGINX],
    ['Date', httpDate(unixUs)],
    ['Content-Type', content === undefined ? 'text/html' : (type ?? 'application/octet-stream')],
    ['Content-Length', `${length}`],
    ...when(modifiedUs === undefined ? undefined : httpDate(modifiedUs), 'Last-Modified'),
    ...when(location, 'Location'),
    ['Connection', isKept ? 'keep-alive' : 'close'],
    ...when(modifiedUs === undefined ? undefined : `"${Math.floor(modifiedUs / 1e6).toString(16)}-${length.toString(16)}"`, 'ETag'),
    ...when(modifiedUs === undefined ? undefined : 'bytes', 'Accept-Ranges'),
  ],
  page({ status }) {
    const title = `${status} ${NGINX_MANNERS.reason(status)}`;
    return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${NGINX}</center>\r\n</body>\r\n</html>\r\n`;
  },
};
