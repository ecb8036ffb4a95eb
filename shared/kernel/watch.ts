/** Who wants to be told: callbacks that may be removed at any time, also while they are being called. */
export class Watchers<T = void> {
  /** Made when the first one comes: most things are watched by nobody. */
  private callbacks: Set<(value: T) => void> | null = null;
  add(callback: (value: T) => void): () => void {
    const callbacks = (this.callbacks ??= new Set());
    callbacks.add(callback);
    return () => void callbacks.delete(callback);
  }
  get isEmpty(): boolean {
    return this.callbacks === null || this.callbacks.size === 0;
  }
  notify(value: T): void {
    const { callbacks } = this;
    if (callbacks === null || callbacks.size === 0) return;
    if (callbacks.size === 1) {
      for (const only of callbacks) {
        only(value);
        return;
      }
    }
    for (const callback of [...callbacks]) if (callbacks.has(callback)) callback(value);
  }
}
