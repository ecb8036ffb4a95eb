/** What line-oriented programs share: going through their file operands (`-` and none are standard input), with the real programs' messages. */
import { strerror, type Bytes, type Errno } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';

export type Opened = { readonly kind: 'open'; readonly fd: number; readonly name: Bytes } | { readonly kind: 'failed'; readonly errno: Errno };

/** Characters that a shell would not take as they are, and the colon, which ends a name in messages (quotef() of gnulib). */
const NEEDS_QUOTES = /[\s!"$&'()*;<=>?[\\^`|:]|^[#~]|^[{}]$|^$/;
/** A name as messages quote it: as a shell would take it, where it needs that. */
export function quotedName(name: Bytes): Bytes {
  if (!NEEDS_QUOTES.test(name)) return name;
  return name.includes("'") && !/["$`\\!]/.test(name) ? `"${name}"` : `'${name.replaceAll("'", "'\\''")}'`;
}

/** Opens an operand; `-` is standard input. */
export function* openInput(p: Process, operand: Bytes): Sys<Opened> {
  if (operand === '-') return { kind: 'open', fd: 0, name: operand };
  const fd = yield* p.open(operand, { read: true });
  return fd.ok ? { kind: 'open', fd: fd.value, name: operand } : { kind: 'failed', errno: fd.error };
}

export const closeInput = (p: Process, fd: number): void => {
  if (fd !== 0) p.close(fd);
};

/** Runs `body` for each operand; its errors are said as cat(1) says them. The exit status: 1 when any failed. */
export function* eachInput(
  p: Process,
  operands: readonly Bytes[],
  body: (fd: number, name: Bytes) => Sys<Errno | undefined>,
  wording: (name: Bytes, errno: Errno) => Bytes = (name, errno) => `${quotedName(name)}: ${strerror(errno)}`,
): Sys<number> {
  let status = 0;
  for (const operand of operands.length > 0 ? operands : ['-']) {
    const opened = yield* openInput(p, operand);
    const errno = opened.kind === 'failed' ? opened.errno : yield* body(opened.fd, operand);
    if (opened.kind === 'open') closeInput(p, opened.fd);
    if (errno !== undefined) status = yield* p.fail(wording(operand, errno));
  }
  return status;
}

/** Everything of a descriptor, piece by piece. */
export function* eachPiece(p: Process, fd: number, body: (piece: Bytes) => Sys<boolean | void>): Sys<Errno | undefined> {
  for (;;) {
    const piece = yield* p.read(fd);
    if (!piece.ok) return piece.error;
    if (piece.value === '') return undefined;
    if ((yield* body(piece.value)) === false) return undefined;
  }
}
