/**
 * kubectl: finds the command, reads its flags, reaches the server, runs it. Wording and layout are those of kubectl 1.32; each command is a
 * file beside this one. The cluster is behind `KubernetesApi`.
 */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import type { KubernetesApi } from './api.ts';
import { ATTACH } from './attach.ts';
import { completeKubectl } from './complete.ts';
import { findResource, GLOBAL_FLAGS, type Command, type Context } from './context.ts';
import { APPLY, CREATE } from './create.ts';
import { DELETE } from './delete.ts';
import { DESCRIBE } from './describe.ts';
import { EXEC } from './exec.ts';
import { declared, type Declaration, type DeclaredOption } from '../declaration.ts';
import { parseFlags, type Flag } from './flags.ts';
import { GET } from './get.ts';
import { helpOf, overview } from './help.ts';
import { LOGS } from './logs.ts';
import { CREATE_DEPLOYMENT, CREATE_SERVICE, EXPOSE, SCALE, SET_IMAGE } from './create-kinds.ts';
import { DRAIN } from './drain.ts';
import { ANNOTATE, CORDON, LABEL, UNCORDON } from './node-verbs.ts';
import { ROLLOUT_RESTART, ROLLOUT_STATUS, WAIT } from './rollout.ts';
import type { Service } from './objects-apps.ts';
import { RUN } from './run.ts';
import { alignTabs, TABLE_TABS } from './tabwriter.ts';

const API_RESOURCES: Command = {
  name: 'api-resources',
  usage: '[options]',
  summary: 'Print the supported API resources on the server',
  flags: GLOBAL_FLAGS,
  *run({ p, api }) {
    const listed = api.resources.map((one) => ({ ...one, apiVersion: one.group === '' ? one.version : `${one.group}/${one.version}` }));
    const rows = listed
      .sort((a, b) => (a.group === b.group ? (a.name < b.name ? -1 : 1) : a.group < b.group ? -1 : 1))
      .map((one) => [one.name, one.shortNames.join(','), one.apiVersion, String(one.isNamespaced), one.kind]);
    yield* p.print(
      alignTabs([['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'], ...rows].map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS),
    );
    return 0;
  },
};
const API_VERSIONS: Command = {
  name: 'api-versions',
  usage: '[options]',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  flags: GLOBAL_FLAGS,
  *run({ p, api }) {
    const versions = new Set(api.resources.map((one) => (one.group === '' ? one.version : `${one.group}/${one.version}`)));
    yield* p.print(
      [...versions]
        .sort()
        .map((version) => `${version}\n`)
        .join(''),
    );
    return 0;
  },
};
const VERSION: Command = {
  name: 'version',
  usage: '[flags] [options]',
  summary: 'Print the client and server version information',
  flags: [...GLOBAL_FLAGS, { name: 'client', kind: 'bool', usage: 'If true, shows client version only (no server required).' }],
  *run({ p, api, flags }) {
    yield* p.print(`Client Version: ${api.version}\nKustomize Version: v5.5.0\n${flags.bool('client') ? '' : `Server Version: ${api.version}\n`}`);
    return 0;
  },
};
const CLUSTER_INFO: Command = {
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

export const COMMANDS: readonly Command[] = [
  CREATE,
  CREATE_DEPLOYMENT,
  CREATE_SERVICE,
  EXPOSE,
  RUN,
  SET_IMAGE,
  GET,
  DELETE,
  ROLLOUT_STATUS,
  ROLLOUT_RESTART,
  SCALE,
  LABEL,
  ANNOTATE,
  CLUSTER_INFO,
  CORDON,
  UNCORDON,
  DRAIN,
  DESCRIBE,
  LOGS,
  ATTACH,
  EXEC,
  APPLY,
  WAIT,
  API_RESOURCES,
  API_VERSIONS,
  VERSION,
];

const declaredFlag = ({ name, short, kind, usage, without }: Flag): DeclaredOption => ({
  ...{ names: [short === undefined ? '' : `-${short}`, `--${name}`].filter((each) => each !== ''), help: usage.replace(/\s+/g, ' ') },
  ...{ value: kind === 'bool' ? undefined : kind, isOptional: without !== undefined },
});
const DECLARATION: Declaration = {
  synopsis: '[flags] [options]',
  summary: 'Controls the Kubernetes cluster manager.',
  options: GLOBAL_FLAGS.map(declaredFlag),
  commands: COMMANDS.map(({ name, aliases = [], summary, flags }) => ({
    ...{ name, aliases, help: summary, options: flags.filter((flag) => !GLOBAL_FLAGS.includes(flag)).map(declaredFlag) },
  })),
};
/** What it is and takes, of whichever cluster. */
export const KUBECTL = { declares: DECLARATION, origin: 'kubectl 1.32.4' };
/** The program for one cluster. */
export const kubectlProgram = (api: KubernetesApi): InstalledProgram => ({
  path: '/usr/bin/kubectl',
  main: declared({ ...DECLARATION, complete: (request) => completeKubectl(COMMANDS, api, request) }, (p) => kubectl(p, api)),
  origin: 'kubectl 1.32.4',
});

function* kubectl(p: Process, api: KubernetesApi): Sys<number> {
  const found = splitCommand(p.argv.slice(1));
  if (found === undefined) {
    yield* p.print(overview(COMMANDS));
    return 0;
  }
  const named = (name: string): Command | undefined => COMMANDS.find((one) => one.name === name || one.aliases?.includes(name));
  // `create deployment`, `rollout status`: the first argument belongs to the name
  const first = found.rest.findIndex((word) => !word.startsWith('-'));
  const longer = first < 0 ? undefined : named(`${found.name} ${found.rest[first]}`);
  const command = longer ?? named(found.name);
  if (!command) return yield* unknownCommand(p, found.name);
  const flags = parseFlags(command.flags, longer ? found.rest.toSpliced(first, 1) : found.rest);
  if (!flags.ok) {
    yield* p.error(`error: ${flags.error}\nSee 'kubectl ${command.name} --help' for usage.\n`);
    return 1;
  }
  if (flags.value.bool('help')) {
    yield* p.print(helpOf(command));
    return 0;
  }
  const context: Context = { p, api, flags: flags.value, command: `kubectl ${command.name}` };
  if (!isLocal(context, command)) {
    const reached = yield* api.connect(p);
    if (!reached.ok) {
      yield* p.error(`${reached.error}\n`);
      return 1;
    }
  }
  return yield* command.run(context);
}

/** The first word that is no flag is the command; global flags may stand before it. */
function splitCommand(args: readonly string[]): { readonly name: string; readonly rest: readonly string[] } | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-'))
      return arg === 'help' && args.length === 1
        ? undefined
        : arg === 'help'
          ? { name: args[i + 1]!, rest: ['--help'] }
          : { name: arg, rest: [...args.slice(0, i), ...args.slice(i + 1)] };
    const name = arg.replace(/^--?/, '');
    const flag = GLOBAL_FLAGS.find((one) => one.name === name || one.short === name);
    if (flag && flag.kind !== 'bool' && !arg.includes('=')) i++;
  }
  return undefined;
}

/** What needs no server; missing arguments are noticed before the network is. */
const isLocal = (context: Context, command: Command): boolean =>
  (command === VERSION && context.flags.bool('client')) ||
  (context.flags.args.length === 0 &&
    !context.flags.has('filename') &&
    !context.flags.has('selector') &&
    command !== API_RESOURCES &&
    command !== API_VERSIONS &&
    command !== CLUSTER_INFO &&
    command !== VERSION);

function* unknownCommand(p: Process, name: string): Sys<number> {
  const similar = COMMANDS.map((command) => command.name).filter((one) => distance(name, one) <= 2 || one.startsWith(name));
  const hint = similar.length > 0 ? `\n\nDid you mean this?\n${similar.map((one) => `\t${one}\n`).join('')}` : '';
  yield* p.error(`error: unknown command "${name}" for "kubectl"${hint}\n`);
  return 1;
}

/** Levenshtein's, as cobra suggests by. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
