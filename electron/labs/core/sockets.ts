/**
 * The sockets of labs that are up: one a lab, in a folder that only its user can enter, so that commands and the app reach a lab wherever it is up.
 * A socket that nobody answers was left by a process that is gone, and is cleared.
 */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { refuse } from '../../../shared/ipc/index.ts';
import type { RunningLab } from '../provider.ts';
import { RemoteLab } from './remote-lab.ts';
import { serveLab } from './serve-lab.ts';
import { socketChannel } from './socket-channel.ts';

const SUFFIX = '.sock';
/** The system's limit for the path of a socket is 104 to 108 bytes. */
const MOST_PATH_BYTES = 100;
const ANSWER_MS = 2000;

/** The folder of sockets and of what is known of running labs; made where it is missing. Elsewhere when the data folder's path is too long. */
export function runFolder(home: string): string {
  const own = join(home, 'run');
  const isShort = Buffer.byteLength(own) <= MOST_PATH_BYTES - 33;
  const folder = isShort || process.platform === 'win32' ? own : join(tmpdir(), `podwalk-${userInfo().uid}-${hash(home)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') {
    const { uid, mode } = lstatSync(folder);
    if (uid !== userInfo().uid) refuse('not-possible', `${folder} belongs to another user.`);
    if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
  }
  return folder;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
/** Names of labs may be of any length and of any characters. */
function socketOf(home: string, lab: string): string {
  const name = /^[a-z0-9][-a-z0-9.]{0,26}$/.test(lab) ? lab : `_${hash(lab)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\podwalk-${userInfo().username}-${hash(home)}-${name}`;
  return join(runFolder(home), `${name}${SUFFIX}`);
}

/** A lab that is up in any process of this user; undefined: it is up nowhere. */
export async function attachLab(home: string, lab: string): Promise<RemoteLab | undefined> {
  const socket = await reach(socketOf(home, lab));
  if (!socket) return undefined;
  const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
  try {
    const remote = await RemoteLab.attach(socketChannel(socket));
    if (remote.id === lab) return remote;
    remote.detach();
    return undefined;
  } catch {
    return undefined; // it was just taken down
  } finally {
    clearTimeout(timer);
  }
}

/** All that are up in other processes, or in this. */
export async function labsUp(
  home: string,
): Promise<
  readonly { readonly id: string; readonly provider: RunningLab['provider']; readonly pid: number; readonly nodes: readonly string[]; readonly title: string }[]
> {
  if (process.platform === 'win32') return [];
  const folder = runFolder(home);
  const found = await Promise.all(
    readdirSync(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .map(async (name) => {
        const socket = await reach(join(folder, name));
        if (!socket) return [];
        const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
        try {
          const lab = await RemoteLab.attach(socketChannel(socket));
          lab.detach();
          return [{ id: lab.id, provider: lab.provider, pid: lab.pid, nodes: lab.nodes, title: lab.title }];
        } catch {
          return [];
        } finally {
          clearTimeout(timer);
        }
      }),
  );
  return found.flat();
}

/** Serves it until the answer's `close`. */
export async function publishLab(home: string, lab: RunningLab, stop: () => Promise<void>, onBug: (error: unknown) => void): Promise<{ close(): void }> {
  const path = socketOf(home, lab.id);
  const present = await reach(path);
  if (present) {
    present.destroy();
    return refuse('not-possible', `The lab ${lab.id} is up in another process.`, { lab: lab.id });
  }
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const clients = new Set<Socket>();
  const server: Server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    serveLab(socketChannel(socket), { lab, stop, onBug: (_procedure, error) => onBug(error) });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return {
    close: () => {
      server.close();
      // what was answered is sent first
      for (const client of clients) client.end();
      if (process.platform !== 'win32') rmSync(path, { force: true });
    },
  };
}

function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
