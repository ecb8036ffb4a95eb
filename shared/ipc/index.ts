/** ipc: the contract between core and window, and the wire that carries it. */
export * from './contract.ts';
export * from './host.ts';
export type { MachineInfo, MachinesInfo, MachinesView } from './machines.ts';
export * from './views.ts';
export * from './wire/index.ts';
