/** kubectl exec. */
import type { Sys } from '../../shell/index.ts';
import { fail, findResource, GLOBAL_FLAGS, namespaceOf, podsBehind, refuse, type Command, type Context } from './context.ts';
import type { Pod } from './objects.ts';

export const EXEC: Command = {
  name: 'exec',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  summary: 'Execute a command in a container',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'stdin', short: 'i', kind: 'bool', usage: 'Pass stdin to the container' },
    { name: 'tty', short: 't', kind: 'bool', usage: 'Stdin is a TTY' },
    { name: 'container', short: 'c', kind: 'string', usage: 'Container name.' },
    { name: 'quiet', short: 'q', kind: 'bool', usage: 'Only print output from the remote session' },
  ],
  run: exec,
};

function* exec(context: Context): Sys<number> {
  const { flags, api, p } = context;
  const word = flags.args[0];
  if (word === undefined || flags.argsBeforeDash === 0) return yield* fail(context, 'pod, type/name or --filename must be specified');
  if (flags.argsBeforeDash === undefined && flags.args.length > 1)
    return yield* fail(context, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead', 'usage');
  const command = flags.args.slice(1);
  if (command.length === 0) return yield* fail(context, 'you must specify at least one command for the container');
  const behind = podsBehind(context, word);
  if (behind && !behind.ok) return yield* refuse(context, behind.error);
  if (behind?.value.length === 0) return yield* fail(context, `timed out waiting for the condition`);
  const name = behind?.value[0]?.metadata.name ?? word.replace(/^(pods?|po)\//, '');
  if (name.includes('/')) return yield* fail(context, `cannot attach to ${name.split('/')[0]}: selector for ${name.split('/')[0]} not implemented`);
  const found = api.get(findResource(api, 'pods')!, namespaceOf(context), name);
  if (!found.ok) return yield* refuse(context, found.error);
  const pod = found.value as Pod;
  if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed')
    return yield* fail(context, `cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`);
  const names = pod.spec.containers.map((one) => one.name);
  const container = flags.string('container') ?? names[0]!;
  if (!names.includes(container))
    return yield* refuse(context, { code: 400, reason: 'BadRequest', message: `container ${container} is not valid for pod ${name}` });
  if (!flags.has('container') && names.length > 1 && !flags.bool('quiet')) yield* p.error(`Defaulted container "${container}" out of: ${names.join(', ')}\n`);
  const stdin = flags.bool('stdin');
  const isTerminal = p.isTerminal(0);
  if (flags.bool('tty') && !isTerminal) yield* p.error('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const status = yield* api.exec(p, namespaceOf(context), name, { container, command, stdin, tty: flags.bool('tty') && isTerminal });
  if (!status.ok)
    return yield* status.error.reason === 'InternalError' ? fail(context, status.error.message.replace(/^error: /, '')) : refuse(context, status.error);
  if (status.value !== 0) yield* p.error(`command terminated with exit code ${status.value}\n`);
  return status.value;
}
