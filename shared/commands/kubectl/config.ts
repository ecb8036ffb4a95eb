/** kubectl config: the kubeconfig files, which cluster, user and namespace they mean; and how the other commands find theirs. */
import { parse } from 'yaml';
import { utf8Decode, utf8Encode } from '../../base/index.ts';
import type { Process } from '../../shell/index.ts';
import { fail, GLOBAL_FLAGS, OUTPUT, type Command, type Context } from './context.ts';
import type { Flag, Flags } from './flags.ts';
import { alignTabs, TABLE_TABS } from './tabwriter.ts';
import { toJson, toYaml, type Data } from './yaml-text.ts';

interface Named<T> {
  readonly name: string;
  readonly value: T;
}
export interface KubeConfig {
  readonly clusters: readonly Named<Readonly<Record<string, Data>>>[];
  readonly contexts: readonly Named<{ readonly cluster?: string; readonly user?: string; readonly namespace?: string }>[];
  readonly users: readonly Named<Readonly<Record<string, Data>>>[];
  readonly current: string;
}

/** Where the configuration is: `--kubeconfig`, $KUBECONFIG (the first of its list), ~/.kube/config. */
const fileOf = (p: Process, flags: Flags): string =>
  flags.string('kubeconfig') ??
  p
    .getenv('KUBECONFIG')
    ?.split(':')
    .find((one) => one !== '') ??
  `${p.getenv('HOME') ?? '/root'}/.kube/config`;

export function readConfig(p: Process, flags: Flags): KubeConfig {
  const read = p.fs.readFile(fileOf(p, flags));
  let data: Data;
  try {
    data = read.ok ? (parse(utf8Decode(read.value)) as Data) : null;
  } catch {
    data = null;
  }
  const file = (data ?? {}) as Readonly<Record<string, Data>>;
  const list = <T>(plural: string, field: string): readonly Named<T>[] =>
    ((file[plural] ?? []) as readonly Readonly<Record<string, Data>>[]).map((one) => ({ name: textOf(one['name']), value: (one[field] ?? {}) as T }));
  return {
    clusters: list('clusters', 'cluster'),
    contexts: list('contexts', 'context'),
    users: list('users', 'user'),
    current: textOf(file['current-context']),
  };
}
const textOf = (data: Data): string => (typeof data === 'string' || typeof data === 'number' ? String(data) : '');
/** The namespace of the context that is meant. */
export function defaultNamespace(p: Process, flags: Flags): string {
  const config = readConfig(p, flags);
  const name = flags.string('context') ?? config.current;
  const namespace = config.contexts.find((one) => one.name === name)?.value.namespace;
  return namespace === undefined || namespace === '' ? 'default' : namespace;
}

export const hasContext = (p: Process, flags: Flags, name: string): boolean => readConfig(p, flags).contexts.some((one) => one.name === name);

const asData = ({ clusters, contexts, users, current }: KubeConfig): Data => ({
  apiVersion: 'v1',
  clusters: clusters.map(({ name, value }) => ({ cluster: value, name })),
  contexts: contexts.map(({ name, value }) => ({ context: value, name })),
  'current-context': current,
  kind: 'Config',
  preferences: {},
  users: users.map(({ name, value }) => ({ name, user: value })),
});
function write({ p, flags }: Context, config: KubeConfig): void {
  const file = fileOf(p, flags);
  p.fs.mkdirs(file.slice(0, Math.max(1, file.lastIndexOf('/'))), 0o750);
  p.fs.writeFile(file, utf8Encode(toYaml(asData(config))), { mode: 0o600 });
}

const HIDDEN = ['certificate-authority-data', 'client-certificate-data', 'client-key-data', 'token', 'password'];
const redacted = (value: Readonly<Record<string, Data>>): Readonly<Record<string, Data>> =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, HIDDEN.includes(key) ? (key.endsWith('-data') ? 'DATA+OMITTED' : 'REDACTED') : inner]));

const command = (name: string, usage: string, summary: string, flags: readonly Flag[], run: Command['run'], aliases: readonly string[] = []): Command => ({
  name: `config ${name}`,
  aliases: aliases.map((alias) => `config ${alias}`),
  usage,
  summary,
  flags: [...GLOBAL_FLAGS, ...flags],
  run,
});
const NO_HEADERS: Flag = {
  name: 'no-headers',
  kind: 'bool',
  usage: "When using the default or custom-column output format, don't print headers (default print headers).",
};

export const CONFIGS: readonly Command[] = [
  command(
    'view',
    '[flags] [options]',
    'Display merged kubeconfig settings or a specified kubeconfig file',
    [
      OUTPUT,
      { name: 'raw', kind: 'bool', usage: 'Display raw byte data and sensitive data' },
      { name: 'minify', kind: 'bool', usage: 'Remove all information not used by current-context from the output' },
      {
        name: 'flatten',
        kind: 'bool',
        usage: 'Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)',
      },
    ],
    function* ({ p, flags }) {
      let config = readConfig(p, flags);
      if (flags.bool('minify')) {
        const context = config.contexts.find((one) => one.name === config.current);
        config = {
          ...config,
          contexts: config.contexts.filter((one) => one === context),
          clusters: config.clusters.filter((one) => one.name === context?.value.cluster),
          users: config.users.filter((one) => one.name === context?.value.user),
        };
      }
      const shown = flags.bool('raw')
        ? config
        : {
            ...config,
            clusters: config.clusters.map((one) => ({ ...one, value: redacted(one.value) })),
            users: config.users.map((one) => ({ ...one, value: redacted(one.value) })),
          };
      yield* p.print(utf8Encode(flags.string('output') === 'json' ? toJson(asData(shown)) : toYaml(asData(shown))));
      return 0;
    },
  ),
  command('current-context', '[flags] [options]', 'Display the current-context', [], function* (context) {
    const { current } = readConfig(context.p, context.flags);
    if (current === '') return yield* fail(context, 'current-context is not set');
    yield* context.p.print(`${current}\n`);
    return 0;
  }),
  command('get-contexts', '[(-o|--output=)name)] [options]', 'Describe one or many contexts', [OUTPUT, NO_HEADERS], function* (context) {
    const { p, flags } = context;
    const config = readConfig(p, flags);
    const unknown = flags.args.find((name) => !config.contexts.some((one) => one.name === name));
    const wanted = [...config.contexts].filter((one) => flags.args.length === 0 || flags.args.includes(one.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const isName = flags.string('output') === 'name';
    const rows = wanted.map(({ name, value }) =>
      isName ? name : [name === config.current ? '*' : '', name, value.cluster ?? '', value.user ?? '', value.namespace ?? ''].join('\t'),
    );
    const header = isName || flags.bool('no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE'];
    if (wanted.length > 0 || flags.args.length === 0) yield* p.print(alignTabs([...header, ...rows].map((row) => `${row}\n`).join(''), TABLE_TABS));
    return unknown === undefined ? 0 : yield* fail(context, `context ${unknown} not found`);
  }),
  command('get-clusters', '[options]', 'Display clusters defined in the kubeconfig', [], function* ({ p, flags }) {
    yield* p.print(
      `NAME\n${readConfig(p, flags)
        .clusters.map(({ name }) => `${name}\n`)
        .join('')}`,
    );
    return 0;
  }),
  command('get-users', '[options]', 'Display users defined in the kubeconfig', [], function* ({ p, flags }) {
    yield* p.print(
      `NAME\n${readConfig(p, flags)
        .users.map(({ name }) => `${name}\n`)
        .join('')}`,
    );
    return 0;
  }),
  command(
    'use-context',
    'CONTEXT_NAME [options]',
    'Set the current-context in a kubeconfig file',
    [],
    function* (context) {
      const config = readConfig(context.p, context.flags);
      const [name, ...more] = context.flags.args;
      if (name === undefined || more.length > 0) {
        yield* context.p.error('Set the current-context in a kubeconfig file.\n\n');
        return yield* fail(context, `Unexpected args: [${context.flags.args.join(' ')}]`);
      }
      if (!config.contexts.some((one) => one.name === name)) return yield* fail(context, `no context exists with the name: "${name}"`);
      write(context, { ...config, current: name });
      yield* context.p.print(`Switched to context "${name}".\n`);
      return 0;
    },
    ['use'],
  ),
  command(
    'set-context',
    '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]',
    'Set a context entry in kubeconfig',
    [
      { name: 'current', kind: 'bool', usage: 'Modify the current context' },
      { name: 'cluster', kind: 'string', usage: 'cluster for the context entry in kubeconfig' },
      { name: 'user', kind: 'string', usage: 'user for the context entry in kubeconfig' },
    ],
    function* (context) {
      const { p, flags } = context;
      const config = readConfig(p, flags);
      const [given] = flags.args;
      const name = flags.bool('current') ? config.current : given;
      if (name === undefined) return yield* fail(context, 'you must specify a non-empty context name or --current');
      if (flags.bool('current') && given !== undefined) return yield* fail(context, 'you cannot specify both a context name and --current');
      const old = config.contexts.find((one) => one.name === name);
      const wish = (key: 'cluster' | 'user' | 'namespace') => (flags.has(key) ? { [key]: flags.string(key)! } : {});
      const changed = { name, value: { ...old?.value, ...wish('cluster'), ...wish('namespace'), ...wish('user') } };
      write(context, { ...config, contexts: old ? config.contexts.map((one) => (one === old ? changed : one)) : [...config.contexts, changed] });
      yield* p.print(`Context "${name}" ${old ? 'modified' : 'created'}.\n`);
      return 0;
    },
  ),
  command('rename-context', 'CONTEXT_NAME NEW_NAME [options]', 'Rename a context from the kubeconfig file', [], function* (context) {
    const { p, flags } = context;
    const config = readConfig(p, flags);
    const [from, to] = flags.args;
    if (from === undefined || to === undefined) return yield* fail(context, `Unexpected args: [${flags.args.join(' ')}]`);
    if (!config.contexts.some((one) => one.name === from)) return yield* fail(context, `cannot rename the context "${from}", it's not in ${fileOf(p, flags)}`);
    if (config.contexts.some((one) => one.name === to))
      return yield* fail(context, `cannot rename the context "${from}", the context "${to}" already exists in ${fileOf(p, flags)}`);
    write(context, {
      ...config,
      contexts: config.contexts.map((one) => (one.name === from ? { ...one, name: to } : one)),
      current: config.current === from ? to : config.current,
    });
    yield* p.print(`Context "${from}" renamed to "${to}".\n`);
    return 0;
  }),
  command('delete-context', 'NAME [options]', 'Delete the specified context from the kubeconfig', [], function* (context) {
    const { p, flags } = context;
    const config = readConfig(p, flags);
    const [name] = flags.args;
    if (!config.contexts.some((one) => one.name === name)) return yield* fail(context, `cannot delete context ${name}, not in ${fileOf(p, flags)}`);
    if (name === config.current) yield* p.error('warning: this removed your active context, use "kubectl config use-context" to select a different one\n');
    write(context, { ...config, contexts: config.contexts.filter((one) => one.name !== name) });
    yield* p.print(`deleted context ${name} from ${fileOf(p, flags)}\n`);
    return 0;
  }),
];
