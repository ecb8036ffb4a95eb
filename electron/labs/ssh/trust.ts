/** Whether a host is the one that it says: by known_hosts; a new one is asked about, one that changed is refused. */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Ask } from '../provider.ts';
import type { HostConfig } from './host-config.ts';
import { checkHostKey, formatKnownHost, knownTypes, nameInFile, type HostKey, type KnownHostsFile } from './known-hosts.ts';

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (key: Uint8Array): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

const filesOf = (config: HostConfig): readonly KnownHostsFile[] =>
  config.knownHostsFiles.flatMap((path) => {
    try {
      return [{ path, text: readFileSync(path, 'utf8') }];
    } catch {
      return [];
    }
  });
const nameOf = (config: HostConfig): string => nameInFile(config.hostKeyAlias ?? config.host, config.hostKeyAlias === undefined ? config.port : 22);

/** The types of keys to ask for first. */
export const wantedTypes = (config: HostConfig): readonly string[] => knownTypes(filesOf(config), nameOf(config));

/** Undefined: it is trusted. Else why it is not, in a sentence. */
export async function distrust(config: HostConfig, key: Buffer, ask: Ask | undefined): Promise<string | undefined> {
  const type = typeOf(key);
  const hostKey: HostKey = { type, base64: key.toString('base64') };
  const name = nameOf(config);
  const verdict = checkHostKey(filesOf(config), name, hostKey);
  const print = fingerprint(key);
  switch (verdict.kind) {
    case 'known':
      return undefined;
    case 'revoked':
      return `the key of ${name} is marked as revoked (${verdict.where}): no connection is made`;
    case 'changed':
      return `THE HOST KEY OF ${name} HAS CHANGED. Somebody may be listening in, or the host was set up anew. It sent the ${type} key ${print}; another is known by ${verdict.where}. No connection is made. If the change is right, remove the old key: ssh-keygen -R '${name}'`;
    case 'new': {
      if (config.strictness === 'yes' || config.strictness === 'true')
        return `the host ${name} is not known, and StrictHostKeyChecking forbids to ask (its ${type} key is ${print})`;
      const trusts = ['no', 'false', 'off', 'accept-new'].includes(config.strictness);
      const answer = trusts ? 'yes' : await ask?.({ kind: 'host-key', host: name, keyType: type, fingerprint: print });
      if (answer !== 'yes') return `the host ${name} is not known, and nobody vouched for its ${type} key ${print}`;
      remember(config, formatKnownHost(name, hostKey, config.isHashed ? 'hashed' : 'plain'));
      return undefined;
    }
  }
}

function remember(config: HostConfig, line: string): void {
  const [path] = config.knownHostsFiles;
  if (path === undefined || path === '/dev/null') return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let before = '';
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    // it is the first
  }
  appendFileSync(path, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}`, { mode: 0o600 });
}

/** A key begins with its type's length and name. */
function typeOf(key: Buffer): string {
  const size = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, 4 + Math.min(size, 64));
}
