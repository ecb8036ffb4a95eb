/** A lab of its own, served to the real kubectl of this machine; and the simulated kubectl of the same lab, to be held against it. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { openContent } from '../../electron/content.ts';
import { Clusters } from '../../electron/kubernetes-api/clusters.ts';
import { kubeconfigFile } from '../../electron/kubernetes-api/kubeconfig.ts';
import { simulatedProvider } from '../../electron/labs/simulated.ts';
import type { Program, RunningLab } from '../../electron/labs/provider.ts';
import { silentLog } from '../../electron/log.ts';
import { findPlaces } from '../../electron/places.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const LAB = 'flannel-host-gw';
const LIMIT_MS = 60_000;
/** What `kubectl edit` opens. */
const EDITOR = 'sed -i s/two/three/';

export class ServedLab {
  private constructor(
    /** What went wrong on our side. */
    readonly bugs: readonly unknown[],
    readonly home: string,
    readonly lab: RunningLab,
    private readonly clusters: Clusters,
  ) {}

  static async up(): Promise<ServedLab> {
    const home = mkdtempSync(join(tmpdir(), 'podwalk-kubectl-'));
    const places = { ...findPlaces(), home };
    const bugs: unknown[] = [];
    const log = { ...silentLog, error: (error: unknown) => void bugs.push(error) };
    const lab = await simulatedProvider(openContent(places), places.version, (error) => void bugs.push(error)).start(LAB);
    const clusters = new Clusters(places, log);
    clusters.labStarted(lab);
    if ((await clusters.kubeconfig(LAB)) === undefined) throw new Error(`the lab is not served: ${bugs.map(String).join('; ')}`);
    return new ServedLab(bugs, home, lab, clusters);
  }
  async down(): Promise<void> {
    await this.clusters.close();
    await this.lab.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
  get kubeconfig(): string {
    return kubeconfigFile(this.home, LAB);
  }

  /** The real one, begun; with `script` in a terminal of its own. */
  start(args: readonly string[], program = findKubectl()): ChildProcessWithoutNullStreams {
    return spawn(program, args, { env: environment(this.kubeconfig, this.home) });
  }
  /** The real one, to its end. */
  async kubectl(args: readonly string[], input = ''): Promise<Ran> {
    const child = this.start(args);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return ended(child, args);
  }
  /** The lab's own, on its control plane. */
  simulated(args: readonly string[], input = ''): Promise<Ran> {
    return this.run(['env', `KUBE_EDITOR=${EDITOR}`, 'kubectl', ...args], input);
  }
  /** Anything, on its control plane. */
  async run(argv: readonly [string, ...string[]], input = ''): Promise<Ran> {
    const program = await this.lab.exec({ target: 'controlplane', argv });
    program.write(Buffer.from(input));
    program.closeInput();
    return new Promise((resolve) => {
      let [out, err] = ['', ''];
      const take = (): void => {
        out += readAll(program, 'read');
        err += readAll(program, 'readError');
      };
      program.onReadable(take);
      program.onExit((status) => {
        take();
        resolve({ status, out, err });
      });
      take();
    });
  }
}

const environment = (config: string, home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  KUBECONFIG: config,
  HOME: home,
  KUBECTL_KUBERC: 'false',
  KUBE_EDITOR: EDITOR,
});

/** The real one by a kubeconfig, to its end. */
export function kubectlWith(config: string, home: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(findKubectl(), args, { env: environment(config, home) });
  child.stdin.end();
  return ended(child, args);
}

function readAll(program: Program, how: 'read' | 'readError'): string {
  let text = '';
  for (let data = program[how](1 << 16); data; data = program[how](1 << 16)) text += Buffer.from(data).toString('utf8');
  return text;
}

export function ended(child: ChildProcessWithoutNullStreams, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`kubectl ${args.join(' ')} does not end; so far: ${out}${err}`));
    }, LIMIT_MS);
    child.on('error', reject).on('close', (code) => {
      clearTimeout(timer);
      resolve({ status: code ?? 128, out, err });
    });
  });
}

/** $KUBECTL, or the one on the path; without one there is nothing to test. */
export function findKubectl(): string {
  const chosen = process.env['KUBECTL'];
  const found =
    chosen ??
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((folder) => join(folder, 'kubectl'))
      .find(existsSync);
  if (found === undefined) throw new Error("kubectl is not installed (Debian's package kubernetes-client)");
  return found;
}
