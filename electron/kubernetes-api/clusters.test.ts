/** Goal: a lab that is up is served to its user alone, and found; one that is down is not. Method: the real lab and server, Node as client. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openContent } from '../content.ts';
import type { RunningLab } from '../labs/provider.ts';
import { simulatedProvider } from '../labs/simulated.ts';
import { silentLog } from '../log.ts';
import { findPlaces } from '../places.ts';
import { Clusters } from './clusters.ts';
import { findKubeconfig, kubeconfigFile } from './kubeconfig.ts';

const LAB = 'flannel-host-gw';
let home = '';
let lab: RunningLab;
let clusters: Clusters;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'podwalk-clusters-'));
  const places = { ...findPlaces(), home };
  lab = await simulatedProvider(openContent(places), places.version, (error) => expect.fail(String(error))).start(LAB);
  clusters = new Clusters(places, { ...silentLog, error: (error) => expect.fail(String(error)) });
  clusters.labStarted(lab);
  await clusters.kubeconfig(LAB);
});
afterAll(async () => {
  await clusters.close();
  await lab.stop();
  rmSync(home, { recursive: true, force: true });
});

interface Config {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}
const configOf = async (): Promise<Config> => parse((await findKubeconfig(home, LAB)) ?? '') as Config;

async function ask(
  path: string,
  options: { readonly token?: string; readonly method?: string; readonly body?: string } = {},
): Promise<{ status: number | undefined; body: string }> {
  const {
    clusters: [{ cluster }],
    users: [{ user }],
  } = await configOf();
  const { token = user.token, method = 'GET', body = '' } = options;
  return new Promise((resolve, reject) => {
    const asked = request(`${cluster.server}${path}`, {
      method,
      agent: false,
      ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    asked.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
    });
    asked.end(body);
  });
}

it('is vouched for by its own authority, on loopback', async () => {
  expect((await configOf()).clusters[0].cluster.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await ask('/readyz')).toEqual({ status: 200, body: 'ok' });
});
it('answers nobody without the token', async () => {
  const { status, body } = await ask('/api/v1/pods', { token: 'guessed' });
  expect([status, JSON.parse(body)]).toEqual([
    401,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
  ]);
});
it('keeps the kubeconfig from other users', () => {
  expect(statSync(kubeconfigFile(home, LAB)).mode & 0o077).toBe(0);
});
it.each([
  ['GET', '/api/v1/namespaces/default/pods/none', '', 404, 'NotFound', { name: 'none', kind: 'pods' }],
  ['GET', '/apis/apps/v1/namespaces/default/deployments/none', '', 404, 'NotFound', { name: 'none', group: 'apps', kind: 'deployments' }],
  [
    'POST',
    '/api/v1/namespaces/none/pods',
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    404,
    'NotFound',
    { name: 'none', kind: 'namespaces' },
  ],
  ['POST', '/api/v1/namespaces/default/pods', '{', 400, 'BadRequest', undefined],
  ['PUT', '/api/v1/namespaces/default/pods', '', 405, 'MethodNotAllowed', undefined],
  ['GET', '/api/v1/pods?labelSelector=a%20in', '', 400, 'BadRequest', undefined],
])('%s %s is refused as the API refuses', async (method, path, body, code, reason, details) => {
  const answer = await ask(path, { method, body });
  const { code: said, reason: why, details: what } = JSON.parse(answer.body) as { code: number; reason: string; details?: object };
  expect({ status: answer.status, code: said, reason: why, details: what }).toEqual({ status: code, code, reason, details });
});
it('pages long lists', async () => {
  const names: string[] = [];
  let token = '';
  do {
    const { body } = await ask(`/api/v1/pods?limit=4&continue=${token}`);
    const { items, metadata } = JSON.parse(body) as { items: { metadata: { name: string } }[]; metadata: { continue?: string } };
    expect(items.length).toBeLessThanOrEqual(4);
    names.push(...items.map((one) => one.metadata.name));
    token = metadata.continue ?? '';
  } while (token !== '');
  const whole = JSON.parse((await ask('/api/v1/pods')).body) as { items: { metadata: { name: string } }[] };
  expect(names).toEqual(whole.items.map((one) => one.metadata.name));
});
it('is found no more when the lab is down', async () => {
  clusters.labStopping(LAB);
  await clusters.close();
  expect(await findKubeconfig(home, LAB)).toBe(undefined);
});
