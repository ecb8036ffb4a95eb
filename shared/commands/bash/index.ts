/** bash and sh, with what this machine adds to them: the completion of interfaces, namespaces and sub-commands, and /dev/tcp. */
import type { Bytes } from '../../base/index.ts';
import { netnsOf, NETNS_DIR, type InstalledProgram } from '../../machine/index.ts';
import { BASH_OPTIONS, BUILTIN_USAGE, createBash, SET_OPTIONS, type Completion, type CompletionRequest, type Process } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { connectPath } from '../net/index.ts';

const IP_OBJECTS: Readonly<Record<string, readonly string[]>> = {
  address: ['add', 'change', 'del', 'flush', 'replace', 'show'],
  link: ['add', 'delete', 'set', 'show'],
  monitor: [],
  neighbour: ['add', 'change', 'del', 'flush', 'get', 'replace', 'show'],
  netns: ['add', 'delete', 'exec', 'identify', 'list', 'monitor', 'pids', 'set'],
  route: ['add', 'append', 'change', 'del', 'flush', 'get', 'replace', 'show'],
  rule: ['add', 'del', 'flush', 'show'],
  tunnel: ['add', 'change', 'del', 'show'],
};
const KUBECTL = [
  'annotate',
  'api-resources',
  'apply',
  'cluster-info',
  'cordon',
  'create',
  'delete',
  'describe',
  'drain',
  'exec',
  'explain',
  'expose',
  'get',
  'label',
  'logs',
  'run',
  'scale',
  'taint',
  'uncordon',
  'version',
];
const BRCTL = ['addbr', 'addif', 'delbr', 'delif', 'hairpin', 'setageing', 'setfd', 'show', 'showmacs', 'showstp', 'stp'];
const TAKES_DEVICE = new Set(['dev', 'link', '-i', '-I', '-o', 'master', 'ethtool', 'showmacs', 'showstp', 'ifconfig']);

const devices = (p: Process): readonly string[] => [...netnsOf(p).devices.values()].map((device) => device.name);
function namespaces(p: Process): readonly Bytes[] {
  const entries = p.fs.readdir(NETNS_DIR);
  return entries.ok ? entries.value.map(({ name }) => name) : [];
}

/** What could stand at the place of the last word. Undefined leaves it to file names. */
function complete({ words, word, process }: CompletionRequest): readonly Completion[] | undefined {
  const before = words.slice(0, -1).filter((each, i) => i === 0 || !each.startsWith('-') || each === '-i' || each === '-I');
  const [command = ''] = before;
  const last = before.at(-1) ?? '';
  const from = (list: readonly Bytes[]): readonly Completion[] => list.filter((text) => text.startsWith(word)).map((text) => ({ text, suffix: ' ' as const }));
  if (command === 'ip') {
    const object = before[1];
    if (object === undefined) return from(Object.keys(IP_OBJECTS));
    if (last === 'netns' && object !== 'netns') return from(namespaces(process));
    if (object.startsWith('net') && before.length === 3 && ['exec', 'del', 'delete', 'pids'].includes(last)) return from(namespaces(process));
    if (TAKES_DEVICE.has(last) || (object.startsWith('l') && ['set', 'show', 'del', 'delete'].includes(last))) return from(devices(process));
    if (before.length === 2) return from(Object.entries(IP_OBJECTS).find(([name]) => name.startsWith(object))?.[1] ?? []);
    return from([...devices(process), 'dev', 'via']);
  }
  if (TAKES_DEVICE.has(last)) return from(devices(process));
  if (command === 'brctl') return from(before.length === 1 ? BRCTL : devices(process));
  if (command === 'kubectl' && before.length === 1) return from(KUBECTL);
  if (command === 'kubectl' && before.length === 2 && ['get', 'describe', 'delete'].includes(last))
    return from(['nodes', 'pods', 'services', 'namespaces', 'deployments', 'endpoints', 'events']);
  return undefined;
}

const bash = createBash({ complete, connect: connectPath });
const DECLARATION: Declaration = {
  synopsis: '[GNU long option] [option] [script-file] ...',
  options: [
    ...BASH_OPTIONS.map(([name, value, help]) => ({ names: [name], value, help })),
    ...SET_OPTIONS.map(([name, letter]) => ({ names: letter === '' ? [`-o ${name}`] : [`-${letter}`, `-o ${name}`], help: `set -o ${name}` })),
  ],
  commands: Object.entries(BUILTIN_USAGE).map(([name, usage]) => ({ name, help: usage })),
  missing: ['loadable builtins (enable -f)', 'restricted shells', 'locales but C.UTF-8'],
};
const at = (path: Bytes): InstalledProgram => ({ path, main: declared(DECLARATION, bash), origin: 'bash 5.2.15' });
export const BASH_PROGRAMS: readonly InstalledProgram[] = [at('/usr/bin/bash'), at('/usr/bin/sh')];
