/** Lines of a shell's input, for a shell that shares it with the commands it starts. */
import type { Bytes } from '../../base/index.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';

/** One line with its newline, and no byte more; undefined at the end. */
export function* readLine(process: Process, fd: number): Sys<Bytes | undefined> {
  const file = process.fds.get(fd);
  const canSeek = file?.seek(0, 'current').ok ?? false;
  let line = '';
  for (;;) {
    const piece = yield* process.read(fd, canSeek ? 1024 : 1);
    if (!piece.ok && piece.error === 'EINTR') continue;
    if (!piece.ok || piece.value === '') return line === '' ? undefined : line;
    const end = piece.value.indexOf('\n');
    if (end < 0) {
      line += piece.value;
      continue;
    }
    if (canSeek) file?.seek(end + 1 - piece.value.length, 'current');
    return line + piece.value.slice(0, end + 1);
  }
}
