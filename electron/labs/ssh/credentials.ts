/**
 * How a user proves to be one: the agent's keys, key files (with a passphrase, asked for), then a password. What was asked is kept in memory for as long
 * as the lab is up, so that a connection can be made anew; it is written nowhere.
 */
import { readFileSync } from 'node:fs';
import type { Ask } from '../provider.ts';
import type { HostConfig } from './host-config.ts';

/** One thing to try; the library's own words for each are made in ssh.ts. */
export type Attempt =
  | { readonly kind: 'none' }
  | { readonly kind: 'agent'; readonly socket: string }
  | { readonly kind: 'key'; readonly key: Buffer; readonly passphrase: string | undefined; readonly file: string }
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'interactive'; readonly password: string };

/** Whether a file holds a key that can be read: with this passphrase, or without. */
export type KeyCheck = (key: Buffer, passphrase: string | undefined) => 'usable' | 'encrypted' | 'unusable';

const ASKED_TIMES = 3;

export class Credentials {
  private readonly passphrases = new Map<string, string>();
  private password: string | undefined;
  sudoPassword: string | undefined;
  /** What was tried, for the error. */
  readonly tried: string[] = [];

  constructor(
    private readonly config: HostConfig,
    private readonly ask: Ask | undefined,
    private readonly check: KeyCheck,
  ) {}

  /** In order. `offered`: what the host would take, known after the first; `isLast` is what follows when all else failed. */
  async *attempts(offered: () => readonly string[]): AsyncGenerator<Attempt> {
    this.tried.length = 0;
    const { config } = this;
    yield { kind: 'none' };
    const takes = (method: string): boolean => offered().length === 0 || offered().includes(method);
    if (takes('publickey')) {
      if (config.agent !== undefined && !config.isIdentitiesOnly) {
        this.tried.push('keys of the agent');
        yield { kind: 'agent', socket: config.agent };
      }
      for (const file of config.identityFiles) {
        const attempt = await this.keyOf(file);
        if (attempt) yield attempt;
      }
    }
    for (let i = 0; i < ASKED_TIMES && (takes('password') || takes('keyboard-interactive')); i++) {
      const isNew = this.password === undefined || i > 0;
      const password = isNew ? await this.ask?.({ kind: 'password', host: config.name, user: config.user }) : this.password;
      if (password === undefined) return;
      this.password = password;
      if (i === 0) this.tried.push('a password');
      yield takes('password') ? { kind: 'password', password } : { kind: 'interactive', password };
    }
    this.password = undefined;
  }

  private async keyOf(file: string): Promise<Attempt | undefined> {
    let key: Buffer;
    try {
      key = readFileSync(file);
    } catch {
      return undefined; // OpenSSH names several that need not be there
    }
    this.tried.push(`the key ${file}`);
    let passphrase = this.passphrases.get(file);
    for (let i = 0; i < ASKED_TIMES; i++) {
      const found = this.check(key, passphrase);
      if (found === 'usable') {
        if (passphrase !== undefined) this.passphrases.set(file, passphrase);
        return { kind: 'key', key, passphrase, file };
      }
      if (found === 'unusable' && passphrase === undefined) return undefined;
      passphrase = await this.ask?.({ kind: 'passphrase', host: this.config.name, file });
      if (passphrase === undefined) return undefined;
    }
    return undefined;
  }
}
