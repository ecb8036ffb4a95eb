/** base: what everything else stands on. Knows nothing of networks, shells or Kubernetes. */
export * from './assert.ts';
export * from './bytes.ts';
export * from './errno.ts';
export * from './posix-regex.ts';
export * from './result.ts';
export * from './rng.ts';
export * from './sha256.ts';
export * from './simulation.ts';
