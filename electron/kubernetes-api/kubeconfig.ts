/**
 * The kubeconfig of a lab that is served: a file in the data folder, for its user's eyes alone, there as long as the lab is up. It is also how
 * another process finds the lab: the server that it names is asked whether it is still there.
 */
import { readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { stringify, parse } from 'yaml';
import { replaceFile } from '../file.ts';
import type { ApiHost } from './server.ts';

const ANSWER_LIMIT_MS = 2000;

export const kubeconfigFile = (home: string, lab: string): string => join(home, 'kubeconfig', `${lab}.yaml`);

export function kubeconfigText(lab: string, { port, token, authority }: Pick<ApiHost, 'port' | 'token' | 'authority'>): string {
  const user = `${lab}-admin`;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: lab, cluster: { 'certificate-authority-data': Buffer.from(authority).toString('base64'), server: `https://127.0.0.1:${port}` } }],
      contexts: [{ name: lab, context: { cluster: lab, user } }],
      'current-context': lab,
      preferences: {},
      users: [{ name: user, user: { token } }],
    },
    { lineWidth: 0 },
  );
}

export const announceKubeconfig = (home: string, lab: string, text: string): Promise<void> => replaceFile(kubeconfigFile(home, lab), text);

/** Takes it away, unless it is another's by now. */
export async function withdrawKubeconfig(home: string, lab: string, text: string): Promise<void> {
  const path = kubeconfigFile(home, lab);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true });
}

/** The kubeconfig of a lab that is being served by any process of this user; undefined: there is none. */
export async function findKubeconfig(home: string, lab: string): Promise<string | undefined> {
  const text = await readFile(kubeconfigFile(home, lab), 'utf8').catch(() => undefined);
  return text !== undefined && (await answers(text)) ? text : undefined;
}

interface Config {
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string; readonly 'certificate-authority-data'?: string } }[];
  readonly users?: readonly { readonly user?: { readonly token?: string } }[];
}

function answers(text: string): Promise<boolean> {
  const { clusters, users } = parse(text) as Config;
  const { server = '', 'certificate-authority-data': authority = '' } = clusters?.[0]?.cluster ?? {};
  const options = {
    ca: Buffer.from(authority, 'base64'),
    headers: { authorization: `Bearer ${users?.[0]?.user?.token ?? ''}` },
    timeout: ANSWER_LIMIT_MS,
    agent: false,
  };
  return new Promise((resolve) => {
    const request = get(`${server}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
