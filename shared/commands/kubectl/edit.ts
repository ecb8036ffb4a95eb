/** kubectl replace, diff and edit: objects changed whole, compared, or given to an editor. */
import { parse } from 'yaml';
import { utf8Decode, utf8Encode } from '../../base/index.ts';
import { exitStatusOf, type Sys } from '../../shell/index.ts';
import {
  DRY_RUN,
  dryRunNote,
  dryRunOf,
  fail,
  FILENAME,
  GLOBAL_FLAGS,
  namespaceOf,
  objectsOf,
  OUTPUT,
  refuse,
  SELECTOR,
  statusText,
  type Command,
  type Context,
  type Found,
} from './context.ts';
import { patchFor } from './apply.ts';
import { eachManifest, VALIDATE, validationOf } from './create.ts';
import { show } from './make.ts';
import { readManifests } from './manifest.ts';
import type { KubeObject } from './objects.ts';
import { toYaml, type Data } from './yaml-text.ts';

export const REPLACE: Command = {
  name: 'replace',
  usage: '-f FILENAME [options]',
  summary: 'Replace a resource by file name or stdin',
  flags: [
    ...GLOBAL_FLAGS,
    FILENAME,
    OUTPUT,
    DRY_RUN,
    VALIDATE,
    { name: 'force', kind: 'bool', usage: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    { name: 'grace-period', kind: 'int', usage: 'Period of time in seconds given to the resource to terminate gracefully.' },
  ],
  *run(context) {
    const { flags, api, p } = context;
    if (!flags.has('filename')) return yield* fail(context, 'must specify one of -f and -k');
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    if (flags.bool('force')) {
      const manifests = yield* readManifests(context, flags.all('filename'));
      if (typeof manifests === 'string') return yield* fail(context, manifests);
      for (const { resource, name, namespace } of manifests) {
        const place = resource.isNamespaced ? (namespace ?? namespaceOf(context)) : undefined;
        const grace = flags.int('grace-period');
        const gone = api.delete(resource, place, name, grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace });
        if (gone.ok) yield* p.print(`${resource.singular}${resource.group === '' ? '' : `.${resource.group}`} "${name}" deleted\n`);
        while (api.get(resource, place, name).ok) yield* p.sleep(50_000);
      }
    }
    return yield* eachManifest(context, 'replace', (manifest, namespace) => {
      const { resource, object, name } = manifest;
      const options = { dryRun: how.value === 'server', validation: validationOf(flags) };
      const placed = { ...object, metadata: { ...(object['metadata'] as object), ...(namespace === undefined ? {} : { namespace }) } };
      const present = api.get(resource, namespace, name);
      const done = flags.bool('force')
        ? api.create(resource, namespace, object, options)
        : present.ok
          ? api.update(resource, namespace, placed, options)
          : present;
      return done.ok ? { ok: true, value: { object: done.value, verb: `replaced${dryRunNote(how.value)}` } } : done;
    });
  },
};

const plain = (object: KubeObject): string => {
  const { managedFields: _, ...metadata } = object.metadata;
  return utf8Encode(toYaml({ ...object, metadata } as unknown as Data));
};

export const DIFF: Command = {
  name: 'diff',
  usage: '-f FILENAME [options]',
  summary: 'Diff the live version against a would-be applied version',
  flags: [
    ...GLOBAL_FLAGS,
    FILENAME,
    SELECTOR,
    { name: 'server-side', kind: 'bool', usage: 'If true, apply runs in the server instead of the client.' },
    { name: 'force-conflicts', kind: 'bool', usage: 'If true, server-side apply will force the changes against conflicts.' },
  ],
  *run(context) {
    const { flags, api, p } = context;
    if (!flags.has('filename')) return yield* fail(context, 'must specify one of -f and -k');
    const manifests = yield* readManifests(context, flags.all('filename'));
    if (typeof manifests === 'string') return yield* fail(context, manifests);
    const number = (): number => p.os.rng.below(4e9);
    const [live, merged] = [`/tmp/LIVE-${number()}`, `/tmp/MERGED-${number()}`];
    p.fs.mkdirs(live, 0o700);
    p.fs.mkdirs(merged, 0o700);
    for (const manifest of manifests) {
      const { resource, object, name, namespace } = manifest;
      const place = resource.isNamespaced ? (namespace ?? namespaceOf(context)) : undefined;
      const present = api.get(resource, place, name);
      const wanted = { ...object, metadata: { ...(object['metadata'] as object), ...(place === undefined ? {} : { namespace: place }) } };
      const next = present.ok
        ? api.patch(resource, place, name, 'strategic', patchFor(context, manifest, present.value, wanted), { dryRun: true })
        : api.create(resource, place, wanted, { dryRun: true });
      if (!next.ok) return yield* refuse(context, next.error);
      const file = `${resource.group === '' ? '' : `${resource.group}.`}${resource.version}.${resource.kind}.${place ?? ''}.${name}`;
      if (present.ok) p.fs.writeFile(`${live}/${file}`, plain(present.value));
      p.fs.writeFile(`${merged}/${file}`, plain(next.value));
    }
    const program = p.getenv('KUBECTL_EXTERNAL_DIFF')?.split(' ') ?? ['diff', '-u', '-N'];
    const child = p.spawn([...program, live, merged], {});
    const status = child.ok ? exitStatusOf(yield* p.waitExit(child.value)) : 127;
    for (const folder of [live, merged]) {
      const entries = p.fs.readdir(folder);
      for (const { name } of entries.ok ? entries.value : []) p.fs.unlink(`${folder}/${name}`);
      p.fs.rmdir(folder);
    }
    if (!child.ok) return yield* fail(context, `failed to run "${program[0]}": exec: "${program[0]}": executable file not found in $PATH`);
    return status;
  },
};
const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;
/** How often a refused text is shown again. */
const ATTEMPTS = 2;

export const EDIT: Command = {
  name: 'edit',
  usage: '(RESOURCE/NAME | -f FILENAME) [options]',
  summary: 'Edit a resource on the server',
  flags: [...GLOBAL_FLAGS, OUTPUT, FILENAME, VALIDATE],
  *run(context) {
    const objects = yield* objectsOf(context);
    if (typeof objects === 'number') return objects;
    for (const found of objects.found) {
      const status = yield* editOne(context, found);
      if (status !== 0) return status;
    }
    return objects.status;
  },
};

function* editOne(context: Context, { resource, namespace, object }: Found): Sys<number> {
  const { p, api, flags } = context;
  const original = plain(object);
  const path = `/tmp/kubectl-edit-${p.os.rng.below(4e9)}.yaml`;
  let text = HEADER + original;
  for (let attempt = 1; ; attempt++) {
    p.fs.writeFile(path, text, { mode: 0o600 });
    const problem = yield* runEditor(context, path);
    if (problem !== undefined) return yield* fail(context, problem);
    const read = p.fs.readFile(path);
    const edited = (read.ok ? read.value : '').replaceAll(/^#.*\n/gm, '');
    if (edited === original || edited.trim() === '') {
      p.fs.unlink(path);
      yield* p.error(edited.trim() === '' ? 'Edit cancelled, saved file was empty.\n' : 'Edit cancelled, no changes made.\n');
      return 0;
    }
    const data = parsed(edited);
    const done = typeof data === 'string' ? undefined : api.update(resource, namespace, data, { validation: validationOf(flags) });
    if (done?.ok) {
      p.fs.unlink(path);
      return yield* show(context, done.value, resource, 'edited');
    }
    const reason = done?.ok === false ? statusText(done.error) : `The edited file had a syntax error: ${typeof data === 'string' ? data : ''}`;
    if (attempt >= ATTEMPTS || edited === text.replaceAll(/^#.*\n/gm, '')) {
      yield* p.error(`${reason}\nA copy of your changes has been stored to "${path}"\n`);
      return yield* fail(context, 'Edit cancelled, no valid changes were saved.');
    }
    const notes = `# ${resource.name} "${object.metadata.name}" was not valid:\n# * ${reason.replaceAll('\n', '\n# ')}\n#\n`;
    text = HEADER + notes + edited;
  }
}

function parsed(text: string): Readonly<Record<string, Data>> | string {
  try {
    return parse(utf8Decode(text)) as Readonly<Record<string, Data>>;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}

/** $KUBE_EDITOR, $EDITOR, vi; the error when there is none. */
function* runEditor({ p }: Context, path: string): Sys<string | undefined> {
  const editor = p.getenv('KUBE_EDITOR') || p.getenv('EDITOR') || 'vi';
  const [program = ''] = editor.split(' ');
  const folders = program.includes('/') ? [''] : (p.getenv('PATH') ?? '/usr/bin:/bin').split(':').map((folder) => `${folder}/`);
  if (!folders.some((folder) => p.fs.exists(`${folder}${program}`))) return `unable to launch the editor "${editor}"`;
  yield* p.flush();
  const child = p.spawn(['bash', '-c', `${editor} ${path}`], {});
  if (!child.ok) return `unable to launch the editor "${editor}"`;
  const status = exitStatusOf(yield* p.waitExit(child.value));
  return status === 0 ? undefined : `there was a problem with the editor "${editor}"`;
}
