/** Joining a container's streams, and waiting for a pod: shared by run and attach. */
import type { Sys } from '../../shell/index.ts';
import { fail, findResource, GLOBAL_FLAGS, namespaceOf, refuse, type Command, type Context } from './context.ts';
import type { Pod } from './objects.ts';

export const ATTACH: Command = {
  name: 'attach',
  usage: '(POD | TYPE/NAME) -c CONTAINER [options]',
  summary: 'Attach to a running container',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'stdin', short: 'i', kind: 'bool', usage: 'Pass stdin to the container' },
    { name: 'tty', short: 't', kind: 'bool', usage: 'Stdin is a TTY' },
    { name: 'container', short: 'c', kind: 'string', usage: 'Container name.' },
    { name: 'quiet', short: 'q', kind: 'bool', usage: 'Only print output from the remote session' },
  ],
  *run(context) {
    const name = context.flags.args[0]?.replace(/^pods?\//, '');
    if (name === undefined) return yield* fail(context, 'at least 1 argument is required for attach');
    const found = context.api.get(findResource(context.api, 'pods')!, namespaceOf(context), name);
    if (!found.ok) return yield* refuse(context, found.error);
    const pod = found.value as Pod;
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed')
      return yield* fail(context, `cannot attach a container in a completed pod; current phase is ${pod.status.phase}`);
    const names = pod.spec.containers.map((one) => one.name);
    const wanted = context.flags.string('container');
    if (wanted !== undefined && !names.includes(wanted))
      return yield* fail(context, `cannot attach to the container: container ${wanted} not found in pod ${name}`);
    if (wanted === undefined && names.length > 1 && !context.flags.bool('quiet'))
      yield* context.p.error(`Defaulted container "${names[0]}" out of: ${names.join(', ')}\n`);
    return yield* attachTo(context, namespaceOf(context), name, {
      stdin: context.flags.bool('stdin'),
      tty: context.flags.bool('tty'),
      quiet: context.flags.bool('quiet'),
    });
  },
};

/** Follows a pod until `isThere`; undefined when it is deleted or nothing comes within a minute. */
export function* waitForPod(context: Context, namespace: string, name: string, isThere: (pod: Pod) => boolean, timeoutSeconds = 60): Sys<Pod | undefined> {
  const { api, p } = context;
  const watch = api.watch(findResource(api, 'pods')!, namespace, { fieldSelector: `metadata.name=${name}` });
  const untilUs = p.nowUs + timeoutSeconds * 1_000_000;
  try {
    for (;;) {
      for (let event; (event = watch.next());) {
        if (event.type === 'DELETED') return undefined;
        if (isThere(event.object as Pod)) return event.object as Pod;
      }
      if (p.nowUs >= untilUs) return undefined;
      yield* p.waitFor(() => false, watch.changed, Math.min(untilUs - p.nowUs, 1_000_000));
    }
  } finally {
    watch.stop();
  }
}

const hasStarted = (pod: Pod): boolean => pod.status.phase !== 'Pending';

/** Waits until the pod runs, then joins it; when it is over already, prints its log. */
export function* attachTo(
  context: Context,
  namespace: string,
  name: string,
  how: { readonly stdin: boolean; readonly tty: boolean; readonly quiet: boolean },
): Sys<number> {
  const { api, p } = context;
  const pod = yield* waitForPod(context, namespace, name, hasStarted);
  if (!pod) return yield* fail(context, 'timed out waiting for the condition');
  if (pod.status.phase !== 'Running') {
    const log = api.logs(namespace, name, {});
    if (!log.ok) return yield* refuse(context, log.error);
    yield* p.print(log.value.read());
    return 0;
  }
  if (how.stdin && !how.quiet) yield* p.error("If you don't see a command prompt, try pressing enter.\n");
  const container = context.flags.string('container');
  const status = yield* api.attach(p, namespace, name, { stdin: how.stdin, tty: how.tty, ...(container === undefined ? {} : { container }) });
  if (status.ok) return 0;
  // over before it could be joined: what it printed is kept
  const log = api.logs(namespace, name, {});
  if (!log.ok) return yield* refuse(context, status.error);
  yield* p.error(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${status.error.message}\n`);
  yield* p.print(log.value.read());
  return 0;
}
