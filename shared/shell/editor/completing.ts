/** What Tab does (readline(3), Completing): puts in what all candidates begin with, lists them in columns, or puts them all in. */
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';
import type { EditBuffer } from './buffer.ts';
import { commonPrefix, inColumns } from './listing.ts';
import type { Screen } from './screen.ts';

export interface Candidate {
  /** What replaces the word, quoted as it must be. */
  readonly text: string;
  /** What lists show: the last name of a path, for one. */
  readonly display: string;
  readonly suffix: string;
}
export interface Candidates {
  /** Where the word begins, in characters. */
  readonly from: number;
  readonly list: readonly Candidate[];
}

/** More candidates than this are asked about before they are listed. */
const MANY = 100;

export class Completing {
  /** The Tab before this one put something in. */
  private didComplete = false;
  constructor(
    private readonly p: Process,
    private readonly buffer: EditBuffer,
    private readonly screen: Screen,
    private readonly ask: (line: string, cursor: number) => Sys<Candidates>,
  ) {}

  /** `again`: the key before was Tab as well. */
  *run(how: 'once' | 'again' | 'list' | 'all'): Sys {
    const { buffer, screen } = this;
    const { from, list } = yield* this.ask(buffer.text, buffer.cursor);
    const [first] = list;
    const isListing = how === 'list' || (how === 'again' && !this.didComplete);
    this.didComplete = false;
    if (!first) {
      yield* screen.write('\x07');
      return;
    }
    const put = (text: string): void => {
      buffer.remember();
      buffer.replace(from, buffer.cursor, text);
    };
    if (how === 'all') {
      put(list.map(({ text }) => `${text} `).join(''));
      yield* screen.draw(buffer);
      return;
    }
    const prefix = list.length === 1 ? first.text + first.suffix : commonPrefix(list.map(({ text }) => text));
    if ([...prefix].length > buffer.cursor - from || list.length === 1) {
      this.didComplete = true;
      put(prefix);
      yield* screen.draw(buffer);
      if (list.length > 1) yield* screen.write('\x07');
    } else if (isListing) yield* this.list(list);
    else yield* screen.write('\x07');
  }
  private *list(list: readonly Candidate[]): Sys {
    const { screen } = this;
    yield* screen.write(`${screen.toLastRow()}\n`);
    let shows = true;
    if (list.length > MANY) {
      yield* screen.write(`Display all ${list.length} possibilities? (y or n)`);
      const answer = yield* this.p.read(0, 1);
      shows = answer.ok && /[yY \t]/.test(answer.value);
      yield* screen.write('\n');
    }
    const names = list.map((candidate) => candidate.display);
    if (shows) yield* screen.write(inColumns(names, screen.columns));
    yield* screen.again(this.buffer);
  }
}
