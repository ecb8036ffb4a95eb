/** How a command that cannot go on is left: thrown while words are expanded or variables set, caught where the command runs. */
import type { Bytes } from '../../base/index.ts';

export class ShellFailure extends Error {
  constructor(
    /** Printed behind `NAME: line N: `; undefined when it has been. */
    readonly words: Bytes | undefined,
    /**
     * command: only this command fails. discard: everything up to the end of the line that was read is given up. exit: a shell that is not
     * interactive ends, as for an unset variable under `set -u`.
     */
    readonly reach: 'command' | 'discard' | 'exit',
    readonly status = 1,
  ) {
    super(words ?? 'failed');
  }
}

/** What is longer is not kept: `x=$x$x` in a loop ends here, as in a shell that the system gives no more memory. */
export const MAX_VALUE_BYTES = 1 << 26;

export function checkSize(value: Bytes): Bytes {
  if (value.length > MAX_VALUE_BYTES) throw new ShellFailure(`xrealloc: cannot allocate ${value.length} bytes`, 'exit', 2);
  return value;
}
