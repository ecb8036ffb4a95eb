/** Answers that come while a simulation runs, and who fulfils them. */

/** An answer that comes while the simulation runs. */
export interface Pending<T> {
  /** Present once it is there. */
  readonly value: T | undefined;
  /** Called once, at once when it is there already. */
  onDone(listener: (value: T) => void): void;
  /** Gives up: what was started is ended as a signal would end it; `onDone` may still be called. */
  cancel(): void;
}

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
