import type { Sys } from '../process/wait.ts';
import type { Shell } from './shell.ts';
export function* interact(shell: Shell, _plain: boolean): Sys<number> { return shell.status; }
