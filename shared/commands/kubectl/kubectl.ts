/**
 * kubectl: finds the command, reads its flags, reaches the server, runs it. Wording and layout are those of kubectl 1.32; each command is a
 * file beside this one. The cluster is behind `KubernetesApi`.
 */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { declared, type Declaration, type DeclaredOption } from '../declaration.ts';
import type { KubernetesApi } from './api.ts';
import { APPLY, VIEW_LAST_APPLIED } from './apply.ts';
import { ATTACH } from './attach.ts';
import { PATCH, SCALE, SET_ENV, SET_IMAGE, SET_RESOURCES, SET_SELECTOR } from './change.ts';
import { completeKubectl } from './complete.ts';
import { CONFIGS, defaultNamespace, hasContext } from './config.ts';
import { fail, GLOBAL_FLAGS, type Command, type Context } from './context.ts';
import { CP } from './copy.ts';
import { CREATE_CONFIGMAP, CREATE_JOB, CREATE_NAMESPACE, CREATE_SECRET, CREATE_SERVICEACCOUNT, CREATE_UNKNOWN } from './create-data.ts';
import { CREATE_DEPLOYMENT, CREATE_SERVICES, EXPOSE } from './create-kinds.ts';
import { CREATE } from './create.ts';
import { DEBUG } from './debug.ts';
import { DELETE } from './delete.ts';
import { DESCRIBE } from './describe.ts';
import { API_RESOURCES, API_VERSIONS, AUTOSCALE, CAN_I, CLUSTER_INFO, TOPS, VERSION, WHOAMI } from './discovery-verbs.ts';
import { DRAIN } from './drain.ts';
import { DIFF, EDIT, REPLACE } from './edit.ts';
import { EXEC } from './exec.ts';
import { EXPLAIN } from './explain.ts';
import { parseFlags, type Flag } from './flags.ts';
import { GET } from './get.ts';
import { groupHelp, helpOf, overview } from './help.ts';
import { LOGS } from './logs.ts';
import { ANNOTATE, CORDON, LABEL, UNCORDON } from './node-verbs.ts';
import { PORT_FORWARD } from './port-forward.ts';
import { RestClient } from './rest-client.ts';
import { ROLLOUT_HISTORY, ROLLOUT_PAUSE, ROLLOUT_RESTART, ROLLOUT_RESUME, ROLLOUT_STATUS, ROLLOUT_UNDO } from './rollout.ts';
import { RUN } from './run.ts';
import { TAINT } from './taint.ts';
import { WAIT } from './wait.ts';

export const COMMANDS: readonly Command[] = [
  CREATE,
  CREATE_CONFIGMAP,
  CREATE_DEPLOYMENT,
  CREATE_JOB,
  CREATE_NAMESPACE,
  CREATE_SECRET,
  ...CREATE_SERVICES,
  CREATE_SERVICEACCOUNT,
  ...CREATE_UNKNOWN,
  EXPOSE,
  RUN,
  SET_ENV,
  SET_IMAGE,
  SET_RESOURCES,
  SET_SELECTOR,
  EXPLAIN,
  GET,
  EDIT,
  DELETE,
  ROLLOUT_HISTORY,
  ROLLOUT_PAUSE,
  ROLLOUT_RESTART,
  ROLLOUT_RESUME,
  ROLLOUT_STATUS,
  ROLLOUT_UNDO,
  SCALE,
  AUTOSCALE,
  CLUSTER_INFO,
  ...TOPS,
  CORDON,
  UNCORDON,
  DRAIN,
  TAINT,
  DESCRIBE,
  LOGS,
  ATTACH,
  EXEC,
  PORT_FORWARD,
  CP,
  CAN_I,
  WHOAMI,
  DEBUG,
  DIFF,
  APPLY,
  VIEW_LAST_APPLIED,
  PATCH,
  REPLACE,
  WAIT,
  LABEL,
  ANNOTATE,
  API_RESOURCES,
  API_VERSIONS,
  ...CONFIGS,
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
  const chosen = choose(found.name, found.rest);
  if (chosen.kind === 'group') return yield* group(p, chosen.name, chosen.word);
  if (chosen.kind === 'unknown') return yield* unknownCommand(p, found.name);
  const { command } = chosen;
  const flags = parseFlags(command.flags, chosen.rest);
  if (!flags.ok) {
    yield* p.error(`error: ${flags.error}\nSee 'kubectl ${command.name} --help' for usage.\n`);
    return 1;
  }
  if (flags.value.bool('help')) {
    yield* p.print(helpOf(command));
    return 0;
  }
  const client = new RestClient(api, managerOf(command));
  const context: Context = {
    ...{ p, api: client, flags: flags.value, command: `kubectl ${command.name}` },
    defaultNamespace: defaultNamespace(p, flags.value),
  };
  const wished = flags.value.string('context');
  if (!isLocal(context, command)) {
    const reached = yield* api.connect(p);
    if (!reached.ok) {
      yield* p.error(`${reached.error}\n`);
      return 1;
    }
    if (wished !== undefined && !hasContext(p, flags.value, wished)) return yield* fail(context, `context "${wished}" does not exist`);
  }
  const status = yield* command.run(context);
  yield* p.flush();
  for (const warning of client.warnings) yield* p.error(`Warning: ${warning}\n`);
  return status;
}

/** Who sets fields by it. */
const managerOf = ({ name }: Command): string => (name === 'apply' || name === 'diff' ? 'kubectl-client-side-apply' : `kubectl-${name.split(' ')[0]}`);

type Choice =
  | { readonly kind: 'command'; readonly command: Command; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly name: string; readonly word: string | undefined }
  | { readonly kind: 'unknown' };
/** `create deployment`, `create service nodeport`: as many words as make a name belong to it. */
function choose(name: string, rest: readonly string[]): Choice {
  const named = (full: string): Command | undefined => COMMANDS.find((one) => one.name === full || one.aliases?.includes(full));
  let [full, left, command] = [name, rest, named(name)];
  let unknown: string | undefined;
  for (;;) {
    const first = left.findIndex((word) => !word.startsWith('-'));
    const isGroup = COMMANDS.some((one) => [one.name, ...(one.aliases ?? [])].some((each) => each.startsWith(`${full} `)));
    if (!isGroup) break;
    const longer = first < 0 ? undefined : `${full} ${left[first]}`;
    if (longer === undefined || !COMMANDS.some((one) => [one.name, ...(one.aliases ?? [])].some((each) => each === longer || each.startsWith(`${longer} `)))) {
      unknown = left.slice(Math.max(0, first)).join(' ');
      if (first < 0) unknown = undefined;
      break;
    }
    left = left.toSpliced(first, 1);
    full = longer;
    command = named(full);
  }
  if (command) return { kind: 'command', command, rest: left };
  return COMMANDS.some((one) => one.name.startsWith(`${full} `)) ? { kind: 'group', name: full, word: unknown } : { kind: 'unknown' };
}

/** A word that is only the beginning of commands. */
function* group(p: Process, name: string, word: string | undefined): Sys<number> {
  if (word !== undefined && !word.startsWith('-')) {
    yield* p.error(`error: unknown command "${word}"\nSee 'kubectl ${name} -h' for help and examples\n`);
    return 1;
  }
  yield* p.print(groupHelp(name, COMMANDS));
  return 0;
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

/** What asks the server though nothing is named. */
const SPEAKS = new Set(['api-resources', 'api-versions', 'cluster-info', 'version', 'auth whoami', 'top node', 'top pod']);
/** What needs no server; missing arguments are noticed before the network is. */
const isLocal = ({ flags }: Context, { name }: Command): boolean =>
  name.startsWith('config ') ||
  (name === 'version' && flags.bool('client')) ||
  (flags.args.length === 0 && !flags.has('filename') && !flags.has('selector') && !flags.has('raw') && !SPEAKS.has(name));

function* unknownCommand(p: Process, name: string): Sys<number> {
  const words = [...new Set(COMMANDS.map((command) => command.name.split(' ')[0]!))];
  const similar = words.filter((one) => distance(name, one) <= 2 || one.startsWith(name));
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
