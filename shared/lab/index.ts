/**
 * lab: the only door of the simulated lab for the core and the command line. `createLab` builds one from a lab file,
 * `createBlankHost` one bare Linux host; both come up with everything started and nothing waited for.
 */
export * from './lab.ts';
