/**
 * For tests: a core whose answers a test gives, behind the real wire, so that a component or store is driven as the real one drives it.
 * Streams are fed by `push`; what was asked is in `asked`.
 */
import { shallowRef } from 'vue';
import type { CallName, ConnectionState, Input, Output, StreamName } from '../../shared/ipc/index.ts';
import { WireFailure } from '../../shared/ipc/index.ts';
import { provideCore, type Core } from '../core.ts';

type Answers = { [P in CallName]?: (input: Input<P>) => Output<P> | null | Promise<Output<P> | null> };
interface Feed {
  readonly name: StreamName;
  readonly input: unknown;
  readonly waiting: unknown[];
  wake: () => void;
  failure: WireFailure | undefined;
  isEnded: boolean;
  /** How many chunks the reader took. */
  taken: number;
}

export class FixtureCore {
  readonly state = shallowRef<ConnectionState>('connected');
  readonly asked: { readonly name: string; readonly input: unknown }[] = [];
  readonly feeds: Feed[] = [];

  constructor(readonly answers: Answers = {}) {
    provideCore({ state: this.state, call: this.call, open: this.open } as unknown as Core);
  }

  private readonly call = async (name: CallName, input: never): Promise<unknown> => {
    this.asked.push({ name, input });
    await Promise.resolve();
    const answer = this.answers[name];
    if (!answer) throw new Error(`the test gives no answer to ${name}`);
    return answer(input);
  };
  private readonly open = (name: StreamName, input: unknown): AsyncIterableIterator<unknown> & { cancel(): void } => {
    const feed: Feed = { name, input, waiting: [], wake: () => undefined, failure: undefined, isEnded: false, taken: 0 };
    this.feeds.push(feed);
    const end = (): void => {
      feed.isEnded = true;
      feed.wake();
    };
    return {
      async next(): Promise<IteratorResult<unknown>> {
        while (feed.waiting.length === 0) {
          if (feed.failure) throw feed.failure;
          if (feed.isEnded) return { value: undefined, done: true };
          await new Promise<void>((resolve) => (feed.wake = resolve));
        }
        feed.taken++;
        return { value: feed.waiting.shift(), done: false };
      },
      return: () => {
        end();
        return Promise.resolve({ value: undefined, done: true });
      },
      cancel: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };

  feed(name: StreamName): Feed {
    const feed = this.feeds.findLast((one) => one.name === name);
    if (!feed) throw new Error(`nobody opened ${name}`);
    return feed;
  }
  push<P extends StreamName>(name: P, chunk: Output<P>): void {
    const feed = this.feed(name);
    feed.waiting.push(chunk);
    feed.wake();
  }
  lose(): void {
    this.state.value = 'lost';
    for (const feed of this.feeds) {
      feed.failure = new WireFailure({ code: 'connection-lost', message: 'lost' });
      feed.wake();
    }
  }
  inputsOf(name: string): unknown[] {
    return this.asked.filter((one) => one.name === name).map((one) => one.input);
  }
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
