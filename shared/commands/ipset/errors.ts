/** What ipset says when something is wrong, and with which status. Authority: lib/errcode.c of ipset 7.17. */
import type { Bytes } from '../../base/index.ts';

/** Ends the command. */
export class Failure extends Error {
  constructor(
    readonly text: Bytes,
    readonly status: 1 | 2 = 1,
  ) {
    super(text);
  }
}
export const fail = (text: Bytes): never => {
  throw new Failure(text);
};
/** The command line is wrong: where help is. */
export const misused = (text: Bytes): never => {
  throw new Failure(`${text}\nTry \`ipset help' for more information.`, 2);
};
export const NO_SET = 'The set with the given name does not exist';
export const IN_USE = 'Set cannot be destroyed: it is in use by a kernel component';
