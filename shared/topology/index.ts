/**
 * topology: a snapshot as a figure. `graphOf` says what there is to draw, `TopologyLayout` keeps the positions, `topologySvg` draws it.
 */
export { graphOf, netnsBoxId } from './build.ts';
export * from './graph.ts';
export * from './layout.ts';
export * from './svg.ts';
export * from './topology.ts';
