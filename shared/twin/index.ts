/**
 * twin: between the simulated kernel and snapshots, both ways. `snapshotOf` reads a world; `Twin` is a world built from a snapshot, in which packets
 * are sent to explain, and commands run to predict, what the real thing would do.
 *
 *     const twin = new Twin(snapshot);
 *     twin.run('node-1', 'ip route del 10.244.2.0/24');       { status, output }
 *     twin.matrix();                                          who reaches whom now
 *     twin.trace(place, address, { kind: 'icmp' })
 *
 * Invariant: snapshotOf(new Twin(s).world) equals s, but for what `problems` tells.
 */
export type { TwinProblem } from './build/problem.ts';
export { cellKey, changedCells, OUTSIDE, protocolText, type Ask, type Cell, type Matrix } from './matrix.ts';
export { placesOf, podId, type Place } from './places.ts';
export { sendAsks } from './asking.ts';
export { changedPairs, oneLine, pairOf, podAsks, Predictor, type Prediction } from './predict.ts';
export { Promised, type Pending } from './promised.ts';
export { snapshotOf } from './read/snapshot-of.ts';
export { sendProbes, sendTraced, type ProbePair, type ProbeProtocol, type ProbeResult } from './tracing.ts';
export { Twin } from './twin.ts';
export { cellText, changeWords, matrixWords } from './words.ts';
export { type NodeCommand } from './run.ts';
