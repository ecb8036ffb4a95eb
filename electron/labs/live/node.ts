/**
 * A machine that really is there, as a live lab needs it: programs run on it, short ones with all they print, and what a provider knows of its pods.
 *
 * Invariant: an argument is handed on as it is, whatever it is made of; where a shell stands between, the implementation quotes.
 */
import type { TerminalSize } from '../../../shared/lab/index.ts';
import type { Program } from '../provider.ts';

export interface SpawnOptions {
  /** Inside this pod. */
  readonly pod?: LivePod;
  readonly terminal?: TerminalSize;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It watches from outside and is no one's work on the node. */
  readonly signal?: AbortSignal;
}

export interface Output {
  /** 128 + n for a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A pod, or whatever else has a network namespace of its own and is known by a name. */
export interface LivePod {
  /** `netns`: only its network is its own. */
  readonly kind?: 'netns';
  readonly namespace: string;
  readonly name: string;
  /** The inode of its network namespace. */
  readonly inode: number;
  readonly address?: string;
  /** As kubectl's STATUS column words it. */
  readonly status: string;
}

export interface LiveNode {
  readonly name: string;
  /** As `kubectl get nodes` or the connection words it. */
  readonly status: string;
  spawn(argv: readonly string[], options?: SpawnOptions): Promise<Program>;
  /** A login shell. */
  openShell(size: TerminalSize, pod?: LivePod): Promise<Program>;
  /** As root, where the node lets us, with its streams. It is no one's work on the node. */
  watch(argv: readonly string[]): Promise<Program>;
  /** Runs it as root, where the node lets us, and waits for its end. Texts are UTF-8. */
  run(argv: readonly string[], stdin?: string): Promise<Output>;
}

/** One word of a POSIX shell. */
export const quoted = (word: string): string => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
