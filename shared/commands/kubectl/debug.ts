/** kubectl debug: its command line is read; containers that are added to a pod that runs are not modelled. */
import type { Sys } from '../../shell/index.ts';
import { fail, findResource, GLOBAL_FLAGS, namespaceOf, refuse, type Command, type Context } from './context.ts';

export const DEBUG: Command = {
  name: 'debug',
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]',
  summary: 'Create debugging sessions for troubleshooting workloads and nodes',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'image', kind: 'string', usage: 'Container image to use for debug container.' },
    { name: 'copy-to', kind: 'string', usage: 'Create a copy of the target Pod with this name.' },
    { name: 'container', short: 'c', kind: 'string', usage: 'Container name to use for debug container.' },
    { name: 'stdin', short: 'i', kind: 'bool', usage: 'Keep stdin open on the container(s) in the pod, even if nothing is attached.' },
    { name: 'tty', short: 't', kind: 'bool', usage: 'Allocate a TTY for the debugging container.' },
    { name: 'target', kind: 'string', usage: 'When using an ephemeral container, target processes in this container name.' },
    { name: 'profile', kind: 'string', usage: 'Options are "legacy", "general", "baseline", "netadmin", "restricted" or "sysadmin".' },
    { name: 'attach', kind: 'bool', usage: "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called." },
    { name: 'quiet', short: 'q', kind: 'bool', usage: 'If true, suppress informational messages.' },
    { name: 'env', kind: 'array', usage: 'Environment variables to set in the container.' },
    { name: 'share-processes', kind: 'bool', usage: "When used with '--copy-to', enable process namespace sharing in the copy." },
  ],
  run: debug,
};

function* debug(context: Context): Sys<number> {
  const { flags, api, p } = context;
  if (!flags.has('image') && !flags.has('copy-to')) return yield* fail(context, 'you must specify --image when not using --copy-to.');
  const [word] = flags.args;
  if (word === undefined) return yield* fail(context, 'NAME is required for debug');
  if (!flags.has('profile'))
    yield* p.error(
      '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
    );
  const [kind = '', name = ''] = word.includes('/') ? word.split('/') : ['pod', word];
  const resource = findResource(api, kind);
  if (!resource) return yield* fail(context, `the server doesn't have a resource type "${kind}"`);
  const found = api.get(resource, resource.isNamespaced ? namespaceOf(context) : undefined, name);
  if (!found.ok) return yield* refuse(context, found.error);
  if (resource.name === 'nodes') return yield* fail(context, 'not modelled: a pod with the root of its node; use a shell of the node itself');
  return yield* fail(context, 'not modelled: ephemeral containers; `kubectl exec`, or `nsenter` on its node, reach the network of the pod');
}
