/**
 * Goal: every lab that is shipped comes up and its network carries what it should. Method: each file of resources/labs is brought up; from each pod
 * or namespace, each other one, its node, the world outside and a service are reached or not, as the table says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../base/index.ts';
import { replyOutcome, requestOutcome } from '../trace/index.ts';
import { createLab, parseLabFile, type Lab } from './index.ts';

const FOLDER = new URL('../../resources/labs/', import.meta.url);
const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.yaml') ? [file.replace('.yaml', '')] : []));

function bringUp(name: string): Lab {
  const { value, problems } = parseLabFile(name, readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'));
  expect(problems).toEqual([]);
  return createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
}

/** What a command line prints at a place of the lab, errors too. */
function sh(lab: Lab, target: string, line: string): string {
  const session = lab.exec({ target, argv: ['sh', '-c', utf8Encode(`exec 2>&1; ${line}`)] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  const take = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  for (let i = 0; i < 2000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    take();
  }
  take();
  return utf8Decode(output);
}
const ping = (lab: Lab, from: string, to: string): boolean => sh(lab, from, `ping -c 1 -W 1 ${to}`).includes(' 0% packet loss');

/** Labs whose pods have no way out: nothing leads there. */
const ALONE = new Set(['two-namespaces', 'vxlan-pair', 'ipip-pair']);

/** Nothing is set up in them: that is what lessons are for. */
const BARE = new Set(['bare-host', 'kubeadm-two-nodes']);

describe.each(NAMES.filter((name) => !BARE.has(name)))('%s', (name) => {
  const lab = bringUp(name);
  const ends = lab.endpoints().filter((one) => one.kind !== 'node' && !one.id.includes('kube-system') && !one.id.includes('calico-system'));

  test('what runs at the start runs, and setups had nothing to say', () => {
    expect(ends.length).toBeGreaterThan(1);
    expect(lab.endpoints().filter((one) => !['Running', 'Ready'].includes(one.status))).toEqual([]);
    for (const node of lab.nodes) expect(`${node}: ${sh(lab, node, 'cat /var/log/setup.log 2> /dev/null')}`).toBe(`${node}: `);
  });

  test('all reach all, both ways', () => {
    const pairs = ends.flatMap((from) => ends.flatMap((to) => (from === to ? [] : [{ from: from.id, to: to.id }])));
    const pending = lab.probe(pairs);
    if (!pending.ok) throw new Error(pending.error.message);
    expect(lab.runPending(pending.value)?.filter((result) => !result.reached)).toEqual([]);
  });

  test('nodes reach what runs on them; the way out is as it should be', () => {
    for (const end of ends) {
      const isPlain = end.kind === 'netns';
      if (name !== 'two-namespaces') expect(`${end.id} ${ping(lab, end.node, end.address!)}`).toBe(`${end.id} true`);
      if (isPlain) expect(`${end.id} ${ping(lab, end.id, '8.8.8.8')}`).toBe(`${end.id} ${!ALONE.has(name)}`);
    }
    const pending = lab.probe(ends.map((end) => ({ from: end.id, to: '8.8.8.8' })));
    if (!pending.ok) throw new Error(pending.error.message);
    expect(lab.runPending(pending.value)?.filter((result) => result.reached === ALONE.has(name))).toEqual([]);
  });

  const cluster = lab.nodes.find((node) => sh(lab, node, 'command -v kubectl') !== '');
  if (cluster !== undefined) {
    test('a service is reached by its address from pods of every node, and by its name', () => {
      sh(lab, cluster, 'kubectl expose $(kubectl get pods -o name | grep -v client | head -1) --name=front --port=80');
      sh(
        lab,
        cluster,
        'for n in $(kubectl get nodes -o name); do kubectl run t-${n#node/} --image=busybox --overrides=\'{"spec":{"nodeName":"\'${n#node/}\'"}}\' -- sleep 1000; done',
      );
      sh(lab, cluster, 'sleep 5');
      const testers = sh(lab, cluster, 'kubectl get pods -o name | grep pod/t-').trim().split('\n');
      expect(testers.length).toBe(Number(sh(lab, cluster, 'kubectl get nodes -o name | wc -l')));
      for (const tester of testers)
        expect(sh(lab, cluster, `kubectl exec ${tester.replace('pod/', '')} -- wget -qO- front.default.svc.cluster.local | grep -c 'Welcome to nginx'`)).toBe(
          '2\n',
        );
    });
  }

  test('each place has a box in the figure, and a packet can be followed from end to end', () => {
    const boxes = new Set(lab.topology().boxes.map((box) => box.id));
    expect(lab.endpoints().filter((end) => !boxes.has(end.box))).toEqual([]);
    const [first, last] = [ends[0]!, ends.at(-1)!];
    const pending = lab.trace(first.id, last.id, { kind: 'icmp' });
    if (!pending.ok) throw new Error(pending.error.message);
    const trace = lab.runPending(pending.value)!;
    expect([requestOutcome(trace).kind, replyOutcome(trace).kind]).toEqual(['delivered', 'delivered']);
  });
});
