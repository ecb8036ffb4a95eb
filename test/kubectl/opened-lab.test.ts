/**
 * Goal: a lab that is opened in the app has its Kubernetes API served: kubectl works on it, `podwalk kubeconfig` finds it, its terminals and kubectl see
 * one cluster; and when it is closed, all of that is gone.
 * Method: the whole app behind its web host, spoken to over the WebSocket as a window does, and the real kubectl of this machine.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import type { App } from '../../electron/app.ts';
import { kubeconfig } from '../../electron/cli/kubeconfig.ts';
import { kubeconfigFile } from '../../electron/kubernetes-api/kubeconfig.ts';
import { openApp } from '../../electron/open-app.ts';
import { findPlaces } from '../../electron/places.ts';
import { webSocketChannel } from '../../electron/web/channel.ts';
import { setupWebHost, type WebHost } from '../../electron/web.ts';
import { Connection, type Contract } from '../../shared/ipc/index.ts';
import { kubectlWith, type Ran } from './served-lab.ts';

const LAB = 'flannel-host-gw';
const home = mkdtempSync(join(tmpdir(), 'podwalk-opened-'));
let app: App;
let host: WebHost;
let client: Connection<Contract>;

beforeAll(async () => {
  vi.stubEnv('PODWALK_HOME', home);
  const renderer = join(home, 'renderer');
  mkdirSync(renderer);
  writeFileSync(join(renderer, 'index.html'), '');
  app = await openApp('web', { ...findPlaces(), home });
  host = await setupWebHost({ renderer, onChannel: (channel) => app.connect(channel) });
  const { origin, searchParams } = new URL(host.address);
  const headers = { cookie: `podwalk-${host.port}=${searchParams.get('token') ?? ''}` };
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/wire`, { origin, headers });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  client = new Connection<Contract>(webSocketChannel(socket));
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  client.close();
  await host.close();
  await app.close();
  rmSync(home, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const kubectl = (line: string): Promise<Ran> => kubectlWith(kubeconfigFile(home, LAB), home, line.split(' '));
/** Looks again until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isSo()).toBe(true);
}
/** What `podwalk kubeconfig` prints. */
async function printed(): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((data) => {
    text += String(data);
    return true;
  });
  const status = await kubeconfig({ options: {}, operands: [LAB] });
  vi.restoreAllMocks();
  expect(status).toBe(0);
  return text;
}

it('is served from when it is opened until it is closed', async () => {
  expect(existsSync(kubeconfigFile(home, LAB))).toBe(false);
  await client.call('labs.start', { lab: LAB });
  await until(() => existsSync(kubeconfigFile(home, LAB)));
  expect(await kubectl('get nodes -o name')).toEqual({ status: 0, out: 'node/controlplane\nnode/node-1\nnode/node-2\n', err: '' });

  // by the kubeconfig that the command line prints
  const own = join(home, 'own.yaml');
  writeFileSync(own, await printed());
  const run = await kubectlWith(own, home, ['run', 'web', '--image=nginx', '--labels=app=web']);
  expect(run).toEqual({ status: 0, out: 'pod/web created\n', err: '' });
  expect(await kubectl('wait --for=condition=Ready pod/web --timeout=60s')).toMatchObject({ status: 0, out: 'pod/web condition met\n' });

  // the lab's own kubectl and the window's endpoints see the same pod
  const address = (await kubectl('get pod web -o jsonpath={.status.podIP}')).out;
  expect(address).toMatch(/^10\.244\.\d+\.\d+$/);
  const view = client.open('labs.watch', { lab: LAB });
  const seen = await view.next();
  await view.return?.(undefined);
  expect(JSON.stringify(seen)).toContain(address);
  expect(await kubectl('exec web -- hostname')).toEqual({ status: 0, out: 'web\n', err: '' });

  await client.call('labs.stop', { lab: LAB });
  await until(() => !existsSync(kubeconfigFile(home, LAB)));
  const after = await kubectlWith(own, home, ['get', 'nodes']);
  expect(after).toMatchObject({ status: 1, out: '' });
  expect(after.err).toMatch(/connection refused|was refused/);
});

it('is served anew, under a token of its own, when it is opened again', async () => {
  await client.call('labs.start', { lab: LAB });
  await until(() => existsSync(kubeconfigFile(home, LAB)));
  expect((await kubectl('get pod web --ignore-not-found')).out).toBe('');
  expect((await kubectlWith(join(home, 'own.yaml'), home, ['get', 'nodes'])).status).toBe(1);
  await client.call('labs.stop', { lab: LAB });
});
