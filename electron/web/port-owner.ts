/** Which program listens on a port of this machine, where the system tells: Linux, by /proc. For a message only. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** `node (process 1234)`; undefined: it cannot be seen. */
export function whoListens(port: number): string | undefined {
  try {
    const inode = socketInode(port);
    if (inode === undefined) return undefined;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (openFiles(pid).includes(`socket:[${inode}]`)) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
    }
  } catch {
    // no /proc here
  }
  return undefined;
}

/** proc(5), /proc/net/tcp: local address in hexadecimal, state, inode. */
function socketInode(port: number): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(wanted) === true && fields[3] === LISTEN) return fields[9];
    }
  }
  return undefined;
}

function openFiles(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return []; // another user's
  }
}
