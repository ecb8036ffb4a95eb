/** kubectl run: makes a pod of an image, and with -i or --attach joins it. */
import type { Sys } from '../../shell/index.ts';
import { attachTo, waitForPod } from './attach.ts';
import { DRY_RUN, dryRunNote, dryRunOf, fail, findResource, GLOBAL_FLAGS, namespaceOf, OUTPUT, refuse, type Command, type Context } from './context.ts';
import { clean, make, show } from './make.ts';
import type { Pod } from './objects.ts';
import type { Data } from './yaml-text.ts';

export const RUN: Command = {
  name: 'run',
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
  summary: 'Run a particular image on the cluster',
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT,
    DRY_RUN,
    { name: 'image', kind: 'string', usage: 'The image for the container to run.' },
    { name: 'overrides', kind: 'string', usage: 'An inline JSON override for the generated object.' },
    { name: 'override-type', kind: 'string', usage: 'The method used to override the generated object: json, merge, or strategic.' },
    { name: 'restart', kind: 'string', usage: 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].' },
    { name: 'command', kind: 'bool', usage: "If true and extra arguments are present, use them as the 'command' field in the container." },
    { name: 'stdin', short: 'i', kind: 'bool', usage: 'Keep stdin open on the container in the pod, even if nothing is attached.' },
    { name: 'tty', short: 't', kind: 'bool', usage: 'Allocate a TTY for the container in the pod.' },
    { name: 'rm', kind: 'bool', usage: 'If true, delete the pod after it exits.  Only valid when attaching to the container.' },
    { name: 'attach', kind: 'bool', usage: "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called." },
    { name: 'labels', short: 'l', kind: 'string', usage: 'Comma separated labels to apply to the pod.' },
    { name: 'env', kind: 'array', usage: 'Environment variables to set in the container.' },
    { name: 'port', kind: 'string', usage: 'The port that this container exposes.' },
    { name: 'expose', kind: 'bool', usage: 'If true, create a ClusterIP service associated with the pod.  Requires `--port`.' },
    { name: 'annotations', kind: 'array', usage: 'Annotations to apply to the pod.' },
    { name: 'image-pull-policy', kind: 'string', usage: 'The image pull policy for the container.' },
    { name: 'quiet', short: 'q', kind: 'bool', usage: 'If true, suppress prompt messages.' },
    { name: 'privileged', kind: 'bool', usage: 'If true, run the container in privileged mode.' },
    {
      name: 'leave-stdin-open',
      kind: 'bool',
      usage: 'If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes.',
    },
    {
      name: 'pod-running-timeout',
      kind: 'duration',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
  ],
  run,
};

/** What the reference of an image may be made of (distribution/reference, simplified to its characters and parts). */
const IMAGE = /^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@[A-Za-z][\w+.-]*:[\da-fA-F]{32,})?$/;

function* run(context: Context): Sys<number> {
  const { flags, p, api } = context;
  const image = flags.string('image');
  if (image === undefined) return yield* fail(context, 'required flag(s) "image" not set');
  if (flags.args.length === 0 || flags.argsBeforeDash === 0) return yield* fail(context, 'NAME is required for run', 'usage');
  if (image === '') return yield* fail(context, '--image is required');
  if (!IMAGE.test(image)) return yield* fail(context, `Invalid image name "${image}": invalid reference format`);
  const problem = checkFlags(context);
  if (problem !== undefined) return yield* fail(context, problem.text, problem.hint);

  const pod = podOf(context, image);
  if (typeof pod === 'string') return yield* fail(context, pod);
  const resource = findResource(api, 'pods')!;
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  const note = dryRunNote(how.value);
  if (flags.bool('expose')) {
    const exposed = yield* expose();
    if (exposed !== 0) return exposed;
  }
  if (how.value === 'client') return yield* show(context, pod as unknown as Pod, resource, `created${note}`, { isTyped: true });
  const created = api.create(resource, namespaceOf(context), clean(pod), { dryRun: how.value === 'server' });
  if (!created.ok) return yield* refuse(context, created.error);
  if (isAttached(context) && how.value === 'none') return yield* attached(created.value as Pod);
  return yield* show(context, created.value, resource, `created${note}`);

  function* expose(): Sys<number> {
    const [name = ''] = flags.args;
    const port = flags.int('port')!;
    const labels = (pod as { readonly metadata: { readonly labels: Record_ } }).metadata.labels;
    const status = yield* make(context, 'services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { creationTimestamp: null, name },
      spec: { ports: [{ port, protocol: 'TCP', targetPort: port }], selector: labels },
      status: { loadBalancer: {} },
    });
    if (status === 0 && flags.string('output') === 'yaml') yield* context.p.print('---\n---\n');
    return status;
  }
  function* attached(object: Pod): Sys<number> {
    const { name, namespace = 'default' } = object.metadata;
    const status = yield* attachTo(context, namespace, name, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), quiet: flags.bool('quiet') });
    const policy = object.spec.restartPolicy;
    let code = status;
    if (status === 0 && policy !== 'Always' && !flags.bool('leave-stdin-open')) {
      const ended = yield* waitForPod(
        context,
        namespace,
        name,
        (one) => one.status.phase === 'Succeeded' || (one.status.phase === 'Failed' && policy === 'Never'),
      );
      const terminated = ended?.status.containerStatuses?.[0]?.state.terminated;
      if (ended?.status.phase === 'Failed' && terminated) {
        yield* p.error(`pod ${namespace}/${name} terminated (${terminated.reason ?? ''})\n${terminated.message ?? ''}`);
        code = terminated.exitCode;
      }
    }
    if (flags.bool('rm')) {
      const gone = api.delete(resource, namespace, name, {});
      if (gone.ok && !flags.bool('quiet')) yield* p.print(`pod "${name}" deleted\n`);
    }
    return code;
  }
}

const isAttached = (context: Context): boolean => (context.flags.has('attach') ? context.flags.bool('attach') : context.flags.bool('stdin'));

function checkFlags(context: Context): { readonly text: string; readonly hint: 'usage' | 'no-hint' } | undefined {
  const usage = usageProblem(context);
  if (usage !== undefined) return { text: usage, hint: 'usage' };
  const env = context.flags.all('env').find((one) => !one.includes('='));
  return env === undefined ? undefined : { text: `invalid env: ${env}`, hint: 'no-hint' };
}
function usageProblem(context: Context): string | undefined {
  const { flags } = context;
  const restart = flags.string('restart');
  if (restart !== undefined && !['Always', 'OnFailure', 'Never'].includes(restart)) return `invalid restart policy: ${restart}`;
  const pull = flags.string('image-pull-policy');
  if (pull !== undefined && !['Always', 'IfNotPresent', 'Never'].includes(pull)) return `invalid image pull policy: ${pull}`;
  if (flags.bool('tty') && !flags.bool('stdin')) return '-i/--stdin is required for containers with -t/--tty=true';
  if (flags.has('port') && !/^\d+$/.test(flags.string('port') ?? '')) return '--port must be a number';
  if (!isAttached(context) && flags.bool('rm')) return '--rm should only be used for attached containers';
  if (flags.bool('expose') && !flags.has('port')) return '--port must be set when exposing a service';
  const dryRun = flags.string('dry-run');
  if (isAttached(context) && (dryRun === 'client' || dryRun === 'server'))
    return "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)";
  return undefined;
}

type Record_ = { readonly [key: string]: Data };

/** The pod as kubectl makes it before the server sees it; a string is an error. */
function podOf(context: Context, image: string): Record_ | string {
  const { flags } = context;
  const [name = '', ...args] = flags.args;
  const stdin = flags.bool('stdin');
  const labels = flags.string('labels');
  const pairs = labels === undefined ? [['run', name]] : labels.split(',').map((pair) => pair.split('='));
  const bad = pairs.find((pair) => pair.length !== 2);
  if (bad) return `unexpected label spec: ${bad.join('=')}`;
  const container: Record_ = {
    image,
    name,
    resources: {},
    ...(args.length === 0 ? {} : flags.bool('command') ? { command: args } : { args }),
    ...(flags.all('env').length === 0
      ? {}
      : { env: flags.all('env').map((env) => ({ name: env.slice(0, env.indexOf('=')), value: env.slice(env.indexOf('=') + 1) })) }),
    ...(flags.has('port') ? { ports: [{ containerPort: flags.int('port') ?? 0 }] } : {}),
    ...(stdin ? { stdin: true, ...(flags.bool('leave-stdin-open') ? {} : { stdinOnce: true }) } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    ...(flags.has('image-pull-policy') ? { imagePullPolicy: flags.string('image-pull-policy') } : {}),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
  };
  const annotations = flags.all('annotations').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const pod: Record_ = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: null,
      labels: Object.fromEntries(pairs) as Record_,
      name,
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) as Record_ }),
    },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.string('restart') ?? (stdin ? 'OnFailure' : 'Always') },
    status: {},
  };
  const overrides = flags.string('overrides');
  if (overrides === undefined || overrides === '') return pod;
  const given = parseJson(overrides);
  if (typeof given === 'string') return given;
  return mergePatch(pod, given) as Record_;
}

function parseJson(text: string): Record_ | string {
  try {
    const value = JSON.parse(text) as Data;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record_;
  } catch {
    // worded below
  }
  return 'Invalid JSON Patch';
}

/** RFC 7386, kubectl's default way of applying --overrides. */
export function mergePatch(target: Data, patch: Data): Data {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: { [key: string]: Data } = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...(target as Record_) } : {};
  for (const [key, value] of Object.entries(patch as Record_)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
