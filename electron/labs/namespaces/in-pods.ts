/**
 * What is run in the pods of a namespaces lab by way of its cluster: `kubectl exec` of a node, and exec and port-forward of the Kubernetes API. The cluster
 * knows the pods and refuses as it does; the program itself runs in the real pod.
 */
import type { ExecOptions } from '../../../shared/lab/index.ts';
import type { JoinedProgram, Program, RunningKubernetes } from '../provider.ts';
import type { NamespaceNode, PodPlace } from './node.ts';

export interface RealPod {
  readonly node: NamespaceNode;
  readonly place: PodPlace;
}
export type FindPod = (namespace: string, name: string) => RealPod | undefined;

/** Its ends are joined to a port in the pod's network. */
const FORWARD = 'exec 3<>"/dev/tcp/127.0.0.1/$0" || exit 1; cat <&3 & cat >&3; kill $! 2>/dev/null';

/** The API of the cluster, whose pods are real. `made`: it is made when it is first asked. */
export function kubernetesOfPods(made: () => RunningKubernetes | undefined, find: FindPod): RunningKubernetes {
  return {
    rest: (definitions) => made()!.rest(definitions),
    join: async (streams): Promise<JoinedProgram> => {
      const pod = streams.verb === 'exec' ? find(streams.namespace, streams.pod) : undefined;
      const { command, tty } = streams.request;
      if (!pod || command.length === 0) return made()!.join(streams);
      const program = await pod.node.spawn(command, { pod: pod.place, ...(tty && { terminal: { columns: 80, rows: 24 } }) });
      return { program, failure: () => failureOf(program.exitStatus) };
    },
    forward: (namespace, name, port) => {
      const pod = find(namespace, name);
      return pod ? pod.node.spawn(['bash', '-c', FORWARD, String(port)], { pod: pod.place }) : made()!.forward(namespace, name, port);
    },
  };
}

/** As a kubelet words it; undefined: it went well. */
function failureOf(status: number | undefined): unknown {
  if (status === undefined || status === 0) return undefined;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${status}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(status) }] },
  };
}

const VALUED = new Set([
  '-n',
  '--namespace',
  '-c',
  '--container',
  '--context',
  '--cluster',
  '--kubeconfig',
  '--user',
  '-s',
  '--server',
  '--token',
  '--request-timeout',
  '--pod-running-timeout',
  '-f',
  '--filename',
]);

/** `kubectl … exec POD -- COMMAND` on a node; undefined: it is none, or one that the cluster's own kubectl words. */
export function kubectlExec(
  argv: readonly string[],
  find: FindPod,
): { readonly pod: RealPod; readonly command: readonly string[]; readonly wantsInput: boolean; readonly wantsTerminal: boolean } | undefined {
  const dashes = argv.indexOf('--');
  const command = dashes === -1 ? [] : argv.slice(dashes + 1);
  let namespace = 'default';
  let letters = '';
  const words: string[] = [];
  const own = argv.slice(1, dashes === -1 ? undefined : dashes);
  for (let i = 0; i < own.length; i++) {
    const word = own[i]!;
    const [name = '', value] = word.startsWith('--') ? word.split('=', 2) : [word];
    if (VALUED.has(name)) {
      const given = value ?? own[++i] ?? '';
      if (name === '-n' || name === '--namespace') namespace = given;
    } else if (/^-[itq]+$/.test(word)) letters += word.slice(1);
    else if (name === '--stdin' || name === '--tty') letters += value === 'false' ? '' : name[2] === 's' ? 'i' : 't';
    else if (word.startsWith('-')) return undefined;
    else words.push(word);
  }
  const pod = words[0] === 'exec' && words.length === 2 ? find(namespace, words[1]!.replace(/^pods?\//, '')) : undefined;
  if (!pod || command.length === 0) return undefined;
  return { pod, command, wantsInput: letters.includes('i'), wantsTerminal: letters.includes('t') };
}

export async function runInPod(
  { pod, command, wantsInput, wantsTerminal }: NonNullable<ReturnType<typeof kubectlExec>>,
  { terminal }: ExecOptions,
): Promise<Program> {
  const program = await pod.node.spawn(command, { pod: pod.place, ...(wantsTerminal && terminal && { terminal }) });
  if (!wantsInput) program.closeInput();
  return program;
}
