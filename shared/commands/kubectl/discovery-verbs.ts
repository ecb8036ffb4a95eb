/** kubectl api-resources, api-versions, version, cluster-info, auth, top, options: what the server is and what one may. */
import type { Sys } from '../../shell/index.ts';
import { fail, findResource, GLOBAL_FLAGS, OUTPUT, type Command, type Context } from './context.ts';
import type { Flag } from './flags.ts';
import type { Service } from './objects-apps.ts';
import { alignTabs, TABLE_TABS } from './tabwriter.ts';
import { toJson, toYaml } from './yaml-text.ts';

interface Listed {
  readonly name: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}
interface Resource extends Listed {
  readonly group: string;
  readonly apiVersion: string;
}

/** All that the server says it has, without subresources. */
function discover({ api }: Context): readonly Resource[] {
  return ['v1', ...groupVersions(api)].flatMap((apiVersion) => {
    const reply = api.fetch(apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`);
    const { resources } = JSON.parse(reply.body) as { readonly resources: readonly Listed[] };
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
    return resources.filter((one) => !one.name.includes('/')).map((one) => ({ ...one, group, apiVersion }));
  });
}
function groupVersions(api: Context['api']): readonly string[] {
  const { groups } = JSON.parse(api.fetch('/apis').body) as { readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[] };
  return groups.flatMap((group) => group.versions.map((one) => one.groupVersion));
}

export const API_RESOURCES: Command = {
  name: 'api-resources',
  usage: '[options]',
  summary: 'Print the supported API resources on the server',
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT,
    { name: 'api-group', kind: 'string', usage: 'Limit to resources in the specified API group.' },
    { name: 'namespaced', kind: 'bool', usage: 'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.' },
    { name: 'verbs', kind: 'list', usage: 'Limit to resources that support the specified verbs.' },
    { name: 'categories', kind: 'list', usage: 'Limit to resources that belong to the specified categories.' },
    { name: 'sort-by', kind: 'string', usage: "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'." },
    { name: 'no-headers', kind: 'bool', usage: "When using the default or custom-column output format, don't print headers (default print headers)." },
    { name: 'cached', kind: 'bool', usage: 'Use the cached list of resources if available.' },
  ],
  *run(context) {
    const { flags, p } = context;
    const output = flags.string('output') ?? '';
    if (!['', 'wide', 'name'].includes(output)) return yield* fail(context, `--output ${output} is not available`);
    if (flags.args.length > 0) return yield* fail(context, `unexpected arguments: [${flags.args.join(' ')}]`, 'usage');
    const by = flags.string('sort-by') ?? '';
    if (!['', 'name', 'kind'].includes(by)) return yield* fail(context, '--sort-by accepts only name or kind');
    const wanted = discover(context).filter(
      (one) =>
        (!flags.has('api-group') || one.group === flags.string('api-group')) &&
        (!flags.has('namespaced') || one.namespaced === flags.bool('namespaced')) &&
        flags.all('verbs').every((verb) => one.verbs.includes(verb)) &&
        flags.all('categories').every((category) => one.categories?.includes(category)),
    );
    const key = (one: Resource): string => (by === 'kind' ? one.kind : by === 'name' ? one.name : `${one.group}\0${one.name}`);
    const sorted = [...wanted].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    if (output === 'name') {
      yield* p.print(sorted.map((one) => `${one.name}${one.group === '' ? '' : `.${one.group}`}\n`).join(''));
      return 0;
    }
    const isWide = output === 'wide';
    const rows = sorted.map((one) => [
      one.name,
      (one.shortNames ?? []).join(','),
      one.apiVersion,
      String(one.namespaced),
      one.kind,
      ...(isWide ? [one.verbs.join(','), (one.categories ?? []).join(',')] : []),
    ]);
    const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(isWide ? ['VERBS', 'CATEGORIES'] : [])];
    yield* p.print(alignTabs([...(flags.bool('no-headers') ? [] : [header]), ...rows].map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS));
    return 0;
  },
};

export const API_VERSIONS: Command = {
  name: 'api-versions',
  usage: '[options]',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  flags: GLOBAL_FLAGS,
  *run(context) {
    yield* context.p.print(
      ['v1', ...groupVersions(context.api)]
        .sort()
        .map((version) => `${version}\n`)
        .join(''),
    );
    return 0;
  },
};

/** Of the release (kubernetes v1.32.4). */
const CLIENT = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.4',
  gitCommit: '59526cd4867447956156ae3a602fcbac10a2c335',
  gitTreeState: 'clean',
  buildDate: '2025-04-22T16:03:58Z',
  goVersion: 'go1.23.6',
  compiler: 'gc',
  platform: 'linux/amd64',
};
const KUSTOMIZE = 'v5.5.0';
export const VERSION: Command = {
  name: 'version',
  usage: '[flags] [options]',
  summary: 'Print the client and server version information',
  flags: [...GLOBAL_FLAGS, OUTPUT, { name: 'client', kind: 'bool', usage: 'If true, shows client version only (no server required).' }],
  *run(context) {
    const { p, api, flags } = context;
    const output = flags.string('output') ?? '';
    if (!['', 'json', 'yaml'].includes(output)) return yield* fail(context, "--output must be 'yaml' or 'json'");
    const server = flags.bool('client') ? undefined : (JSON.parse(api.fetch('/version').body) as { readonly gitVersion: string });
    if (output === '') {
      yield* p.print(`Client Version: ${CLIENT.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n${server ? `Server Version: ${server.gitVersion}\n` : ''}`);
      return 0;
    }
    const all = { clientVersion: CLIENT, kustomizeVersion: KUSTOMIZE, ...(server && { serverVersion: server }) };
    yield* p.print(output === 'yaml' ? toYaml(all) : `${JSON.stringify(all, null, 2)}\n`);
    return 0;
  },
};

export const CLUSTER_INFO: Command = {
  name: 'cluster-info',
  usage: '[flags] [options]',
  summary: 'Display cluster information',
  flags: GLOBAL_FLAGS,
  *run({ p, api }) {
    const services = api.list(findResource(api, 'services')!, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' });
    const lines = (services.ok ? (services.value as readonly Service[]) : []).map(({ metadata, spec }) => {
      const port = spec.ports?.[0]?.name ?? '';
      const path = `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}${port === '' ? '' : `:${port}`}/proxy`;
      return `${metadata.labels?.['kubernetes.io/name'] ?? metadata.name} is running at https://${api.server}${path}\n`;
    });
    yield* p.print(
      `Kubernetes control plane is running at https://${api.server}\n${lines.join('')}\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`,
    );
    return 0;
  },
};

// --- auth ---

export const CAN_I: Command = {
  name: 'auth can-i',
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]',
  summary: 'Check whether an action is allowed',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'all-namespaces', short: 'A', kind: 'bool', usage: 'If true, check the specified action in all namespaces.' },
    { name: 'list', kind: 'bool', usage: 'If true, prints all allowed actions.' },
    { name: 'quiet', short: 'q', kind: 'bool', usage: 'If true, suppress output and just return the exit code.' },
    { name: 'no-headers', kind: 'bool', usage: 'If true, prints allowed actions without headers' },
    { name: 'subresource', kind: 'string', usage: 'SubResource such as pod/log or deployment/scale' },
  ],
  *run(context) {
    const { flags, api, p } = context;
    if (flags.bool('list')) {
      const rows = [
        ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'],
        ['*.*', '[]', '[]', '[*]'],
        ['', '[*]', '[]', '[*]'],
      ];
      yield* p.print(alignTabs((flags.bool('no-headers') ? rows.slice(1) : rows).map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS));
      return 0;
    }
    const [, word] = flags.args;
    if (flags.args.length < 2 || flags.args.length > 2)
      return yield* fail(
        context,
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
      );
    const kind = word!.split('/')[0]!;
    const resource = kind === '*' || word!.startsWith('/') ? undefined : findResource(api, kind);
    if (kind !== '*' && !word!.startsWith('/') && !resource) yield* p.error(`Warning: the server doesn't have a resource type '${kind}'\n\n`);
    else if (resource && !resource.isNamespaced && !flags.bool('all-namespaces')) yield* p.error(`Warning: resource '${kind}' is not namespace scoped\n\n`);
    if (!flags.bool('quiet')) yield* p.print('yes\n');
    return 0;
  },
};
export const WHOAMI: Command = {
  name: 'auth whoami',
  usage: '[options]',
  summary: 'Experimental: Check self subject attributes',
  flags: [...GLOBAL_FLAGS, OUTPUT],
  *run(context) {
    const { p, api, flags } = context;
    const body = JSON.stringify({ kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {} });
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const reply = api.request({
      method: 'POST',
      path,
      query: new Map(),
      accept: 'application/json',
      contentType: 'application/json',
      userAgent: 'kubectl',
      body,
    });
    const review = JSON.parse(reply.body) as { readonly status: { readonly userInfo: { readonly username: string; readonly groups: readonly string[] } } };
    const output = flags.string('output');
    if (output === 'json' || output === 'yaml') {
      yield* p.print(output === 'json' ? toJson(review) : toYaml(review));
      return 0;
    }
    const { username, groups } = review.status.userInfo;
    yield* p.print(alignTabs(`ATTRIBUTE\tVALUE\nUsername\t${username}\nGroups\t[${groups.join(' ')}]\n`, TABLE_TABS));
    return 0;
  },
};

// --- what the cluster does not have ---

const TOP_FLAGS: readonly Flag[] = [
  ...GLOBAL_FLAGS,
  { name: 'selector', short: 'l', kind: 'string', usage: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'." },
  { name: 'no-headers', kind: 'bool', usage: 'If present, print output without headers' },
  { name: 'sort-by', kind: 'string', usage: "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'." },
  { name: 'all-namespaces', short: 'A', kind: 'bool', usage: 'If present, list the requested object(s) across all namespaces.' },
  { name: 'containers', kind: 'bool', usage: 'If present, print usage of containers within a pod.' },
];
/** There is no metrics-server, as in a cluster that kubeadm has made. */
const noMetrics = function* (context: Context): Sys<number> {
  return yield* fail(context, 'Metrics API not available');
};
export const TOPS: readonly Command[] = [
  {
    name: 'top node',
    aliases: ['top nodes', 'top no'],
    usage: '[NAME | -l label] [options]',
    summary: 'Display resource (CPU/memory) usage of nodes',
    flags: TOP_FLAGS,
    run: noMetrics,
  },
  {
    name: 'top pod',
    aliases: ['top pods', 'top po'],
    usage: '[NAME | -l label] [options]',
    summary: 'Display resource (CPU/memory) usage of pods',
    flags: TOP_FLAGS,
    run: noMetrics,
  },
];
export const AUTOSCALE: Command = {
  name: 'autoscale',
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu-percent=CPU] [options]',
  summary: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'min', kind: 'int', usage: 'The lower limit for the number of pods that can be set by the autoscaler.' },
    { name: 'max', kind: 'int', usage: 'The upper limit for the number of pods that can be set by the autoscaler. Required.' },
    { name: 'cpu-percent', kind: 'int', usage: 'The target average CPU utilization.' },
  ],
  *run(context) {
    if (!context.flags.has('max')) return yield* fail(context, 'required flag(s) "max" not set');
    return yield* fail(context, 'not modelled: objects of kind HorizontalPodAutoscaler');
  },
};
