/** Who wants to be told: callbacks that may be removed at any time, also while they are being called. */
export class Watchers<T = void> {
  private readonly callbacks = new Set<(value: T) => void>();
  add(callback: (value: T) => void): () => void {
    this.callbacks.add(callback);
    return () => void this.callbacks.delete(callback);
  }
  get isEmpty(): boolean {
    return this.callbacks.size === 0;
  }
  notify(value: T): void {
    if (this.callbacks.size === 0) return;
    for (const callback of [...this.callbacks]) if (this.callbacks.has(callback)) callback(value);
  }
}
