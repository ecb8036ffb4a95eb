/**
 * The catalogue of faults: each puts one cause into a lab, whatever lab it is, and takes it out again. Codes are those of the diagnoses. Shown or hidden
 * (an exercise), they run as the lab's own commands.
 *
 * Invariant: after `undo` the snapshot differs from before only in counters, caches and the order of what is alike.
 */
import type { Snapshot } from '../snapshot/index.ts';
import type { NodeCommand } from '../twin/index.ts';
import { DEVICE_FAULTS } from './faults/devices.ts';
import { FILTER_FAULTS } from './faults/filter.ts';
import { ROUTE_FAULTS } from './faults/routes.ts';
import { Ground } from './ground.ts';

export interface FaultPlan {
  readonly commands: readonly NodeCommand[];
  readonly undo: readonly NodeCommand[];
}
export interface Fault {
  /** Of the diagnosis that finds it. */
  readonly code: string;
  /** Undefined where the lab has nothing of the kind. */
  readonly plan: (ground: Ground) => FaultPlan | undefined;
  /** It is done to Kubernetes or to files, so a twin cannot show it. */
  readonly needsLab?: true;
}

export const FAULTS: readonly Fault[] = [...DEVICE_FAULTS, ...ROUTE_FAULTS, ...FILTER_FAULTS];

/** What a fault would do to a lab as it is; undefined where there is no such fault, or nothing to do it to. */
export const planFault = (code: string, snapshot: Snapshot): FaultPlan | undefined => FAULTS.find((fault) => fault.code === code)?.plan(new Ground(snapshot));
/** Codes of those that fit the lab. */
export function possibleFaults(snapshot: Snapshot): readonly string[] {
  const ground = new Ground(snapshot);
  return FAULTS.filter(({ plan }) => plan(ground) !== undefined).map(({ code }) => code);
}
