/**
 * How the programs of iproute2 end early: a text for standard error and an exit status. Thrown inside `ip` and `bridge` alone and caught where
 * they begin; nothing outside sees it. Authority: lib/utils.c (missarg, invarg, duparg …), whose texts users search for.
 */
export class Exit extends Error {
  constructor(
    readonly status: number,
    /** Whole lines for standard error; '' when everything has been said. */
    readonly text: string,
    /** 'return' ends one command only: the next line of a -batch file still runs with -force. */
    readonly reach: 'exit' | 'return',
  ) {
    super(text);
  }
}

/** exit(-1) as a shell sees it. */
export const EXIT_MINUS_ONE = 255;

export function leave(status: number, text = ''): never {
  throw new Exit(status, text, 'exit');
}
export function giveUp(status: number, text = ''): never {
  throw new Exit(status, text, 'return');
}
export function incompleteCommand(): never {
  leave(EXIT_MINUS_ONE, 'Command line is not complete. Try option "help"\n');
}
/** `message` may end with a newline: then an empty line follows, as from the real program. */
export function invalidArgument(message: string, argument: string): never {
  leave(EXIT_MINUS_ONE, `Error: argument "${argument}" is wrong: ${message}\n`);
}
export function duplicateArgument(key: string, argument: string): never {
  leave(EXIT_MINUS_ONE, `Error: duplicate "${key}": "${argument}" is the second value.\n`);
}
export function duplicateOrGarbage(key: string, argument: string): never {
  leave(EXIT_MINUS_ONE, `Error: either "${key}" is duplicate, or "${argument}" is a garbage.\n`);
}
