/** A kernel socket as something a process can wait for. */
import type { Socket } from '../../kernel/index.ts';
import type { Wait } from '../../shell/index.ts';

export const watching = (socket: Socket): Wait => ({ arm: (wake) => socket.watchers.add(wake) });
