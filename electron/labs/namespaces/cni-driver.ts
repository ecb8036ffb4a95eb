/**
 * The CNI runner's questions answered on a real node: plugins are the node's own executables, files the node's own files. flannel's plugin, which
 * distributions do not package, is ours where the node has none: it decides what to hand on, and the plugin it hands on to is a real one.
 */
import {
  flannelDelegate,
  flannelSubnetFile,
  type Answers,
  type Ask,
  type Asking,
  type JsonObject,
  type PluginOutput,
  type PluginRun,
} from '../../../shared/lab/index.ts';
import type { Agent } from './agent.ts';

/** Where plugins are: what kubeadm's machines have, then where distributions put them. */
export const PLUGIN_PATH = ['/opt/cni/bin', '/usr/lib/cni', '/usr/libexec/cni', '/usr/local/libexec/cni'];
/** Stands for an executable of ours. */
const OUR_FLANNEL = 'podwalk:flannel';
const FLANNEL_DATA = '/var/lib/cni/flannel';

export async function onRealNode<T>(agent: Agent, runner: Asking<T>): Promise<T> {
  let step = runner.next();
  while (!step.done) step = runner.next(await answer(agent, step.value));
  return step.value;
}

async function answer(agent: Agent, question: Ask): Promise<Answers[keyof Answers]> {
  switch (question.ask) {
    case 'find':
      return find(agent, question.plugin, question.path);
    case 'run':
      return { ok: true, value: await call(agent, question) };
    case 'read':
      return agent.do('read', question.file).catch(() => undefined);
    case 'list':
      return (await agent.do('list', question.directory)).split('\0').filter((name) => name !== '');
    case 'write':
      await agent.do('files', question.file, '600', question.text);
      return undefined;
    case 'remove':
      await agent.do('remove', question.file);
      return undefined;
  }
}

async function find(agent: Agent, plugin: string, path: readonly string[]): Promise<string | undefined> {
  const file = await agent.do('find', plugin, ...path);
  if (file !== '') return file;
  return plugin === 'flannel' ? OUR_FLANNEL : undefined;
}

function call(agent: Agent, run: PluginRun): Promise<PluginOutput> {
  return run.file === OUR_FLANNEL ? flannel(agent, run) : agent.run([run.file], run.stdin, run.env);
}

/** As flannel's own plugin: ADD keeps what it handed on, DEL hands on the same. */
async function flannel(agent: Agent, run: PluginRun): Promise<PluginOutput> {
  const config = JSON.parse(run.stdin) as JsonObject;
  const dataDir = typeof config['dataDir'] === 'string' ? config['dataDir'] : FLANNEL_DATA;
  const kept = `${dataDir}/${run.env['CNI_CONTAINERID'] ?? ''}`;
  if (run.command === 'DEL') {
    const saved = await agent.do('read', kept).catch(() => undefined);
    if (saved === undefined) return { status: 0, stdout: '', stderr: '' };
    const deleted = await delegate(agent, run, saved);
    if (deleted.status === 0) await agent.do('remove', kept);
    return deleted;
  }
  if (run.command !== 'ADD') return { status: 0, stdout: '', stderr: '' };
  const leased = await agent.do('read', flannelSubnetFile(config)).catch(() => undefined);
  const planned = flannelDelegate(config, typeof config['name'] === 'string' ? config['name'] : '', leased);
  if (!planned.ok) return failure(planned.error);
  const text = JSON.stringify(planned.value);
  await agent.do('files', kept, '600', text);
  return delegate(agent, run, text);
}

async function delegate(agent: Agent, run: PluginRun, stdin: string): Promise<PluginOutput> {
  const { type } = JSON.parse(stdin) as { readonly type?: unknown };
  const path = (run.env['CNI_PATH'] ?? '').split(':');
  const file = typeof type === 'string' && !type.includes('/') ? await agent.do('find', type, ...path) : '';
  if (file === '') return failure(`failed to find plugin ${JSON.stringify(type)} in path [${path.join(' ')}]: install containernetworking-plugins`);
  return agent.run([file], stdin, run.env);
}

const failure = (msg: string): PluginOutput => ({ status: 1, stdout: JSON.stringify({ cniVersion: '1.0.0', code: 100, msg }), stderr: '' });
