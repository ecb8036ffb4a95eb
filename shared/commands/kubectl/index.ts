/** kubectl: the program, and the interface of the cluster that it talks to. */
export * from './api.ts';
export { decodeBase64, encodeBase64 } from './base64.ts';
export { humanDuration } from './duration.ts';
export { parseFlags, type Flag, type Flags } from './flags.ts';
export { alignTabs } from './tabwriter.ts';
export { KUBECTL, kubectlProgram } from './kubectl.ts';
export * from './objects.ts';
export * from './objects-apps.ts';
export { parseQuantity } from './quantity.ts';
export { formatTime, parseTime } from './time.ts';
