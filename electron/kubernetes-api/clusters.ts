/** Every lab with a cluster that comes up is served, and its kubeconfig announced, until it goes down. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definitions } from '../../shared/lab/index.ts';
import type { LabGuest } from '../labs/labs.ts';
import type { RunningLab } from '../labs/provider.ts';
import type { Log } from '../log.ts';
import type { Places } from '../places.ts';
import { announceKubeconfig, kubeconfigText, withdrawKubeconfig } from './kubeconfig.ts';
import type { Messages } from './protobuf.ts';
import { serveKubernetes, type ApiHost } from './server.ts';

/** Each lab tries the same port every time, among so many from this one on. */
const FIRST_PORT = 16_443;
const PORTS = 500;

interface Served {
  readonly host: ApiHost;
  readonly kubeconfig: string;
}

export class Clusters implements LabGuest {
  private readonly served = new Map<string, Promise<Served | undefined>>();
  private readonly stopping = new Set<Promise<void>>();

  constructor(
    private readonly places: Pick<Places, 'home' | 'resources'>,
    private readonly log: Log,
  ) {}

  labStarted(lab: RunningLab): void {
    const serving = this.serve(lab).catch((error: unknown) => {
      this.log.error(error, `the Kubernetes API of ${lab.id} cannot be served`);
      return undefined;
    });
    this.served.set(lab.id, serving);
  }
  labStopping(lab: string): void {
    const stopping = this.stop(lab).finally(() => this.stopping.delete(stopping));
    this.stopping.add(stopping);
  }
  /** The kubeconfig of a lab that is up; undefined: it has no cluster, or cannot be served. */
  async kubeconfig(lab: string): Promise<string | undefined> {
    return (await this.served.get(lab))?.kubeconfig;
  }
  async close(): Promise<void> {
    await Promise.all([...this.stopping, ...[...this.served.keys()].map((lab) => this.stop(lab))]);
  }

  private async serve(lab: RunningLab): Promise<Served | undefined> {
    const { kubernetes } = lab;
    if (!kubernetes) return undefined;
    const host = await serveKubernetes({
      kubernetes,
      definitions: once(() => this.read<Definitions>('openapi.json')),
      messages: once(() => this.read<Messages>('protobuf.json')),
      port: FIRST_PORT + (hash(lab.id) % PORTS),
      onBug: (error) => this.log.error(error, 'the Kubernetes API'),
    });
    const kubeconfig = kubeconfigText(lab.id, host);
    await announceKubeconfig(this.places.home, lab.id, kubeconfig);
    this.log.info(`the Kubernetes API of ${lab.id} is at https://127.0.0.1:${host.port}`);
    return { host, kubeconfig };
  }
  /** One of the program's own files. */
  private async read<T>(name: string): Promise<T> {
    return JSON.parse(await readFile(join(this.places.resources, 'kubernetes', name), 'utf8')) as T;
  }
  private async stop(lab: string): Promise<void> {
    const serving = this.served.get(lab);
    this.served.delete(lab);
    const served = await serving;
    if (!served) return;
    await withdrawKubeconfig(this.places.home, lab, served.kubeconfig);
    await served.host.close();
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

const hash = (text: string): number => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
