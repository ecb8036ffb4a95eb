/**
 * How a process waits: it yields a `Wait`, is woken, and looks again whether what it waited for is there.
 * Invariant: waking is a hint. A waiter always re-checks its condition, so waking too often is only slow.
 */

/** Takes a waiter off again. Calling it twice does nothing. */
export type Disarm = () => void;

/** Something to wait for. `arm` may call `wake` at once. */
export interface Wait {
  arm(wake: () => void): Disarm;
}

/**
 * A system call in the making: a generator that yields what it waits for and returns its result. Every function that
 * may have to wait returns one and is called with `yield*`.
 */
export type Sys<T = void> = Generator<Wait, T, void>;

/** Waiters for one condition: a pipe that fills, a child that ends, a packet that arrives. Whoever changes it calls `wakeAll`. */
export class WaitQueue implements Wait {
  /** Most queues are never waited for, and most others by one. */
  private waiters: Set<() => void> | (() => void) | undefined = undefined;

  arm(wake: () => void): Disarm {
    if (this.waiters === undefined || this.waiters === wake) this.waiters = wake;
    else if (typeof this.waiters === 'function') this.waiters = new Set([this.waiters, wake]);
    else this.waiters.add(wake);
    return () => {
      if (this.waiters === wake) this.waiters = undefined;
      else if (typeof this.waiters === 'object') this.waiters.delete(wake);
    };
  }
  wakeAll(): void {
    if (typeof this.waiters === 'function') this.waiters();
    else if (this.waiters) for (const wake of [...this.waiters]) wake();
  }
  get isWaitedFor(): boolean {
    return typeof this.waiters === 'function' || (this.waiters !== undefined && this.waiters.size > 0);
  }
}

/** Woken by whichever comes first. */
export function anyOf(waits: readonly Wait[]): Wait {
  return {
    arm(wake) {
      const disarms = waits.map((wait) => wait.arm(wake));
      return () => {
        for (const disarm of disarms) disarm();
      };
    },
  };
}

/** Woken at once: lets others run, then goes on. */
export const NEXT_TURN: Wait = {
  arm(wake) {
    wake();
    return () => undefined;
  },
};
