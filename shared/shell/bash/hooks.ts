/** What a machine adds to bash that bash itself knows nothing of. */
import type { Bytes, Errno, Result } from '../../base/index.ts';
import type { OpenFile } from '../files/inode.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';

export interface Completion {
  /** What replaces the word, without quoting. */
  readonly text: Bytes;
  /** What ends it: a space, a slash for directories, nothing. */
  readonly suffix: '' | ' ' | '/';
}

export interface CompletionRequest {
  /** Words of the command so far, the one to complete last. */
  readonly words: readonly Bytes[];
  readonly word: Bytes;
  readonly process: Process;
}

export interface Hooks {
  /** `/dev/tcp/HOST/PORT`: a connected socket. Resolving the host is the hook's matter. */
  connect?(process: Process, protocol: 'tcp' | 'udp', host: Bytes, port: Bytes): Sys<Result<OpenFile, Errno | { readonly words: Bytes }>>;
  /** Arguments of commands: interfaces, namespaces, options. Undefined leaves it to file names. */
  complete?(request: CompletionRequest): readonly Completion[] | undefined;
}
