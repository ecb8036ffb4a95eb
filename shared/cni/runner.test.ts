/**
 * Goal: a runner does what libcni does with a list of plugins. Method: a node of a few lines that answers its questions, plugins that print what
 * they are told; what was asked is compared, in order.
 */
import { describe, expect, it } from 'vitest';
import { parseNetwork } from './network-list.ts';
import { addNetwork, checkNetwork, collectGarbage, deleteNetwork, networkStatus, type Asking, type PluginOutput, type PluginRun } from './runner.ts';
import type { NetworkList } from './spec.ts';

const PATH = ['/opt/cni/bin', '/usr/lib/cni'];
const ok = (stdout = ''): PluginOutput => ({ status: 0, stdout, stderr: '' });
const RESULT = '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/n"}],"ips":[{"interface":0,"address":"10.0.0.2/24"}],"dns":{}}';

class FakeNode {
  readonly files = new Map<string, string>();
  readonly asked: string[] = [];
  readonly runs: PluginRun[] = [];
  constructor(private readonly plugins: Readonly<Record<string, (run: PluginRun) => PluginOutput>>) {}

  drive<T>(runner: Asking<T>): T {
    let step = runner.next();
    while (!step.done) {
      const question = step.value;
      switch (question.ask) {
        case 'find':
          step = runner.next(Object.hasOwn(this.plugins, question.plugin) ? `${question.path[0]}/${question.plugin}` : undefined);
          break;
        case 'run':
          this.asked.push(`${question.command} ${question.plugin}`);
          this.runs.push(question);
          step = runner.next({ ok: true, value: this.plugins[question.plugin]!(question) });
          break;
        case 'read':
          step = runner.next(this.files.get(question.file));
          break;
        case 'list':
          step = runner.next(
            [...this.files.keys()]
              .filter((file) => file.startsWith(question.directory))
              .map((file) => file.slice(question.directory.length + 1))
              .sort(),
          );
          break;
        case 'write':
          this.files.set(question.file, question.text);
          step = runner.next(undefined);
          break;
        case 'remove':
          this.files.delete(question.file);
          step = runner.next(undefined);
      }
    }
    return step.value;
  }
  inputOf(index: number): Record<string, unknown> {
    return JSON.parse(this.runs[index]!.stdin) as Record<string, unknown>;
  }
}

const listOf = (cniVersion: string, ...types: string[]): NetworkList => ({
  ...{ name: 'net', cniVersion, disableCheck: false, disableGC: false },
  plugins: types.map((type) => ({ type, capabilities: { portMappings: type === 'b' } })),
});
const config = { containerId: 'c1', netns: '/n', ifName: 'eth0', args: [['K', 'V']] as const, capabilities: { portMappings: [1], bandwidth: 2 } };
const node = (): FakeNode =>
  new FakeNode({ a: () => ok(RESULT), b: ({ stdin }) => ok(JSON.stringify((JSON.parse(stdin) as { prevResult: unknown }).prevResult)) });

describe('ADD, CHECK, DEL', () => {
  it('goes through the chain, each given the result before it, and back with the last', () => {
    const fake = node();
    const list = listOf('1.0.0', 'a', 'b');
    expect(fake.drive(addNetwork(list, PATH, config))).toMatchObject({ ok: true, value: { ips: [{ address: '10.0.0.2/24' }] } });
    expect(fake.runs[0]!.env).toEqual({
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'c1',
      CNI_NETNS: '/n',
      CNI_ARGS: 'K=V',
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/opt/cni/bin:/usr/lib/cni',
    });
    expect(fake.inputOf(0)).toEqual({ type: 'a', capabilities: { portMappings: false }, name: 'net', cniVersion: '1.0.0' });
    expect(fake.inputOf(1)).toEqual({
      ...{ type: 'b', capabilities: { portMappings: true }, name: 'net', cniVersion: '1.0.0' },
      ...{ prevResult: JSON.parse(RESULT) as unknown, runtimeConfig: { portMappings: [1] } },
    });
    expect([...fake.files.keys()]).toEqual(['/var/lib/cni/results/net-c1-eth0']);
    expect(fake.drive(checkNetwork(list, PATH, config))).toEqual({ ok: true, value: undefined });
    expect(fake.drive(deleteNetwork(list, PATH, config))).toEqual({ ok: true, value: undefined });
    expect(fake.asked).toEqual(['ADD a', 'ADD b', 'CHECK a', 'CHECK b', 'DEL b', 'DEL a']);
    for (const index of [2, 3, 4, 5]) expect(fake.inputOf(index)['prevResult']).toEqual(JSON.parse(RESULT));
    expect([...fake.files]).toEqual([]);
  });
  it('gives DEL no result before 0.4.0, and refuses CHECK', () => {
    const fake = new FakeNode({ a: () => ok('{"cniVersion":"0.3.1","dns":{}}') });
    const list = listOf('0.3.1', 'a');
    fake.drive(addNetwork(list, PATH, config));
    fake.drive(deleteNetwork(list, PATH, config));
    expect(fake.inputOf(1)).not.toHaveProperty('prevResult');
    const refused = fake.drive(checkNetwork(list, PATH, config));
    expect(refused).toMatchObject({ error: { msg: 'configuration version "0.3.1" does not support CHECK command', plugin: '' } });
  });
  it.each<[string, PluginOutput, object]>([
    ['its error', { status: 1, stdout: '{"code":11,"msg":"later","details":"busy"}', stderr: '' }, { code: 11, msg: 'later', details: 'busy' }],
    ['what it said', { status: 1, stdout: '', stderr: 'boom\n' }, { code: 999, msg: 'netplugin failed: "boom\\n"' }],
    ['nothing', { status: 7, stdout: '', stderr: '' }, { code: 999, msg: 'netplugin failed with no error message: exit status 7' }],
    ['a signal', { status: 137, stdout: '', stderr: '', signal: 'killed' }, { code: 999, msg: 'netplugin failed with no error message: signal: killed' }],
    [
      'an error that is none',
      { status: 1, stdout: 'oh no', stderr: '' },
      { code: 999, msg: `netplugin failed but error parsing its diagnostic message "oh no": invalid character 'o' looking for beginning of value` },
    ],
    ['no JSON', ok('hello'), { code: 999, msg: "failed to unmarshal raw result: invalid character 'h' looking for beginning of value" }],
    ['nothing, and no status', ok(''), { code: 999, msg: 'failed to unmarshal raw result: unexpected end of JSON input' }],
    ['an unknown version', ok('{"cniVersion":"9.0.0"}'), { code: 999, msg: 'unsupported CNI result version "9.0.0"' }],
  ])('ends with the plugin that fails: %s', (_name, output, error) => {
    const fake = new FakeNode({ a: () => output, b: () => ok(RESULT) });
    expect(fake.drive(addNetwork(listOf('1.0.0', 'a', 'b'), PATH, config))).toMatchObject({ ok: false, error: { ...error, plugin: 'a' } });
    expect([fake.asked, fake.files.size]).toEqual([['ADD a'], 0]);
  });
  it.each([
    ['a plugin that is nowhere', listOf('1.0.0', 'z'), config, 'failed to find plugin "z" in path [/opt/cni/bin /usr/lib/cni]'],
    ['a plugin with a path', listOf('1.0.0', '../a'), config, 'invalid plugin name: ../a'],
    ['a container without id', listOf('1.0.0', 'a'), { ...config, containerId: '' }, 'missing containerID'],
    ['a bad container id', listOf('1.0.0', 'a'), { ...config, containerId: 'a/b' }, 'invalid characters in containerID'],
    ['a long interface name', listOf('1.0.0', 'a'), { ...config, ifName: 'abcdefghijklmnop' }, 'interface name is too long'],
    ['a bad network name', { ...listOf('1.0.0', 'a'), name: 'a b' }, config, 'invalid characters found in network name'],
  ])('refuses %s', (_name, list, how, msg) => {
    expect(node().drive(addNetwork(list, PATH, how))).toMatchObject({ ok: false, error: { msg } });
  });
});

describe('GC and STATUS', () => {
  it('deletes what is not valid, and tells plugins from 1.1.0 on', () => {
    const fake = new FakeNode({ a: () => ok('{"cniVersion":"1.1.0","dns":{}}') });
    const list = listOf('1.1.0', 'a');
    for (const containerId of ['c1', 'c2', 'c3']) fake.drive(addNetwork(list, PATH, { ...config, containerId }));
    fake.drive(addNetwork({ ...list, name: 'other' }, PATH, config));
    expect(fake.drive(collectGarbage(list, PATH, [{ containerId: 'c2', ifName: 'eth0' }]))).toEqual([]);
    expect(fake.asked.slice(4)).toEqual(['DEL a', 'DEL a', 'GC a']);
    expect(fake.runs.slice(4).map((run) => run.env['CNI_CONTAINERID'])).toEqual(['c1', 'c3', '']);
    expect(fake.inputOf(6)['cni.dev/valid-attachments']).toEqual([{ containerID: 'c2', ifname: 'eth0' }]);
    expect([...fake.files.keys()].sort()).toEqual(['/var/lib/cni/results/net-c2-eth0', '/var/lib/cni/results/other-c1-eth0']);
    expect(fake.drive(collectGarbage({ ...list, disableGC: true }, PATH, []))).toEqual([]);
    expect(fake.files.size).toBe(2);
  });
  it('asks for the status from 1.1.0 on', () => {
    const fake = new FakeNode({ a: () => ({ status: 1, stdout: '{"code":50,"msg":"not ready"}', stderr: '' }) });
    expect(fake.drive(networkStatus(listOf('1.0.0', 'a'), PATH))).toEqual({ ok: true, value: undefined });
    expect(fake.drive(networkStatus(listOf('1.1.0', 'a'), PATH))).toMatchObject({ ok: false, error: { code: 50, msg: 'not ready', plugin: 'a' } });
    expect(fake.asked).toEqual(['STATUS a']);
  });
});

describe('configuration', () => {
  it.each<[string, object | string]>([
    ['{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a"}]}', { name: 'n', cniVersion: '1.0.0', disableCheck: false, disableGC: false }],
    ['{"cniVersions":["0.4.0","1.1.0","9.0.0"],"cniVersion":"1.0.0","name":"n","plugins":[{"type":"a"}]}', { cniVersion: '1.1.0' }],
    ['{"name":"n","disableCheck":"TRUE","disableGC":true,"plugins":[{"type":"a"}]}', { cniVersion: '', disableCheck: true, disableGC: true }],
    ['{"cniVersion":"0.4.0","name":"n","type":"a"}', { name: 'n', plugins: [{ cniVersion: '0.4.0', name: 'n', type: 'a' }] }],
    ['{"cniVersion":"0.4.0","name":"n"}', "error parsing configuration list: no 'plugins' key"],
    ['{"plugins":[{"type":"a"}]}', 'error parsing configuration list: no name'],
    ['{"name":7,"plugins":[{"type":"a"}]}', 'error parsing configuration list: invalid name type float64'],
    ['{"name":"n","plugins":{}}', "error parsing configuration list: invalid 'plugins' type map[string]interface {}"],
    ['{"name":"n","plugins":[]}', 'error parsing configuration list: no plugins in list'],
    ['{"name":"n","plugins":[{"type":"a"},{}]}', "failed to parse plugin config 1: error parsing configuration: missing 'type'"],
    ['{"name":"n","disableCheck":"maybe","plugins":[{"type":"a"}]}', 'error parsing configuration list: invalid value "maybe" for disableCheck'],
    ['{"name":"n","cniVersions":[1],"plugins":[{"type":"a"}]}', 'error parsing configuration list: invalid type for cniVersions index 0: float64'],
    ['', 'error parsing configuration list: unexpected end of JSON input'],
  ])('%s', (text, expected) => {
    const parsed = parseNetwork(text);
    if (typeof expected === 'string') expect(parsed).toEqual({ ok: false, error: expected });
    else expect(parsed).toMatchObject({ ok: true, value: expected });
  });
});
