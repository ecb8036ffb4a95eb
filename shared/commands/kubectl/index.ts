/** kubectl: the program, and the interface of the cluster that it talks to. */
export * from './api.ts';
export { humanDuration } from './duration.ts';
export { KUBECTL, kubectlProgram } from './kubectl.ts';
export * from './objects.ts';
export * from './objects-apps.ts';
export { parseQuantity } from './quantity.ts';
export { formatTime, parseTime } from './time.ts';
