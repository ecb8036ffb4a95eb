/** What both wgets do alike: a connection to a page's host, a request on it, the head of the answer. */
import type { Bytes, Errno } from '../../base/index.ts';
import { SocketFile } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { HttpConnection, type Head, type Url } from '../http/index.ts';
import { connectTcp, familyOf, tcpSocket, type HostAddress } from '../net/index.ts';

export interface Connected {
  readonly http: HttpConnection;
  readonly fd: number;
}
export const portOf = (url: Url): number => url.port ?? (url.scheme === 'https' ? 443 : 80);

/** ETIMEDOUT also when `timeoutUs` passes first. */
export function* connectTo(p: Process, { address, scope }: HostAddress, port: number, timeoutUs: number): Sys<Connected | Errno> {
  const socket = tcpSocket(p, familyOf(address));
  socket.boundDevice = scope;
  const errno = yield* connectTcp(p, socket, address, port, timeoutUs === Infinity ? undefined : timeoutUs);
  const fd = errno === null ? p.install(new SocketFile(socket)) : undefined;
  if (fd?.ok === true) return { http: new HttpConnection(p, fd.value), fd: fd.value };
  socket.close();
  return errno === 'EINPROGRESS' ? 'ETIMEDOUT' : (errno ?? 'EMFILE');
}

/** `fields` in their order; an own field of the same name takes the place of a given one. */
export function requestText(method: Bytes, url: Url, fields: readonly (readonly [string, Bytes])[], own: readonly Bytes[], body: Bytes | undefined): Bytes {
  const given = own.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()] as const);
  const inPlace = fields.map(([name, value]) => [name, given.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? value] as const);
  const others = given.filter(([name]) => !fields.some(([each]) => each.toLowerCase() === name.toLowerCase()));
  const about =
    body === undefined
      ? []
      : ([
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['Content-Length', `${body.length}`],
        ] as const);
  const lines = [...inPlace, ...others, ...about].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${url.path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

export const isRedirect = (head: Head): boolean => [301, 302, 303, 307, 308].includes(head.status) && head.field('location') !== undefined;
/** The name a page is kept under. */
export function fileNameOf(url: Url): Bytes {
  const name = url.path.split('/').at(-1) ?? '';
  return name === '' ? 'index.html' : name.startsWith('?') ? `index.html${name}` : name;
}
