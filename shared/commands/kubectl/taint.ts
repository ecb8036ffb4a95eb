/** kubectl taint (k8s.io/kubectl/pkg/cmd/taint): what keeps pods off a node. */
import type { Sys } from '../../shell/index.ts';
import { ALL, DRY_RUN, dryRunNote, dryRunOf, fail, GLOBAL_FLAGS, objectsOf, OUTPUT, refuse, SELECTOR, type Command, type Context } from './context.ts';
import { show } from './make.ts';
import type { Node, Taint } from './objects.ts';

interface Wish {
  readonly key: string;
  readonly value?: string;
  readonly effect?: string;
}

export const TAINT: Command = {
  name: 'taint',
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]',
  summary: 'Update the taints on one or more nodes',
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT,
    DRY_RUN,
    SELECTOR,
    ALL,
    { name: 'overwrite', kind: 'bool', usage: 'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.' },
  ],
  run: taint,
};
const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const isChange = (word: string): boolean => word.includes('=') || word.includes(':') || (word.endsWith('-') && word.length > 1);

function* taint(context: Context): Sys<number> {
  const { flags, api } = context;
  const words = flags.args.filter((word) => !isChange(word));
  const changes = flags.args.filter(isChange);
  const [kind] = words;
  if (kind === undefined) return yield* fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.length === 0) return yield* fail(context, 'at least one taint update is required');
  const resource = kind.split('/')[0]!;
  const parsed = parseChanges(changes);
  if (typeof parsed === 'string') return yield* fail(context, parsed, 'usage');
  if (!['node', 'nodes', 'no'].includes(resource)) return yield* fail(context, `invalid resource type ${resource}, only node types are supported`);
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  const objects = yield* objectsOf(context, words);
  if (typeof objects === 'number') return objects;
  let { status } = objects;
  for (const { resource: nodes, object } of objects.found) {
    const present = (object as Node).spec.taints ?? [];
    const next = changed(present, parsed, object.metadata.name, flags.bool('overwrite'));
    if (typeof next === 'string') {
      status = yield* fail(context, next);
      continue;
    }
    const patched = api.patch(
      nodes,
      undefined,
      object.metadata.name,
      'merge',
      { spec: { taints: next.taints.length > 0 ? next.taints : null } },
      { dryRun: how.value !== 'none' },
    );
    if (!patched.ok) status = yield* refuse(context, patched.error);
    else status = (yield* show(context, patched.value, nodes, `${next.verb}${dryRunNote(how.value)}`)) || status;
  }
  return status;
}

/** What to add and what to take away; a string is what is wrong. */
function parseChanges(words: readonly string[]): { readonly added: readonly Taint[]; readonly removed: readonly Wish[] } | string {
  const added: Taint[] = [];
  const removed: Wish[] = [];
  for (const word of words) {
    const isRemoval = word.endsWith('-');
    const [left = '', effect, ...more] = (isRemoval ? word.slice(0, -1) : word).split(':');
    const [key = '', value, ...others] = left.split('=');
    if (more.length > 0 || others.length > 0 || key === '') return `invalid taint spec: ${word}`;
    if (effect !== undefined && !EFFECTS.includes(effect)) return `invalid taint effect: ${effect}, unsupported taint effect`;
    if (isRemoval) removed.push({ key, ...(effect === undefined ? {} : { effect }) });
    else if (effect === undefined) return `invalid taint spec: ${word}`;
    else added.push({ effect: effect as Taint['effect'], key, ...(value === undefined || value === '' ? {} : { value }) });
  }
  const twice = added.find((one, index) => added.some((other, at) => at < index && other.key === one.key && other.effect === one.effect));
  return twice ? `duplicated taints with the same key and effect: {${twice.key} ${twice.value ?? ''} ${twice.effect} <nil>}` : { added, removed };
}

function changed(
  present: readonly Taint[],
  { added, removed }: Exclude<ReturnType<typeof parseChanges>, string>,
  name: string,
  overwrites: boolean,
): { readonly taints: readonly Taint[]; readonly verb: string } | string {
  const clash = present.filter((one) => added.some((other) => other.key === one.key && other.effect === one.effect));
  if (clash.length > 0 && !overwrites)
    return `node ${name} already has ${clash.map((one) => one.key).join(', ')} taint(s) with same effect(s) and --overwrite is false`;
  const missing = removed.filter((wish) => !present.some((one) => one.key === wish.key && (wish.effect === undefined || wish.effect === one.effect)));
  if (missing.length > 0)
    return missing.map((one) => (one.effect === undefined ? `taint "${one.key}" not found` : `taint "${one.key}:${one.effect}" not found`)).join('\n');
  const kept = present.filter(
    (one) =>
      !removed.some((wish) => wish.key === one.key && (wish.effect === undefined || wish.effect === one.effect)) &&
      !added.some((other) => other.key === one.key && other.effect === one.effect),
  );
  const verb = added.length > 0 && removed.length > 0 ? 'modified' : clash.length > 0 ? 'modified' : removed.length > 0 ? 'untainted' : 'tainted';
  return { taints: [...added, ...kept], verb };
}
