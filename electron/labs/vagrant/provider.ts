/**
 * The vagrant provider: virtual machines of a Vagrantfile as the nodes of a lab. They are brought up by Vagrant, and reached by SSH as it says.
 * Taking such a lab down closes its connections: the machines go on, and are suspended, shut down or destroyed as machines.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { refuse, type Locale } from '../../../shared/ipc/index.ts';
import { segmentsOf } from '../../../shared/lab/index.ts';
import type { Places } from '../../places.ts';
import type { LabDescription, LabProvider, RunningLab, Snapshot, StartOptions } from '../provider.ts';
import { connectHosts } from '../ssh/ssh-provider.ts';
import { isObstacle } from './checks.ts';
import { judgeHost } from './judge.ts';
import type { VagrantProject } from './project.ts';
import { OWN_PROJECT, vagrantProjects } from './projects.ts';
import type { MachineLogin } from './ssh-config.ts';
import { adviceWords, checkWords, phaseWords } from './words.ts';

export interface VagrantOptions {
  readonly places: Pick<Places, 'home' | 'resources'>;
  /** How far the machines have come, and what went wrong with a connection. */
  readonly report: (message: string) => void;
}

export function vagrantProvider({ places, report }: VagrantOptions): LabProvider {
  const projects = vagrantProjects(places);
  return {
    kind: 'vagrant',
    list: async (locale) => (await projects.list()).map(({ id, file }) => described(id, file, locale)),
    start: async (name, { signal, ask }: StartOptions = {}) => {
      const project = await projects.get(name);
      await bringUp(project, report, signal);
      const running = project.machines.filter(({ state }) => state === 'running').map((machine) => machine.name);
      const logins = await project.logins(running, signal);
      const isListed = (await projects.list()).some((one) => one.id === name);
      const id = isListed ? name : basename(project.place.folder);
      const configFile = await writeConfig(join(places.home, 'vagrant'), id, logins);
      const lab: Promise<RunningLab> = connectHosts(
        running,
        { id, title: described(id, project.place.folder, 'en').title, provider: 'vagrant', wired },
        { report, configFile },
        { ...(signal && { signal }), ...(ask && { ask }) },
      );
      return lab;
    },
  };
}

function described(id: string, file: string, locale: Locale): LabDescription {
  if (id !== OWN_PROJECT) return { id, title: id, summary: file, nodes: [] };
  return {
    id,
    title: locale === 'zh' ? '三台虚拟机上的 Kubernetes' : 'Kubernetes on three virtual machines',
    summary: locale === 'zh' ? '由 Vagrant 创建：containerd、kubeadm、flannel host-gw。' : 'Made by Vagrant: containerd, kubeadm, flannel host-gw.',
    nodes: ['controlplane', 'node-1', 'node-2'],
  };
}

/** Nothing is done to machines that run already. */
async function bringUp(project: VagrantProject, report: (message: string) => void, signal: AbortSignal | undefined): Promise<void> {
  const machines = await project.status(signal);
  if (machines.length > 0 && machines.every(({ state }) => state === 'running')) return;
  const obstacles = (await judgeHost(project)).filter(isObstacle);
  if (obstacles.length > 0) refuse('not-possible', obstacles.map((check) => checkWords(check, 'en')).join(' '));
  const shown = new Map<string, string>();
  const stopListening = project.onChange(() => {
    for (const { machine, phase, step } of project.work?.progress.machines() ?? []) {
      const line = `${machine}: ${phaseWords(phase, 'en')}${step === '' ? '' : `: ${step}`}`;
      if (shown.get(machine) !== line) report(line);
      shown.set(machine, line);
    }
  });
  const { failure } = await project.perform({ kind: 'up' }, signal).finally(stopListening);
  if (!failure) return;
  const where = [failure.machines.join(', '), phaseWords(failure.phase, 'en'), failure.step].filter((part) => part !== '').join(': ');
  refuse('not-possible', `${where}: ${adviceWords(failure.trouble, 'en')}\n${failure.lastLines.slice(-8).join('\n')}`, { trouble: failure.trouble });
}

/** As ssh_config(5), for whoever resolves hosts. The machines are made anew now and then: their keys are held against nobody, as Vagrant holds it too. */
async function writeConfig(folder: string, id: string, logins: readonly MachineLogin[]): Promise<string> {
  const file = join(folder, `ssh-${id}.conf`);
  const blocks = logins.map(({ machine, host, port, user, identityFiles, identitiesOnly, proxyCommand, checksHostKey }) =>
    [
      `Host ${machine}`,
      `  HostName ${host}`,
      `  Port ${port}`,
      `  User ${user}`,
      ...identityFiles.map((path) => `  IdentityFile "${path.replaceAll('%', '%%')}"`),
      ...(identitiesOnly ? ['  IdentitiesOnly yes'] : []),
      ...(proxyCommand === undefined ? [] : [`  ProxyCommand ${proxyCommand}`]),
      ...(checksHostKey ? [] : ['  StrictHostKeyChecking no', '  UserKnownHostsFile /dev/null', '  GlobalKnownHostsFile /dev/null']),
      '',
    ].join('\n'),
  );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, blocks.join('\n'), { mode: 0o600 });
  return file;
}

/** The first card of machines of VirtualBox is behind a NAT of its own, with the same address on each. */
function wired(nodes: Snapshot['nodes']): Pick<Snapshot, 'nodes' | 'segments'> {
  const isNat = (address: { readonly family: string; readonly local: string }): boolean => address.family === 'inet' && address.local === '10.0.2.15';
  return {
    nodes: nodes.map((node) => ({
      ...node,
      namespaces: node.namespaces.map((netns) => ({
        ...netns,
        links: netns.id === 0 ? netns.links.map((link) => (link.addresses.some(isNat) ? { ...link, card: { kind: 'nat' as const } } : link)) : netns.links,
      })),
    })),
    segments: segmentsOf(nodes),
  };
}
