/**
 * The core as the window sees it: calls, streams and whether it is there. `bridge.ts` reaches it; everything else gets it from here,
 * so that a test can put another one in its place.
 */
import { watch, type ShallowRef } from 'vue';
import { WireFailure, type Client, type ConnectionState, type Contract, type Input, type Output, type StreamName } from '../shared/ipc/index.ts';

export interface Core extends Client<Contract> {
  readonly state: Readonly<ShallowRef<ConnectionState>>;
}

let present: Core | undefined;

export function provideCore(core: Core): void {
  present = core;
}
export function useCore(): Core {
  if (present === undefined) throw new Error('no core was provided');
  return present;
}

/** Resolves once the core is connected, or `signal` says that nobody waits any more. */
function whenConnected(core: Core, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      core.state,
      (state) => {
        if (state === 'connected') done();
      },
      { flush: 'sync' },
    );
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    if (core.state.value === 'connected' || signal.aborted) done();
  });
}

/**
 * Hands each chunk of a stream to `take` (the next one comes after it is done) until the stream ends or `signal` says so. When the
 * connection was lost, the stream is opened again as soon as the core is back; `onOpen` tells of every opening.
 */
export async function follow<P extends StreamName>(
  name: P,
  input: () => Input<P>,
  take: (chunk: Output<P>) => void | Promise<void>,
  signal: AbortSignal,
  onOpen?: () => void,
): Promise<void> {
  const core = useCore();
  const isAborted = (): boolean => signal.aborted;
  while (!isAborted()) {
    await whenConnected(core, signal);
    if (isAborted()) return;
    onOpen?.();
    const reading = core.open(name, input() as never); // the client's own name for the same type
    const cancel = (): void => reading.cancel();
    signal.addEventListener('abort', cancel);
    try {
      for await (const chunk of reading) await take(chunk as Output<P>);
      return;
    } catch (error) {
      if (isAborted()) return;
      if (!(error instanceof WireFailure) || error.code !== 'connection-lost') throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}
