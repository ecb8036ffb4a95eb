/**
 * known_hosts as OpenSSH keeps it (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): whether a host's key is the one that was seen before.
 * Plain names, patterns, `[host]:port`, hashed names, `@revoked`. Deliberately absent: certificates of hosts (`@cert-authority`).
 */
import { createHmac, randomBytes } from 'node:crypto';

export interface HostKey {
  /** `ssh-ed25519`. */
  readonly type: string;
  /** The key as it goes over the wire, in base64. */
  readonly base64: string;
}

export type Verdict =
  | { readonly kind: 'known' }
  /** Nothing is known of the host. */
  | { readonly kind: 'new' }
  /** It had another key: somebody may be in between. `where`: FILE:LINE of what is known. */
  | { readonly kind: 'changed'; readonly where: string }
  | { readonly kind: 'revoked'; readonly where: string };

export interface KnownHostsFile {
  readonly path: string;
  readonly text: string;
}

/** As it stands in the file: with the port, where that is not 22. */
export const nameInFile = (host: string, port: number): string => (port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`);

export function checkHostKey(files: readonly KnownHostsFile[], name: string, key: HostKey): Verdict {
  let changed: string | undefined;
  let isKnown = false;
  for (const { where, marker, type, base64 } of entriesOf(files, name)) {
    const isSame = type === key.type && base64 === key.base64;
    if (marker === '@revoked' && isSame) return { kind: 'revoked', where };
    if (marker !== '') continue;
    if (isSame) isKnown = true;
    else changed ??= where;
  }
  if (isKnown) return { kind: 'known' };
  return changed === undefined ? { kind: 'new' } : { kind: 'changed', where: changed };
}

/** The types of keys that a host is known by: these are asked for first. */
export const knownTypes = (files: readonly KnownHostsFile[], name: string): readonly string[] => [
  ...new Set([...entriesOf(files, name)].filter((entry) => entry.marker === '').map((entry) => entry.type)),
];

export function formatKnownHost(name: string, key: HostKey, form: 'plain' | 'hashed'): string {
  const salt = randomBytes(20);
  const shown = form === 'plain' ? name : `|1|${salt.toString('base64')}|${hashed(name, salt)}`;
  return `${shown} ${key.type} ${key.base64}\n`;
}

function* entriesOf(files: readonly KnownHostsFile[], name: string): Generator<HostKey & { readonly where: string; readonly marker: string }> {
  for (const { path, text } of files) {
    for (const [i, line] of text.split('\n').entries()) {
      const words = line.trim().split(/[ \t]+/);
      if (line.trim() === '' || words[0]!.startsWith('#')) continue;
      const marker = words[0]!.startsWith('@') ? words.shift()! : '';
      const [names = '', type = '', base64 = ''] = words;
      if (matches(names, name)) yield { where: `${path}:${i + 1}`, marker, type, base64 };
    }
  }
}

function matches(names: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(names) ?? [];
  if (salt !== undefined) return hashed(name, Buffer.from(salt, 'base64')) === hash;
  let isFound = false;
  for (const pattern of names.split(',')) {
    const isNot = pattern.startsWith('!');
    const shape = (isNot ? pattern.slice(1) : pattern)
      .toLowerCase()
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    if (!new RegExp(`^${shape}$`).test(name)) continue;
    if (isNot) return false;
    isFound = true;
  }
  return isFound;
}

const hashed = (name: string, salt: Uint8Array): string => createHmac('sha1', salt).update(name).digest('base64');
