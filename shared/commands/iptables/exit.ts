/**
 * How the iptables programs end early: a message in the form of xtables' own (xtables_error) and one of its exit statuses.
 * Thrown inside this folder alone and caught where a program begins; nothing outside sees it.
 */
export const OTHER_PROBLEM = 1;
export const PARAMETER_PROBLEM = 2;
export const VERSION_PROBLEM = 3;
export const RESOURCE_PROBLEM = 4;

export class Exit extends Error {
  constructor(
    readonly status: number,
    /** After `iptables v1.8.9 (nf_tables): `; undefined when everything is said already. */
    readonly text: string | undefined,
  ) {
    super(text);
  }
}

/** A mistake on the command line: followed by the advice to try --help. */
export function usage(text: string): never {
  throw new Exit(PARAMETER_PROBLEM, text);
}
export function otherProblem(text: string): never {
  throw new Exit(OTHER_PROBLEM, text);
}
