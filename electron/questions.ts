/**
 * Questions of the core that only the user can answer: whether a host is trusted, a password. They wait until a window answers, or dismisses them; what is
 * answered is kept nowhere here, and written nowhere.
 */
import { Source, type PendingQuestion } from '../shared/ipc/index.ts';
import type { Ask, Question } from './labs/provider.ts';

export class Questions {
  private readonly waiting = new Map<string, { readonly question: Question; readonly resolve: (answer: string | undefined) => void }>();
  private readonly watchers = new Set<Source<readonly PendingQuestion[]>>();
  private counter = 0;

  readonly ask: Ask = (question) =>
    new Promise((resolve) => {
      this.waiting.set(`q${++this.counter}`, { question, resolve });
      this.tell();
    });
  /** `answer` null: it is dismissed. */
  answer(id: string, answer: string | null): void {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    this.tell();
    one?.resolve(answer ?? undefined);
  }
  watch(): Source<readonly PendingQuestion[]> {
    let seen: string | undefined;
    const source: Source<readonly PendingQuestion[]> = new Source(
      () => {
        const now = [...this.waiting].map(([id, { question }]) => ({ id, question }));
        const text = now.map((one) => one.id).join();
        if (seen === text) return undefined;
        seen = text;
        return now;
      },
      () => this.watchers.delete(source),
    );
    this.watchers.add(source);
    return source;
  }
  /** Nobody will answer any more. */
  close(): void {
    for (const { resolve } of this.waiting.values()) resolve(undefined);
    this.waiting.clear();
    for (const source of [...this.watchers]) source.end();
  }

  private tell(): void {
    for (const source of this.watchers) source.wake();
  }
}
