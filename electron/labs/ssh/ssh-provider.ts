/**
 * The ssh provider: hosts that exist, by OpenSSH's own configuration or as entered, as the nodes of a lab. The lab is called by its hosts: `web1,web2`.
 * Nothing is made and nothing is installed; taking such a lab down closes its connections.
 */
import { refuse } from '../../../shared/ipc/index.ts';
import { LiveLab, type LiveLabSetup } from '../live/lab.ts';
import type { LivePod } from '../live/node.ts';
import type { LabDescription, LabProvider, RunningLab, StartOptions } from '../provider.ts';
import { SshConnection } from '../ssh.ts';
import { configuredHosts, hostConfig } from './host-config.ts';
import { SshNode } from './ssh-node.ts';

const MOST_HOSTS = 64;
/** What was started there is ended first, if the host answers in time. */
const LEAVE_MS = 1500;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];

export interface SshOptions {
  /** What went wrong with a connection that had been there. */
  readonly report: (message: string) => void;
  /** Instead of ~/.ssh/config. */
  readonly configFile?: string;
  readonly answerMs?: number;
  readonly patienceS?: number;
}

export function sshProvider(options: SshOptions): LabProvider {
  return {
    kind: 'ssh',
    list: (locale) =>
      Promise.resolve(
        configuredHosts(options.configFile).map((name): LabDescription => ({
          id: name,
          title: name,
          summary: locale === 'zh' ? '~/.ssh/config 中的主机' : 'A host of ~/.ssh/config',
          nodes: [name],
        })),
      ),
    start: (lab, start) => {
      const specs = lab.split(',').map((spec) => spec.trim());
      return connectHosts(specs, { id: lab, title: specs.join(', '), provider: 'ssh' }, options, start);
    },
  };
}

/** Hosts as the nodes of a lab, whoever made them. */
export async function connectHosts(
  specs: readonly string[],
  identity: Pick<LiveLabSetup, 'id' | 'title' | 'provider' | 'wired'>,
  { report, configFile, answerMs, patienceS }: SshOptions,
  { signal, ask }: StartOptions = {},
): Promise<RunningLab> {
  if (specs.length > MOST_HOSTS) return refuse('too-many', `At most ${MOST_HOSTS} hosts are one lab.`, { limit: 'hosts' });
  const connections: SshConnection[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let isOver = false;
  let changed = (): void => undefined;
  const connectionTo = async (spec: string, onLost: (why: string, programs: number) => void): Promise<SshConnection> => {
    const config = await hostConfig(spec, configFile);
    const connection = new SshConnection(config, {
      ask,
      jumpTo: (jump) => connectionTo(jump, () => undefined),
      onLost,
      ...(answerMs !== undefined && { answerMs }),
    });
    connections.push(connection);
    return connection;
  };
  const nodes: SshNode[] = [];
  const stop = async (): Promise<void> => {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
    await Promise.race([Promise.all(nodes.map((node) => node.settled())), new Promise((resolve) => setTimeout(resolve, LEAVE_MS))]);
    for (const connection of connections) connection.close();
  };
  const nodeOf = async (spec: string): Promise<SshNode> => {
    const name = spec.replace(/^[^@]*@/, '').replaceAll('/', '-');
    const again = (attempt: number): void => {
      if (isOver) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          node.open().then(changed, (error: unknown) => {
            node.status = `Not connected: ${error instanceof Error ? error.message : String(error)}`;
            changed();
            again(attempt + 1);
          });
        },
        RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)],
      );
      timers.add(timer);
    };
    const connection = await connectionTo(spec, (why, programs) => {
      const gone =
        programs === 0 ? 'no program ran there' : `${programs} ${programs === 1 ? 'program' : 'programs'} that ran there ${programs === 1 ? 'is' : 'are'} gone`;
      report(`the connection to ${name} was lost (${why}); ${gone}`);
      node.status = `Connection lost: ${why}`;
      changed();
      again(0);
    });
    const node = new SshNode(name, connection, ask);
    await node.open();
    return node;
  };
  signal?.addEventListener('abort', () => void stop(), { once: true });
  try {
    // one after another: each may have a question
    for (const spec of specs) nodes.push(await nodeOf(spec));
    const twice = nodes.find((node, i) => nodes.findIndex((other) => other.name === node.name) < i);
    if (twice) return refuse('invalid-request', `The host ${twice.name} is named twice.`, { host: twice.name });
    return await new LiveLab({
      ...identity,
      nodes,
      pods: (node, seen, collected) => podsOf(node.name, seen.namespaces, collected.hosts),
      onChange: (listener) => (changed = listener),
      report,
      patienceS,
      stop,
    }).open();
  } catch (error) {
    await stop();
    if (error instanceof Error && error.name !== 'WireFailure') return refuse('not-possible', error.message, { lab: identity.id });
    throw error;
  }
}

/** Namespaces whose processes go by another name than the host are containers, which pods are called by; others go by the name of the namespace. */
function podsOf(
  node: string,
  namespaces: readonly { readonly id: number; readonly inode: number; readonly name: string }[],
  hosts: ReadonlyMap<number, { readonly pid: number; readonly hostname: string }>,
): readonly LivePod[] {
  const taken = new Set<string>();
  return namespaces.flatMap(({ id, inode, name }) => {
    if (id === 0) return [];
    const host = hosts.get(inode);
    const wanted = host && host.hostname !== '' && host.hostname !== node ? host.hostname : name;
    if (wanted === '' || wanted.includes('/')) return [];
    const shown = taken.has(wanted) ? `${wanted}-${inode}` : wanted;
    taken.add(shown);
    const door = host ? `-t ${host.pid} -n -u` : `--net=/run/netns/${name}`;
    return /[^A-Za-z0-9_.=/ -]/.test(door)
      ? []
      : [{ ...(host === undefined && { kind: 'netns' as const }), namespace: '', name: shown, inode, status: host === undefined ? '' : 'Running', door }];
  });
}
