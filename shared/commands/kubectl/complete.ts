/** `kubectl __complete`, as its shells ask it: commands, flags, namespaces, kinds and the names of what there is. */
import type { Bytes } from '../../base/index.ts';
import type { CompletionRequest } from '../../shell/index.ts';
import type { ApiResource, KubernetesApi } from './api.ts';
import type { Command } from './context.ts';
import type { Pod } from './objects.ts';

/** Commands whose operands are pods, or nodes; the others that name objects begin with a kind. */
const PODS = new Set(['exec', 'logs', 'attach', 'port-forward']);
const NODES = new Set(['cordon', 'uncordon', 'drain']);
const BY_KIND = new Set(
  (
    'get describe delete label annotate scale expose wait edit patch explain taint autoscale debug rollout\0status rollout\0restart rollout\0history rollout\0undo rollout\0pause ' +
    'rollout\0resume set\0image set\0env set\0resources set\0selector apply\0view-last-applied'
  )
    .split(' ')
    .map((name) => name.replace('\0', ' ')),
);
const OUTPUTS = ['json', 'jsonpath=', 'name', 'wide', 'yaml', 'custom-columns='];

export function completeKubectl(commands: readonly Command[], api: KubernetesApi, { words, word }: CompletionRequest): readonly Bytes[] | undefined {
  const before = words.slice(1, -1);
  const last = before.at(-1) ?? '';
  const { operands, namespace } = readLine(before, commands);
  const command =
    commands.find(({ name }) => name === operands.slice(0, 2).join(' ')) ??
    commands.find(({ name, aliases = [] }) => [name, ...aliases].includes(operands[0] ?? ''));
  const given = operands.slice(command?.name.split(' ').length ?? 1);
  if (before.includes('--')) return undefined;
  const attached = /^(--namespace|--output)=(.*)$/.exec(word);
  if (last === '-n' || last === '--namespace') return namesOf(api, 'namespaces', undefined);
  if (attached?.[1] === '--namespace') return namesOf(api, 'namespaces', undefined).map((name) => `--namespace=${name}`);
  if (last === '-o' || last === '--output') return OUTPUTS;
  if (attached) return OUTPUTS.map((name) => `--output=${name}`);
  if (last === '-c' || last === '--container') return containersOf(api, namespace, given[0]);
  if (last === '-f' || last === '--filename') return undefined;
  if (word.startsWith('-')) {
    const flags = command?.flags ?? commands[0]?.flags ?? [];
    const names = flags.flatMap(({ name, short, kind }) => [`--${name}${kind === 'bool' ? '' : '='}`, ...(short === undefined ? [] : [`-${short}`])]);
    return word.startsWith('--') ? names.filter((name) => name.startsWith('--')) : names;
  }
  if (!command || (operands.length === 1 && command.name !== operands[0] && given.length === 0)) {
    const [first = ''] = operands;
    return operands.length === 0
      ? commands.map(({ name }) => name.split(' ')[0]!)
      : commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []));
  }
  if (PODS.has(command.name)) return given.length === 0 ? namesOf(api, 'pods', namespace) : undefined;
  if (NODES.has(command.name)) return namesOf(api, 'nodes', undefined);
  if (!BY_KIND.has(command.name)) return undefined;
  const [kind] = given;
  const slash = word.indexOf('/');
  if (slash > 0) {
    const named = resourceOf(api, word.slice(0, slash));
    return named ? namesOf(api, named.name, namespace).map((name) => `${word.slice(0, slash)}/${name}`) : [];
  }
  if (kind === undefined) return api.resources.map(({ name }) => name);
  const resource = resourceOf(api, kind.split(/[/,]/)[0]!);
  return resource && !kind.includes('/') ? namesOf(api, resource.name, namespace).filter((name) => !given.includes(name)) : undefined;
}

const resourceOf = (api: KubernetesApi, name: string): ApiResource | undefined =>
  api.resources.find((one) => one.name === name || one.singular === name || one.shortNames.includes(name) || one.kind.toLowerCase() === name);

function namesOf(api: KubernetesApi, kind: string, namespace: string | undefined): readonly Bytes[] {
  const resource = resourceOf(api, kind);
  const found = resource && api.list(resource, resource.isNamespaced ? (namespace ?? 'default') : undefined, {});
  return found?.ok ? found.value.map(({ metadata }) => metadata.name) : [];
}

function containersOf(api: KubernetesApi, namespace: string | undefined, pod: string | undefined): readonly Bytes[] {
  const resource = resourceOf(api, 'pods');
  const found = resource && pod !== undefined ? api.get(resource, namespace ?? 'default', pod.replace(/^pods?\//, '')) : undefined;
  return found?.ok ? (found.value as Pod).spec.containers.map(({ name }) => name) : [];
}

/** Operands, without flags and what belongs to them; which namespace is meant. */
function readLine(before: readonly Bytes[], commands: readonly Command[]): { readonly operands: readonly Bytes[]; readonly namespace: string | undefined } {
  const flags = commands.flatMap((command) => command.flags);
  const operands: Bytes[] = [];
  let namespace: string | undefined;
  for (let at = 0; at < before.length; at++) {
    const word = before[at]!;
    const [, dashes, name = '', value] = /^(--?)([^=]*)(?:=(.*))?$/.exec(word) ?? [];
    if (dashes === undefined || word === '-') {
      operands.push(word);
      continue;
    }
    const flag = flags.find((one) => (dashes === '--' ? one.name === name : one.short === name));
    const takes = flag !== undefined && flag.kind !== 'bool' && flag.without === undefined && value === undefined;
    if (flag?.name === 'namespace') namespace = value ?? before[at + 1];
    if (takes) at++;
  }
  return { operands, namespace };
}
