/** What every kubectl command works with: its process, the cluster, its flags; and how it words what goes wrong. */
import type { Result } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import type { ApiResource, ApiResult, ApiStatus, KubernetesApi } from './api.ts';
import type { Flag, Flags } from './flags.ts';
import type { Deployment, Service } from './objects-apps.ts';
import type { Pod } from './objects.ts';

export interface Context {
  readonly p: Process;
  readonly api: KubernetesApi;
  readonly flags: Flags;
  /** Full name, for hints: `kubectl get`. */
  readonly command: string;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly run: (context: Context) => Sys<number>;
}

export const NAMESPACE_FLAGS: readonly Flag[] = [
  { name: 'namespace', short: 'n', kind: 'string', usage: 'If present, the namespace scope for this CLI request' },
];
export const GLOBAL_FLAGS: readonly Flag[] = [
  ...NAMESPACE_FLAGS,
  { name: 'kubeconfig', kind: 'string', usage: 'Path to the kubeconfig file to use for CLI requests.' },
  { name: 'context', kind: 'string', usage: 'The name of the kubeconfig context to use' },
  { name: 'request-timeout', kind: 'string', usage: 'The length of time to wait before giving up on a single server request.' },
  { name: 'v', short: 'v', kind: 'int', usage: 'number for the log level verbosity' },
  { name: 'help', short: 'h', kind: 'bool', usage: 'help' },
];
export const ALL_NAMESPACES: Flag = {
  name: 'all-namespaces',
  short: 'A',
  kind: 'bool',
  usage: 'If present, list the requested object(s) across all namespaces.',
};
export const OUTPUT: Flag = { name: 'output', short: 'o', kind: 'string', usage: 'Output format.' };
export const SELECTOR: Flag = { name: 'selector', short: 'l', kind: 'string', usage: 'Selector (label query) to filter on.' };
export const FIELD_SELECTOR: Flag = { name: 'field-selector', kind: 'string', usage: 'Selector (field query) to filter on.' };
export const FILENAME: Flag = { name: 'filename', short: 'f', kind: 'list', usage: 'The files that contain the configurations.' };
export const DRY_RUN: Flag = { name: 'dry-run', kind: 'string', without: 'unchanged', usage: 'Must be "none", "server", or "client".' };

/** `error: …`, with kubectl's hint at the command's help where it is a usage error. */
export function* fail(context: Context, message: string, hint: 'no-hint' | 'usage' = 'no-hint'): Sys<number> {
  yield* context.p.error(`error: ${message}\n${hint === 'usage' ? `See '${context.command} -h' for help and examples\n` : ''}`);
  return 1;
}

/** As kubectl words what the server refused. `doing`: `error when creating "x.yaml"`. */
export function statusText(status: ApiStatus, doing?: string): string {
  if (status.invalid) {
    const { object, causes } = status.invalid;
    return `The ${object} is invalid: ${causes.length === 1 ? causes[0] : causes.map((cause) => `\n* ${cause}`).join('')}`;
  }
  return `Error from server (${status.reason}): ${doing === undefined ? '' : `${doing}: `}${status.message}`;
}

export function* refuse(context: Context, status: ApiStatus, doing?: string): Sys<number> {
  yield* context.p.flush();
  yield* context.p.error(`${statusText(status, doing)}\n`);
  return 1;
}

export const namespaceOf = (context: Context): string => context.flags.string('namespace') ?? 'default';

export function findResource(api: KubernetesApi, text: string): ApiResource | undefined {
  const word = text.toLowerCase().replace(/\.v1$|\.$/, '');
  return api.resources.find((one) => one.name === word || one.singular === word || one.shortNames.includes(word) || `${one.name}.${one.group}` === word);
}

/** What a command line names: kinds to list, or single objects. */
export type Target =
  { readonly kind: 'list'; readonly resource: ApiResource } | { readonly kind: 'object'; readonly resource: ApiResource; readonly name: string };

/** `pods`, `pods a b`, `pod/a node/b`, `pods,nodes`. The error is what follows `error: `. */
export function parseTargets(api: KubernetesApi, args: readonly string[]): Result<readonly Target[], string> {
  const unknown = (word: string): Result<never, string> => ({ ok: false, error: `the server doesn't have a resource type "${word}"` });
  if (args.some((arg) => arg.includes('/'))) {
    const targets: Target[] = [];
    for (const arg of args) {
      const parts = arg.split('/');
      if (parts.length === 1) {
        const example = `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`;
        return { ok: false, error: example };
      }
      const [kind = '', name = ''] = parts;
      if (parts.length > 2 || kind === '' || name === '') return { ok: false, error: `arguments in resource/name form may not have more than one slash` };
      const resource = findResource(api, kind);
      if (!resource) return unknown(kind);
      targets.push({ kind: 'object', resource, name });
    }
    return { ok: true, value: targets };
  }
  const [kinds = '', ...names] = args;
  const resources: ApiResource[] = [];
  for (const word of kinds.split(',')) {
    const resource = findResource(api, word);
    if (!resource) return unknown(word);
    resources.push(resource);
  }
  if (names.length === 0) return { ok: true, value: resources.map((resource) => ({ kind: 'list', resource })) };
  return { ok: true, value: resources.flatMap((resource) => names.map((name) => ({ kind: 'object' as const, resource, name }))) };
}

/** The pods behind `deploy/web`, `rs/x`, `svc/x`, the oldest that runs first; undefined for what has none. */
export function podsBehind(context: Context, word: string): ApiResult<readonly Pod[]> | undefined {
  const [kind = '', name = ''] = word.split('/');
  const resource = findResource(context.api, kind);
  if (!resource || !['deployments', 'replicasets', 'services'].includes(resource.name)) return undefined;
  const found = context.api.get(resource, namespaceOf(context), name);
  if (!found.ok) return found;
  const { spec } = found.value as Deployment | Service;
  const { selector = {} } = spec;
  const labels = resource.name === 'services' ? selector : ((selector as Deployment['spec']['selector']).matchLabels ?? {});
  const labelSelector = Object.entries(labels as Readonly<Record<string, string>>)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = context.api.list(findResource(context.api, 'pods')!, namespaceOf(context), { labelSelector });
  return pods as ApiResult<readonly Pod[]>;
}
