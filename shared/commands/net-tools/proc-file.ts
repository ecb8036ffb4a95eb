/** The kernel's tables under /proc/net, which net-tools reads line by line. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Process } from '../../shell/index.ts';
import type { Ipv4 } from '../../wire/index.ts';

/** The lines below the head of a table; a text says why there are none, as perror(3) does. */
export function rowsOf(p: Process, path: Bytes, headLines: 0 | 1): readonly Bytes[] | string {
  const file = p.fs.readFile(path);
  if (!file.ok) return `${path}: ${strerror(file.error)}\n`;
  return file.value.split('\n').slice(headLines, -1);
}

/** `0101A8C0`: an address as a little-endian number. */
export function addressOfHex(text: Bytes): Ipv4 {
  const n = parseInt(text, 16);
  return ((n & 255) << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24);
}
