/**
 * Goal: the web host lets in its own page with its token, and nobody else; serves files and nothing outside their folder; speaks the wire.
 * Method: a real host on a free port, raw HTTP requests and real WebSockets.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Connection, contract, serve, type Channel, type Contract, type Services } from '../shared/ipc/index.ts';
import { announceInstance, findInstance, withdrawInstance } from './web/instance.ts';
import { PortBusy, setupWebHost, type WebHost } from './web.ts';

const folder = mkdtempSync(join(tmpdir(), 'podwalk-web-'));
let host: WebHost;
let cookie = '';

beforeAll(async () => {
  mkdirSync(join(folder, 'renderer/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html>window');
  writeFileSync(join(folder, 'renderer/.hidden.js'), 'hidden');
  writeFileSync(join(folder, 'renderer/assets/index-abc.js'), 'script');
  const services = {
    'app.info': () => ({ version: '1', host: 'web', platform: 'test', localTerminal: { kind: 'missing', compiler: '' } }),
  } as unknown as Services<Contract>;
  host = await setupWebHost({ renderer: join(folder, 'renderer'), onChannel: (channel) => serve(channel, contract, services) });
  cookie = `podwalk-${host.port}=${new URL(host.address).searchParams.get('token') ?? ''}`;
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: host.port, path, method, headers: { host: `127.0.0.1:${host.port}`, ...headers } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
const connect = (headers: Record<string, string>, path = '/wire'): Promise<WebSocket | string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers: { host: `127.0.0.1:${host.port}`, ...headers } });
    socket.on('open', () => resolve(socket)).on('error', (error) => resolve(error.message));
  });
const ours = (): Record<string, string> => ({ cookie, origin: `http://127.0.0.1:${host.port}` });

describe('the address with the token', () => {
  it('sets the cookie, and goes on without the token', async () => {
    const { status, headers, body } = await ask(new URL(host.address).pathname + new URL(host.address).search);
    expect([status, headers['set-cookie']]).toEqual([200, [`${cookie}; Path=/; HttpOnly; SameSite=Strict`]]);
    expect(body).toContain('<meta http-equiv="refresh" content="0;url=/">');
  });
  it('with another token is refused', async () => {
    const { status, headers } = await ask('/?token=AAAA');
    expect([status, headers['set-cookie']]).toEqual([403, undefined]);
  });
});

describe('requests', () => {
  const cases: [what: string, path: string, headers: () => Record<string, string>, method: string, status: number, body: string | RegExp][] = [
    ['the window', '/', ours, 'GET', 200, '<!doctype html>window'],
    ['a script', '/assets/index-abc.js', ours, 'GET', 200, 'script'],
    ['only the head', '/', ours, 'HEAD', 200, ''],
    ['the session', '/session', ours, 'GET', 204, ''],
    ['the session without a cookie', '/session', () => ({}), 'GET', 401, ''],
    ['the window without a cookie', '/', () => ({}), 'GET', 403, /needs the address/],
    ['the window with another cookie', '/', () => ({ cookie: `podwalk-${host.port}=wrong` }), 'GET', 403, /needs the address/],
    ['what is not there', '/nothing.js', ours, 'GET', 404, /404/],
    ['a path that leads out', '/../secret.txt', ours, 'GET', 404, /404/],
    ['an encoded path that leads out', '/%2e%2e/secret.txt', ours, 'GET', 404, /404/],
    ['backslashes', '/..%5csecret.txt', ours, 'GET', 404, /404/],
    ['a broken encoding', '/%zz', ours, 'GET', 404, /404/],
    ['a null byte', '/index.html%00.js', ours, 'GET', 404, /404/],
    ['a hidden file', '/.hidden.js', ours, 'GET', 404, /404/],
    ['a folder', '/assets/', ours, 'GET', 404, /404/],
    ['another method', '/', ours, 'POST', 405, ''],
    ['another name that leads here', '/', () => ({ ...ours(), host: `evil.example:${host.port}` }), 'GET', 421, ''],
    ['localhost', '/session', () => ({ ...ours(), host: `localhost:${host.port}` }), 'GET', 204, ''],
  ];
  it.each(cases)('%s', async (_, path, headers, method, status, body) => {
    const answer = await ask(path, headers(), method);
    expect(answer.status).toBe(status);
    if (typeof body === 'string') expect(answer.body).toBe(body);
    else expect(answer.body).toMatch(body);
  });
  it('are answered under a strict policy', async () => {
    const { headers } = await ask('/', ours());
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://127.0.0.1:${host.port} ws://localhost:${host.port}; worker-src 'self' blob:; media-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; object-src 'none'`,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });
});

describe('the wire', () => {
  const refused: [what: string, headers: () => Record<string, string>, path: string, message: string][] = [
    ['without a cookie', () => ({ origin: ours()['origin']! }), '/wire', 'Unexpected server response: 401'],
    ['from another page', () => ({ cookie, origin: 'http://evil.example' }), '/wire', 'Unexpected server response: 403'],
    ['from no page', () => ({ cookie }), '/wire', 'Unexpected server response: 403'],
    ['from a page of localhost with our address', () => ({ cookie, origin: `http://localhost:${host.port}` }), '/wire', 'Unexpected server response: 403'],
    ['for another name', () => ({ ...ours(), host: 'evil.example' }), '/wire', 'Unexpected server response: 421'],
    ['at another path', ours, '/', 'Unexpected server response: 404'],
  ];
  it.each(refused)('%s is refused', async (_, headers, path, message) => expect(await connect(headers(), path)).toBe(message));
  it('is spoken with our own page', async () => {
    const socket = (await connect(ours())) as WebSocket;
    const channel: Channel = {
      send: (message) => socket.send(message),
      onMessage: (listener) => void socket.on('message', (data, isBinary) => listener(isBinary ? data : (data as Buffer).toString('utf8'))),
      onClose: (listener) => void socket.on('close', listener),
      close: () => socket.close(),
    };
    const client = new Connection<Contract>(channel);
    expect(await client.call('app.info', {})).toMatchObject({ host: 'web' });
    client.close();
  });
});

describe('ports and instances', () => {
  it('a busy port is named when it was asked for, and stepped over when not', async () => {
    const options = { renderer: join(folder, 'renderer'), onChannel: () => undefined };
    await expect(setupWebHost({ ...options, port: host.port })).rejects.toEqual(new PortBusy(host.port));
    const other = await setupWebHost(options);
    expect(other.port).not.toBe(host.port);
    await other.close();
  });
  it('a window that is not built is said', async () => {
    await expect(setupWebHost({ renderer: join(folder, 'nothing'), onChannel: () => undefined })).rejects.toThrow(/npm run build/);
  });
  it('a host that runs is found, one that ended is not', async () => {
    const home = join(folder, 'home');
    expect(await findInstance(home)).toBeUndefined();
    const instance = { pid: process.pid, port: host.port, address: host.address };
    await announceInstance(home, instance);
    expect(await findInstance(home)).toEqual(instance);
    await announceInstance(home, { ...instance, address: host.address.replace(/token=.*/, 'token=another') });
    expect(await findInstance(home)).toBeUndefined();
    writeFileSync(join(home, 'web-host.json'), '{damaged');
    expect(await findInstance(home)).toBeUndefined();
    await announceInstance(home, instance);
    await withdrawInstance(home, process.pid + 1);
    expect(await findInstance(home)).toEqual(instance);
    await withdrawInstance(home, process.pid);
    expect(await findInstance(home)).toBeUndefined();
  });
});
