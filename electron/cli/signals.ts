/** How a command that serves is told to end. */

/** Ctrl-C, or the end of the session. A second one does not wait. */
export function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (++count > 1) process.exit(1);
        resolve();
      });
    }
  });
}
