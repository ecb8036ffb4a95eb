/** Goal: who made what is told of every lab. Method: each lab as it comes up; what carries no mark is listed whole, and one of each origin is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLab, parseLabFile } from './index.ts';

const LABS = readdirSync('resources/labs').flatMap((file) => (file.endsWith('.yaml') ? [file.replace('.yaml', '')] : []));
const SETTLE_US = 12_000_000;

function factsOf(name: string): readonly { readonly box: string; readonly key: string; readonly value: string; readonly origin?: string }[] {
  const { value } = parseLabFile(name, readFileSync(`resources/labs/${name}.yaml`, 'utf8'));
  const lab = createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  const { boxes } = lab.topology();
  lab.close();
  return boxes.flatMap((box) => box.facts.map((fact) => ({ box: box.id.replace(/\/ns:\d+/, '/…'), ...fact })));
}

/** What people of the documents type by hand, or a program without a mark does. */
const UNMARKED: Readonly<Record<string, readonly RegExp[]>> = {
  'bash-cni': [/ route 10\.244\.\d\.0\/24 via /, / iptables filter -A FORWARD -[sd] 10\.244\.0\.0\/16 -j ACCEPT$/, / iptables nat .* ! -o cni0 -j MASQUERADE$/],
  bridge: [/^host iptables nat .*MASQUERADE$/, /^host\/\S+ link /, /^host\/\S+ route default /],
  'ipip-pair': [/^host-\d\/\S+ link /, /^host-\d\/\S+ route default /],
  'route-table': [/^node\d route default /, /^router route 10\.244\.\d\.0\/24 /, /^router iptables nat -A POSTROUTING -o eth2 -j MASQUERADE$/],
  'two-namespaces': [/^host\/\S+ link \d+: veth\d /],
  'vxlan-pair': [/^host-\d route /, /^host-\d\/\S+ link /, /^host-\d\/\S+ route default /],
};
const SEEN: Readonly<Record<string, readonly string[]>> = {
  'calico-ipip': ['bird', 'calico-cni', 'felix', 'kube-proxy', 'module', 'cni-pod', 'cni-route'],
  'docker-and-cni': ['docker', 'cni-bridge', 'flanneld', 'cni-pod', 'cni-veth'],
  'flannel-host-gw': ['dhcp', 'flanneld', 'kube-proxy', 'cni-bridge', 'cni-veth', 'cni-pod', 'cni-route', 'arp', 'learned', 'own', 'card', 'kernel'],
};

test.each(LABS)('%s', (name) => {
  const facts = factsOf(name);
  const unmarked = facts.filter(({ origin }) => origin === 'unknown').map(({ box, key, value }) => `${box} ${key} ${value}`);
  expect(unmarked.filter((line) => !(UNMARKED[name] ?? []).some((known) => known.test(line)))).toEqual([]);
  for (const known of UNMARKED[name] ?? [])
    expect(
      unmarked.some((line) => known.test(line)),
      String(known),
    ).toBe(true);
  expect(facts.map(({ origin }) => origin)).toEqual(expect.arrayContaining([...(SEEN[name] ?? [])]));
});

test('each by its own mark', () => {
  const facts = factsOf('flannel-host-gw');
  const of = (box: string, value: RegExp): string | undefined => facts.find((fact) => fact.box === box && value.test(fact.value))?.origin;
  expect({
    route: of('node-1', /^10\.244\.2\.0\/24 via/),
    connected: of('node-1', /^10\.244\.1\.0\/24 dev cni0/),
    default: of('node-1', /^default via 10\.0\.2\.2/),
    pod: of('node-1/…', /^default via 10\.244\.1\.1/),
    services: of('node-1', /-j KUBE-SERVICES/),
    masquerade: of('node-1', /flanneld masq/),
    bridge: of('node-1/cni0', /^\d+: cni0/),
  }).toEqual({
    route: 'flanneld',
    connected: 'kernel',
    default: 'dhcp',
    pod: 'cni-route',
    services: 'kube-proxy',
    masquerade: 'flanneld',
    bridge: 'cni-bridge',
  });
});
