/** kubectl cp: a tar at each end of an exec (k8s.io/kubectl/pkg/cmd/cp). */
import { exitStatusOf, type Process, type Sys } from '../../shell/index.ts';
import { fail, findResource, GLOBAL_FLAGS, namespaceOf, refuse, type Command, type Context } from './context.ts';
import type { Pod } from './objects.ts';

export const CP: Command = {
  name: 'cp',
  usage: '<file-spec-src> <file-spec-dest> [options]',
  summary: 'Copy files and directories to and from containers',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'container', short: 'c', kind: 'string', usage: 'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation.' },
    { name: 'no-preserve', kind: 'bool', usage: "The copied file/directory's ownership and permissions will not be preserved in the container" },
    { name: 'retries', kind: 'int', usage: 'Set number of retries to complete a copy operation from a container.' },
  ],
  run: copy,
};

interface Spec {
  readonly namespace: string | undefined;
  /** '' for a file of this machine. */
  readonly pod: string;
  readonly path: string;
}

/** `[[namespace/]pod:]path`. */
function specOf(text: string): Spec | string {
  const colon = text.indexOf(':');
  if (colon < 0 || text.startsWith('./') || text.startsWith('/')) return { namespace: undefined, pod: '', path: text };
  if (colon === 0) return 'filespec must match the canonical format: [[namespace/]pod:]file/path';
  const [first = '', second, ...more] = text.slice(0, colon).split('/');
  if (more.length > 0) return 'filespec must match the canonical format: [[namespace/]pod:]file/path';
  return second === undefined
    ? { namespace: undefined, pod: first, path: text.slice(colon + 1) }
    : { namespace: first, pod: second, path: text.slice(colon + 1) };
}

function* copy(context: Context): Sys<number> {
  const { flags, p, api } = context;
  if (flags.args.length !== 2) return yield* fail(context, 'source and destination are required');
  const [from, to] = flags.args.map(specOf) as [Spec | string, Spec | string];
  if (typeof from === 'string') return yield* fail(context, from);
  if (typeof to === 'string') return yield* fail(context, to);
  if (from.pod !== '' && to.pod !== '') return yield* fail(context, 'one of src or dest must be a local file specification');
  if (from.path === '' || to.path === '') return yield* fail(context, 'filepath can not be empty');
  if (from.pod === '' && to.pod === '') return yield* fail(context, 'one of src or dest must be a remote file specification');
  if (from.pod === '' && !p.fs.exists(from.path)) return yield* fail(context, `${from.path} doesn't exist in local filesystem`);
  const spec = from.pod !== '' ? from : to;
  const namespace = spec.namespace ?? namespaceOf(context);
  const found = api.get(findResource(api, 'pods')!, namespace, spec.pod);
  if (!found.ok) return yield* refuse(context, found.error);
  const names = (found.value as Pod).spec.containers.map((one) => one.name);
  const container = flags.string('container') ?? names[0]!;
  if (!flags.has('container') && names.length > 1) yield* p.error(`Defaulted container "${container}" out of: ${names.join(', ')}\n`);
  yield* p.flush();
  const exec = ['kubectl', 'exec', '-n', namespace, spec.pod, '-c', container];
  return from.pod !== '' ? yield* download(context, exec, from.path, to.path) : yield* upload(context, exec, from.path, to.path);
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').replace(/^.*\//, '');

/** A file to a name, or into a directory that is there. */
function* upload(context: Context, exec: readonly string[], source: string, wanted: string): Sys<number> {
  const { p, flags } = context;
  const isInto = wanted.endsWith('/') || (yield* run(p, [...exec, '--', 'test', '-d', wanted], 'quiet')) === 0;
  const target = isInto ? `${wanted.replace(/\/+$/, '')}/${baseOf(source)}` : wanted;
  const folder = target.includes('/') ? target.slice(0, target.lastIndexOf('/')) || '/' : '.';
  // the archive holds it under the name it will have
  const staging = `/tmp/.kubectl-cp-${p.pid}`;
  p.fs.mkdirs(staging, 0o700);
  p.fs.symlink(source.startsWith('/') ? source : `${p.fs.getcwd()}/${source}`, `${staging}/${baseOf(target)}`);
  const owner = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const into = [exec[0]!, exec[1]!, '-i', ...exec.slice(2), '--', 'tar', ...owner, '-xmf', '-', '-C', folder];
  const status = yield* piped(p, ['tar', '-chf', '-', '-C', staging, baseOf(target)], into);
  p.fs.unlink(`${staging}/${baseOf(target)}`);
  p.fs.rmdir(staging);
  return status === 0 ? 0 : 1;
}

function* download(context: Context, exec: readonly string[], source: string, wanted: string): Sys<number> {
  const { p } = context;
  const staging = `/tmp/.kubectl-cp-${p.pid}`;
  p.fs.mkdirs(staging, 0o700);
  const status = yield* piped(p, [...exec, '--', 'tar', 'cf', '-', source], ['tar', '-xf', '-', '-C', staging]);
  const unpacked = `${staging}/${source.replace(/^\/+/, '').replace(/\/+$/, '')}`;
  let isThere = p.fs.exists(unpacked);
  if (isThere) {
    const isDir = p.fs.stat(wanted);
    const target = isDir.ok && isDir.value.kind === 'dir' ? `${wanted.replace(/\/+$/, '')}/${baseOf(source)}` : wanted;
    const folder = target.includes('/') ? target.slice(0, target.lastIndexOf('/')) : '';
    if (folder !== '') p.fs.mkdirs(folder, 0o755);
    isThere = (yield* run(p, ['cp', '-rT', unpacked, target], 'loud')) === 0;
  }
  yield* run(p, ['rm', '-rf', staging], 'loud');
  return status === 0 && isThere ? 0 : 1;
}

/** Runs it and waits; `quiet` keeps what it says to itself. */
function* run(p: Process, argv: readonly string[], how: 'quiet' | 'loud'): Sys<number> {
  const sink = how === 'quiet' ? p.fs.open('/dev/null', { read: true, write: true }) : undefined;
  const installed = sink?.ok ? p.install(sink.value, true) : undefined;
  const fd = installed?.ok ? installed.value : undefined;
  const child = p.spawn(
    argv,
    fd === undefined
      ? {}
      : {
          fds: new Map([
            [0, fd],
            [1, fd],
            [2, fd],
          ]),
        },
  );
  if (fd !== undefined) p.close(fd);
  return child.ok ? exitStatusOf(yield* p.waitExit(child.value)) : 127;
}
/** One program's output as the other's input; the status of whichever failed. */
function* piped(p: Process, writer: readonly string[], reader: readonly string[]): Sys<number> {
  const pipe = p.pipe();
  if (!pipe.ok) return 1;
  const first = p.spawn(writer, {
    fds: new Map([
      [0, 0],
      [1, pipe.value.write],
      [2, 2],
    ]),
  });
  const second = p.spawn(reader, {
    fds: new Map([
      [0, pipe.value.read],
      [1, 1],
      [2, 2],
    ]),
  });
  p.close(pipe.value.read);
  p.close(pipe.value.write);
  const statuses = [first.ok ? exitStatusOf(yield* p.waitExit(first.value)) : 127, second.ok ? exitStatusOf(yield* p.waitExit(second.value)) : 127];
  return statuses.find((status) => status !== 0) ?? 0;
}
