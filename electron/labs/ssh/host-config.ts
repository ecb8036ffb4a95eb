/**
 * What OpenSSH's own configuration says of a host: `ssh -G` resolves it, with its patterns, includes and matches. Without an OpenSSH client, what was
 * entered is all that is known.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { refuse } from '../../../shared/ipc/index.ts';

export interface HostConfig {
  /** As it was asked for. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Agents that `IdentityAgent` or the environment names. */
  readonly agent: string | undefined;
  /** Only the named keys of the agent. */
  readonly isIdentitiesOnly: boolean;
  readonly jumps: readonly string[];
  readonly hostKeyAlias: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** New hosts' names are hashed. */
  readonly isHashed: boolean;
  /** `yes` asks about no new host, `no` and `accept-new` trust one; else it is asked. */
  readonly strictness: string;
}

const SPEC = /^(?:([^@\s]+)@)?(\[[^\]\s]+\]|[^:@\s]+)(?::(\d{1,5}))?$/;

export async function hostConfig(spec: string, configFile?: string): Promise<HostConfig> {
  const [, user, bracketed = '', port] = SPEC.exec(spec) ?? [];
  if (bracketed === '' || bracketed.startsWith('-') || (user ?? '').startsWith('-'))
    return refuse('invalid-request', `${JSON.stringify(spec)} is no host: [USER@]HOST[:PORT], or a name of ~/.ssh/config`, { host: spec });
  const asked = bracketed.replace(/^\[(.*)\]$/, '$1');
  const options = [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
  ];
  const settings = await resolve([...options, '--', asked]);
  const all = (key: string): readonly string[] => settings.get(key) ?? [];
  const one = (key: string): string | undefined => all(key)[0];
  const files = [...all('userknownhostsfile'), ...all('globalknownhostsfile')]
    .flatMap((line) => line.split(' '))
    .filter((file) => file !== '' && file !== '/dev/null');
  // where new keys are to be forgotten, OpenSSH is told so
  const isForgetful = all('userknownhostsfile').join(' ') === '/dev/null';
  const agent = one('identityagent');
  const jump = one('proxyjump');
  const proxyCommand = one('proxycommand');
  if (proxyCommand !== undefined && proxyCommand !== 'none')
    refuse('not-possible', `${spec}: ProxyCommand in its ssh configuration is not supported; ProxyJump is.`, { host: spec });
  return {
    name: spec,
    host: one('hostname') ?? asked,
    port: Number(one('port') ?? port ?? 22),
    user: one('user') ?? user ?? userInfo().username,
    identityFiles: all('identityfile').map(expanded),
    agent: agent === 'none' ? undefined : agent === undefined || agent === 'SSH_AUTH_SOCK' ? process.env['SSH_AUTH_SOCK'] : expanded(agent),
    isIdentitiesOnly: one('identitiesonly') === 'yes',
    jumps: jump === undefined || jump === 'none' ? [] : jump.split(','),
    hostKeyAlias: one('hostkeyalias'),
    knownHostsFiles: isForgetful ? ['/dev/null', ...files.map(expanded)] : files.length > 0 ? files.map(expanded) : [join(homedir(), '.ssh/known_hosts')],
    isHashed: one('hashknownhosts') === 'yes',
    strictness: one('stricthostkeychecking') ?? 'ask',
  };
}

/** Names of ~/.ssh/config that mean one host each. */
export function configuredHosts(file = join(homedir(), '.ssh/config')): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const names = [...text.matchAll(/^[ \t]*Host(?:[ \t]+|[ \t]*=[ \t]*)(.*)$/gim)].flatMap(([, rest = '']) => rest.trim().split(/[ \t]+/));
  return [...new Set(names)].filter((name) => /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/.test(name)).slice(0, 100);
}

const expanded = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);

function resolve(args: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  return new Promise((done, reject) => {
    execFile('ssh', ['-G', ...args], { timeout: 10_000 }, (error, stdout, stderr) => {
      if (error && (error as NodeJS.ErrnoException).code === 'ENOENT') return done(new Map());
      if (error) {
        reject(new Error(stderr.trim() === '' ? error.message : stderr.trim()));
        return;
      }
      const settings = new Map<string, string[]>();
      for (const line of stdout.split('\n')) {
        const at = line.indexOf(' ');
        if (at > 0) settings.set(line.slice(0, at), [...(settings.get(line.slice(0, at)) ?? []), line.slice(at + 1)]);
      }
      done(settings);
    });
  });
}
