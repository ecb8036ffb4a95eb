/** What every kubectl command works with: its process, the cluster, its flags; and how it words what goes wrong. */
import type { Result } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import type { ApiResource, ApiResult, ApiStatus, KubernetesApi } from './api.ts';
import type { RestClient } from './rest-client.ts';
import type { Flag, Flags } from './flags.ts';
import type { Deployment, Service } from './objects-apps.ts';
import type { KubeObject, Pod } from './objects.ts';

export interface Context {
  readonly p: Process;
  readonly api: RestClient;
  readonly flags: Flags;
  /** Of the kubeconfig's current context. */
  readonly defaultNamespace: string;
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
export const ALL: Flag = { name: 'all', kind: 'bool', usage: 'Select all resources, in the namespace of the specified resource types' };
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
    if (causes.length === 0) return `The ${object} is invalid`;
    return `The ${object} is invalid: ${causes.length === 1 ? causes[0] : causes.map((cause) => `\n* ${cause}`).join('')}`;
  }
  return `Error from server (${status.reason}): ${doing === undefined ? '' : `${doing}: `}${status.message}`;
}

export function* refuse(context: Context, status: ApiStatus, doing?: string): Sys<number> {
  yield* context.p.flush();
  yield* context.p.error(`${statusText(status, doing)}\n`);
  return 1;
}

export const namespaceOf = (context: Context): string => context.flags.string('namespace') ?? context.defaultNamespace;

export function findResource(api: KubernetesApi, text: string): ApiResource | undefined {
  const word = text.toLowerCase().replace(/\.v1$|\.$/, '');
  return api.resources.find((one) => one.name === word || one.singular === word || one.shortNames.includes(word) || `${one.name}.${one.group}` === word);
}

/** What a command line names: kinds to list, or single objects. */
export type Target =
  { readonly kind: 'list'; readonly resource: ApiResource } | { readonly kind: 'object'; readonly resource: ApiResource; readonly name: string };

/** `pods`, `pods a b`, `pod/a node/b`, `pods,nodes`. The error is what follows `error: `. */
export function parseTargets(api: KubernetesApi, args: readonly string[]): Result<readonly Target[], string> {
  const unknown = (word: string): Result<never, string> => ({ ok: false, error: `the server doesn't have a resource type "${word.split('.')[0]}"` });
  if (args.some((arg) => arg.includes('/'))) {
    const targets: Target[] = [];
    for (const arg of args) {
      const parts = arg.split('/');
      if (parts.length === 1) {
        const example = `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`;
        return { ok: false, error: example };
      }
      const [kind = '', name = ''] = parts;
      if (parts.length <= 2 && (kind === '' || name === ''))
        return { ok: false, error: 'arguments in resource/name form must have a single resource and name' };
      if (parts.length > 2) return { ok: false, error: `arguments in resource/name form may not have more than one slash` };
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
  if (!resource || !['deployments', 'replicasets', 'daemonsets', 'statefulsets', 'jobs', 'services'].includes(resource.name)) return undefined;
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

export type DryRun = 'none' | 'client' | 'server';
/** What `--dry-run` says; the error is kubectl's. */
export function dryRunOf(flags: Flags): Result<DryRun, string> {
  const text = flags.string('dry-run') ?? 'none';
  if (text === 'none' || text === 'false') return { ok: true, value: 'none' };
  if (text === 'client' || text === 'unchanged' || text === 'true') return { ok: true, value: 'client' };
  if (text === 'server') return { ok: true, value: 'server' };
  return { ok: false, error: `Invalid dry-run value (${text}). Must be "none", "server", or "client".` };
}
export const dryRunNote = (how: DryRun): string => (how === 'client' ? ' (dry run)' : how === 'server' ? ' (server dry run)' : '');

export interface Found {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly object: KubeObject;
}
export const NO_RESOURCES =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

/**
 * The objects that words, `-l`, `--all` and `--field-selector` choose, as they are now. What is missing is told and the rest goes on: `status` is 1
 * then. A number is an exit status: nothing could be chosen.
 */
export function* objectsOf(
  context: Context,
  words: readonly string[] = context.flags.args,
): Sys<{ readonly found: readonly Found[]; readonly status: number } | number> {
  const { api, flags } = context;
  if (words.length === 0) return yield* fail(context, NO_RESOURCES);
  const targets = parseTargets(api, words);
  if (!targets.ok) return yield* fail(context, targets.error);
  const found: Found[] = [];
  let status = 0;
  for (const target of targets.value) {
    const { resource } = target;
    const namespace = resource.isNamespaced ? (flags.bool('all-namespaces') ? undefined : namespaceOf(context)) : undefined;
    if (target.kind === 'list' && !flags.bool('all') && !flags.has('selector') && !flags.has('field-selector'))
      return yield* fail(context, 'resource(s) were provided, but no name was specified');
    const [label, field] = [flags.string('selector'), flags.string('field-selector')];
    const wanted = { ...(label === undefined ? {} : { labelSelector: label }), ...(field === undefined ? {} : { fieldSelector: field }) };
    const got = target.kind === 'list' ? api.list(resource, namespace, wanted) : api.get(resource, namespace, target.name);
    if (!got.ok) {
      status = yield* refuse(context, got.error);
      continue;
    }
    for (const object of Array.isArray(got.value) ? (got.value as readonly KubeObject[]) : [got.value as KubeObject])
      found.push({ resource, namespace: object.metadata.namespace, object });
  }
  return { found, status };
}

/** The one object that a command line names; the exit status when it names none or many. */
export function* onlyTarget(context: Context): Sys<{ readonly resource: ApiResource; readonly name: string } | number> {
  const targets = parseTargets(context.api, context.flags.args);
  if (context.flags.args.length === 0) return yield* fail(context, 'resource(s) were provided, but no name was specified');
  if (!targets.ok) return yield* fail(context, targets.error);
  const [target] = targets.value;
  if (target?.kind !== 'object') return yield* fail(context, 'resource(s) were provided, but no name was specified');
  return { resource: target.resource, name: target.name };
}
