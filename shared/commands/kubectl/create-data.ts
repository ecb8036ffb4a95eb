/** kubectl create configmap, secret generic, serviceaccount, namespace: objects that hold data or just are. */
import { utf8Decode } from '../../base/index.ts';
import { encodeBase64 } from './base64.ts';
import { DRY_RUN, fail, GLOBAL_FLAGS, OUTPUT, type Command, type Context } from './context.ts';
import { onlyName } from './create-kinds.ts';
import type { Flag } from './flags.ts';
import { make } from './make.ts';

const FLAGS: readonly Flag[] = [...GLOBAL_FLAGS, OUTPUT, DRY_RUN];
const SOURCES: readonly Flag[] = [
  { name: 'from-literal', kind: 'array', usage: 'Specify a key and literal value to insert (i.e. mykey=somevalue)' },
  { name: 'from-file', kind: 'list', usage: 'Key file can be specified using its file path, or a directory, or key=path.' },
  { name: 'from-env-file', kind: 'list', usage: 'Specify the path to a file to read lines of key=val pairs.' },
];

export const CREATE_CONFIGMAP: Command = {
  name: 'create configmap',
  aliases: ['create cm'],
  usage: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  summary: 'Create a config map from a local file, directory or literal value',
  flags: [...FLAGS, ...SOURCES],
  *run(context) {
    const name = yield* onlyName(context);
    if (typeof name === 'number') return name;
    const data = dataOf(context);
    if (typeof data === 'string') return yield* fail(context, data);
    const texts = Object.fromEntries(Object.entries(data).map(([key, bytes]) => [key, utf8Decode(bytes)]));
    return yield* make(context, 'configmaps', {
      apiVersion: 'v1',
      ...(Object.keys(texts).length === 0 ? {} : { data: texts }),
      kind: 'ConfigMap',
      metadata: { creationTimestamp: null, name },
    });
  },
};

export const CREATE_SECRET: Command = {
  name: 'create secret generic',
  usage: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  summary: 'Create a secret from a local file, directory, or literal value',
  flags: [...FLAGS, ...SOURCES, { name: 'type', kind: 'string', usage: 'The type of secret to create' }],
  *run(context) {
    const name = yield* onlyName(context);
    if (typeof name === 'number') return name;
    const data = dataOf(context);
    if (typeof data === 'string') return yield* fail(context, data);
    const type = context.flags.string('type');
    return yield* make(context, 'secrets', {
      apiVersion: 'v1',
      data: Object.fromEntries(Object.entries(data).map(([key, bytes]) => [key, encodeBase64(bytes)])),
      kind: 'Secret',
      metadata: { creationTimestamp: null, name },
      ...(type === undefined ? {} : { type }),
    });
  },
};

export const CREATE_SERVICEACCOUNT: Command = {
  name: 'create serviceaccount',
  aliases: ['create sa'],
  usage: 'NAME [--dry-run=server|client|none] [options]',
  summary: 'Create a service account with the specified name',
  flags: FLAGS,
  *run(context) {
    const name = yield* onlyName(context);
    if (typeof name === 'number') return name;
    return yield* make(context, 'serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { creationTimestamp: null, name } });
  },
};

export const CREATE_NAMESPACE: Command = {
  name: 'create namespace',
  aliases: ['create ns'],
  usage: 'NAME [--dry-run=server|client|none] [options]',
  summary: 'Create a namespace with the specified name',
  flags: FLAGS,
  *run(context) {
    const name = yield* onlyName(context);
    if (typeof name === 'number') return name;
    return yield* make(context, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { creationTimestamp: null, name }, spec: {}, status: {} });
  },
};

/** Kinds that kubectl makes and the cluster does not know: their command lines are read so far. */
const UNKNOWN: readonly (readonly [string, readonly string[]])[] = [
  ['clusterrole', []],
  ['clusterrolebinding', []],
  ['cronjob', ['cj']],
  ['ingress', ['ing']],
  ['poddisruptionbudget', ['pdb']],
  ['priorityclass', ['pc']],
  ['quota', ['resourcequota']],
  ['role', []],
  ['rolebinding', []],
];
export const CREATE_UNKNOWN: readonly Command[] = UNKNOWN.map(([kind, aliases]) => ({
  name: `create ${kind}`,
  aliases: aliases.map((alias) => `create ${alias}`),
  usage: 'NAME [options]',
  summary: `Create a ${kind} (not modelled)`,
  flags: FLAGS,
  *run(context) {
    const name = yield* onlyName(context);
    if (typeof name === 'number') return name;
    return yield* fail(context, `not modelled: objects of kind ${kind}`);
  },
}));

export const CREATE_JOB: Command = {
  name: 'create job',
  usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]',
  summary: 'Create a job with the specified name',
  flags: [
    ...FLAGS,
    { name: 'image', kind: 'string', usage: 'Image name to run.' },
    { name: 'from', kind: 'string', usage: 'The name of the resource to create a Job from (only cronjob is supported).' },
  ],
  *run(context) {
    const { flags } = context;
    const [name, ...command] = flags.args;
    if (name === undefined) return yield* fail(context, 'exactly one NAME is required, got 0', 'usage');
    const image = flags.string('image');
    if (image === undefined)
      return yield* fail(context, flags.has('from') ? 'not modelled: objects of kind CronJob' : 'either --image or --from must be specified');
    const container = { ...(command.length > 0 ? { command } : {}), image, name, resources: {} };
    const template = { metadata: { creationTimestamp: null }, spec: { containers: [container], restartPolicy: 'Never' } };
    return yield* make(context, 'jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata: { creationTimestamp: null, name }, spec: { template }, status: {} });
  },
};

const KEY = /^[-._a-zA-Z0-9]+$/;

/** By key; a string is what follows `error: `. */
function dataOf({ flags, p }: Context): Readonly<Record<string, string>> | string {
  const data: Record<string, string> = {};
  const add = (key: string, value: string): string | undefined => {
    if (!KEY.test(key))
      return `${JSON.stringify(key)} is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;
    if (key in data)
      return `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(flags.args[0])}`;
    data[key] = value;
    return undefined;
  };
  if (flags.has('from-env-file') && (flags.has('from-file') || flags.has('from-literal')))
    return 'from-env-file cannot be combined with from-file or from-literal';
  for (const literal of flags.all('from-literal')) {
    const at = literal.indexOf('=');
    if (at <= 0) return `invalid literal source ${literal}, expected key=value`;
    const problem = add(literal.slice(0, at), literal.slice(at + 1).replace(/^"(.*)"$|^'(.*)'$/s, '$1$2'));
    if (problem !== undefined) return problem;
  }
  for (const source of flags.all('from-file')) {
    const at = source.indexOf('=');
    const [key, path] = at < 0 ? [undefined, source] : [source.slice(0, at), source.slice(at + 1)];
    const entries = p.fs.readdir(path);
    const files =
      entries.ok && key === undefined
        ? entries.value.map(({ name }) => [name, `${path}/${name}`] as const)
        : [[key ?? path.slice(path.lastIndexOf('/') + 1), path] as const];
    for (const [name, file] of files) {
      const read = p.fs.readFile(file);
      if (!read.ok && entries.ok && key === undefined) continue;
      const problem = read.ok ? add(name, read.value) : `error reading ${file}: ${read.error === 'ENOENT' ? 'no such file or directory' : 'permission denied'}`;
      if (problem !== undefined) return problem;
    }
  }
  for (const file of flags.all('from-env-file')) {
    const read = p.fs.readFile(file);
    if (!read.ok) return `error reading ${file}: no such file or directory`;
    for (const line of read.value.split('\n').map((one) => one.trimStart())) {
      if (line === '' || line.startsWith('#')) continue;
      const at = line.indexOf('=');
      const problem = add(at < 0 ? line : line.slice(0, at), at < 0 ? (p.getenv(line) ?? '') : line.slice(at + 1));
      if (problem !== undefined) return problem;
    }
  }
  return data;
}
