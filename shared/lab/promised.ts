/** A `Pending` that somebody fulfils. */
import type { Pending } from './lab.ts';

export class Promised<T> implements Pending<T> {
  value: T | undefined = undefined;
  private readonly listeners = new Set<(value: T) => void>();
  private isCancelled = false;

  constructor(private readonly onCancel: () => void = () => undefined) {}

  fulfil(value: T): void {
    if (this.value !== undefined || this.isCancelled) return;
    this.value = value;
    for (const listener of [...this.listeners]) listener(value);
    this.listeners.clear();
  }
  onDone(listener: (value: T) => void): void {
    if (this.value === undefined) this.listeners.add(listener);
    else listener(this.value);
  }
  cancel(): void {
    if (this.value !== undefined) return;
    this.isCancelled = true;
    this.onCancel();
  }
}
