/** kubectl logs. */
import type { Sys } from '../../shell/index.ts';
import {
  ALL_NAMESPACES,
  fail,
  findResource,
  GLOBAL_FLAGS,
  namespaceOf,
  parseTargets,
  podsBehind,
  refuse,
  SELECTOR,
  type Command,
  type Context,
} from './context.ts';
import type { Pod } from './objects.ts';

export const LOGS: Command = {
  name: 'logs',
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  summary: 'Print the logs for a container in a pod',
  flags: [
    ...GLOBAL_FLAGS,
    ALL_NAMESPACES,
    SELECTOR,
    { name: 'follow', short: 'f', kind: 'bool', usage: 'Specify if the logs should be streamed.' },
    { name: 'previous', short: 'p', kind: 'bool', usage: 'If true, print the logs for the previous instance of the container in a pod if it exists.' },
    { name: 'container', short: 'c', kind: 'string', usage: 'Print the logs of this container' },
    { name: 'tail', kind: 'int', usage: 'Lines of recent log file to display.' },
    { name: 'since', kind: 'duration', usage: 'Only return logs newer than a relative duration like 5s, 2m, or 3h.' },
    { name: 'timestamps', kind: 'bool', usage: 'Include timestamps on each line in the log output' },
    { name: 'all-containers', kind: 'bool', usage: "Get all containers' logs in the pod(s)." },
    { name: 'prefix', kind: 'bool', usage: 'Prefix each log line with the log source (pod name and container name)' },
  ],
  run: logs,
};

const USAGE = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

function* logs(context: Context): Sys<number> {
  const { flags, p } = context;
  if (flags.args.length === 0 && !flags.has('selector')) return yield* fail(context, USAGE, 'usage');
  if (flags.args.length > 0 && flags.has('selector')) return yield* fail(context, 'only a selector (-l) or a POD name is allowed', 'usage');
  if (flags.args.length > 2) return yield* fail(context, USAGE, 'usage');
  const tail = flags.int('tail') ?? (flags.has('selector') ? 10 : -1);
  if (tail < -1) return yield* fail(context, '--tail must be greater than or equal to -1');
  const since = flags.seconds('since');
  if (since !== undefined && since <= 0) return yield* fail(context, '--since must be greater than 0');
  if (flags.bool('all-containers') && flags.has('container'))
    return yield* fail(context, `--all-containers=true should not be specified with container name ${flags.string('container')}`);

  const pods = podsOf(context);
  if (typeof pods === 'string') return yield* fail(context, pods);
  if ('code' in pods) return yield* 'isLog' in pods ? fail(context, `error from server (${pods.reason}): ${pods.message}`) : refuse(context, pods);
  if (pods.length === 0) {
    yield* p.error(`No resources found in ${namespaceOf(context)} namespace.\n`);
    return 0;
  }
  const behind = flags.args[0]?.includes('/') ? podsBehind(context, flags.args[0]) : undefined;
  if (behind?.ok && behind.value.length > 1) yield* p.error(`Found ${behind.value.length} pods, using pod/${pods[0]!.metadata.name}\n`);
  for (const pod of pods) {
    const names = pod.spec.containers.map((one) => one.name);
    const asked = flags.string('container') ?? flags.args[1];
    if (asked === undefined && names.length > 1 && !flags.bool('all-containers'))
      yield* p.error(`Defaulted container "${names[0]}" out of: ${names.join(', ')}\n`);
    if (asked !== undefined && !names.includes(asked)) return yield* fail(context, `container ${asked} is not valid for pod ${pod.metadata.name}`);
    for (const container of flags.bool('all-containers') ? names : [asked ?? names[0]!]) {
      const status = yield* printLog(context, pod, container, tail, since);
      if (status !== 0) return status;
    }
  }
  return 0;
}

function podsOf(context: Context) {
  const { flags, api } = context;
  const resource = findResource(api, 'pods')!;
  const selector = flags.string('selector');
  if (selector !== undefined) {
    const all = api.list(resource, flags.bool('all-namespaces') ? undefined : namespaceOf(context), { labelSelector: selector });
    return all.ok ? (all.value as readonly Pod[]) : all.error;
  }
  const word = flags.args[0]!;
  const targets = parseTargets(api, word.includes('/') ? [word] : ['pods', word]);
  if (!targets.ok) return targets.error;
  const target = targets.value[0];
  const behind = podsBehind(context, word);
  if (behind) return behind.ok ? behind.value.slice(0, 1) : behind.error;
  if (target?.kind !== 'object' || target.resource !== resource) return `cannot get the logs from ${target?.resource.kind ?? word}`;
  const found = api.get(resource, namespaceOf(context), target.name);
  return found.ok
    ? [found.value as Pod]
    : {
        ...found.error,
        message: found.error.reason === 'NotFound' ? `${found.error.message} in namespace "${namespaceOf(context)}"` : found.error.message,
        isLog: true,
      };
}

function* printLog(context: Context, pod: Pod, container: string, tail: number, since: number | undefined): Sys<number> {
  const { flags, api, p } = context;
  const { name, namespace = 'default' } = pod.metadata;
  const log = api.logs(namespace, name, {
    container,
    previous: flags.bool('previous'),
    timestamps: flags.bool('timestamps'),
    ...(tail < 0 ? {} : { tailLines: tail }),
    ...(since === undefined ? {} : { sinceSeconds: since }),
  });
  if (!log.ok) return yield* refuse(context, log.error);
  const prefix = flags.bool('prefix') ? `[pod/${name}/${container}] ` : '';
  let isLineStart = true;
  for (;;) {
    const text = log.value.read();
    if (text !== '') {
      yield* p.print(prefix === '' ? text : (isLineStart ? prefix : '') + text.replace(/\n(?=[\s\S])/g, `\n${prefix}`));
      isLineStart = text.endsWith('\n');
      continue;
    }
    if (!flags.bool('follow') || log.value.isOver) return 0;
    yield* p.flush();
    yield* p.block(log.value.changed);
  }
}
