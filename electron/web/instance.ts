/** The web host that is already running for this user, found by what it wrote in the data folder and asked whether it is still there. */
import { readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { SESSION_PATH } from '../../shared/ipc/index.ts';
import { replaceFile } from '../file.ts';

export interface Instance {
  readonly pid: number;
  readonly port: number;
  /** With the token: the file is for its user's eyes alone. */
  readonly address: string;
}

const instanceFile = (home: string): string => join(home, 'web-host.json');
const ANSWER_LIMIT_MS = 1000;

/** Undefined: none is running. */
export async function findInstance(home: string): Promise<Instance | undefined> {
  const instance = await readInstance(home);
  return instance && (await isAlive(instance)) ? instance : undefined;
}
export function announceInstance(home: string, instance: Instance): Promise<void> {
  return replaceFile(instanceFile(home), `${JSON.stringify(instance)}\n`);
}
export async function withdrawInstance(home: string, pid: number): Promise<void> {
  if ((await readInstance(home))?.pid === pid) await rm(instanceFile(home), { force: true });
}

async function readInstance(home: string): Promise<Instance | undefined> {
  try {
    const { pid, port, address } = JSON.parse(await readFile(instanceFile(home), 'utf8')) as Partial<Instance>;
    return typeof pid === 'number' && typeof port === 'number' && typeof address === 'string' ? { pid, port, address } : undefined;
  } catch {
    return undefined;
  }
}

/** Only the host that wrote the file knows its token. */
function isAlive({ port, address }: Instance): Promise<boolean> {
  const token = URL.canParse(address) ? new URL(address).searchParams.get('token') : null;
  if (token === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path: SESSION_PATH, headers: { cookie: `podwalk-${port}=${token}` }, timeout: ANSWER_LIMIT_MS },
      (response) => {
        response.resume();
        resolve(response.statusCode === 204);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
