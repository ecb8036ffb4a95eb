/** What reading the interfaces of a large node costs: `ip -d -s addr` and `ip -j -d -s addr` of 5,000 of them, beside JSON.parse of the same JSON. */
import { loadModule } from './lib/bundle.mjs';
import { count, ratio, report } from './lib/report.mjs';

const INTERFACES = 5_000;
const RUNS = 15;

const { parseOutput } = await loadModule('shared/observe/index.ts');

/** @param {number} i */
const mac = (i) => `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`;

/** A bridge and its ports, each the end of a pod's pair. */
const text = Array.from({ length: INTERFACES }, (_, i) =>
  [
    `${i + 2}: ${i === 0 ? 'cni0' : `veth${i.toString(16).padStart(8, '0')}@if2`}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue ${i === 0 ? '' : 'master cni0 '}state UP group default qlen 1000`,
    `    link/ether ${mac(i)} brd ff:ff:ff:ff:ff:ff${i === 0 ? '' : ` link-netnsid ${i}`} promiscuity 1  allmulti 1 minmtu 68 maxmtu 65535 `,
    i === 0
      ? '    bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering 0 numtxqueues 1 '
      : '    veth \n    bridge_slave state forwarding priority 32 cost 2 hairpin on guard off root_block off fastleave off learning on flood on isolated off numtxqueues 2 numrxqueues 2 ',
    `    inet 10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}/32 scope global v${i}`,
    '       valid_lft forever preferred_lft forever',
    '    inet6 fe80::1/64 scope link ',
    '       valid_lft forever preferred_lft forever',
    '    RX:  bytes packets errors dropped  missed   mcast           ',
    `         ${i * 90}      ${i}      0       0       0       0 `,
    '    TX:  bytes packets errors dropped carrier collsns           ',
    `         ${i * 70}      ${i}      0       0       0       0 `,
  ].join('\n'),
).join('\n');

/** The same as the program's JSON. */
const json = JSON.stringify(
  Array.from({ length: INTERFACES }, (_, i) => ({
    ifindex: i + 2,
    ...(i > 0 && { link_index: 2 }),
    ifname: i === 0 ? 'cni0' : `veth${i.toString(16).padStart(8, '0')}`,
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    mtu: 1450,
    qdisc: 'noqueue',
    ...(i > 0 && { master: 'cni0' }),
    operstate: 'UP',
    group: 'default',
    txqlen: 1000,
    link_type: 'ether',
    address: mac(i),
    broadcast: 'ff:ff:ff:ff:ff:ff',
    ...(i > 0 && { link_netnsid: i }),
    promiscuity: 1,
    linkinfo:
      i === 0
        ? { info_kind: 'bridge', info_data: { ageing_time: 30000, stp_state: 0, vlan_filtering: 0 } }
        : {
            info_kind: 'veth',
            info_slave_kind: 'bridge',
            info_slave_data: { state: 'forwarding', hairpin: true, isolated: false, learning: true, flood: true },
          },
    addr_info: [
      { family: 'inet', local: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, prefixlen: 32, scope: 'global', label: `v${i}` },
      { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' },
    ],
    stats64: { rx: { bytes: i * 90, packets: i, dropped: 0 }, tx: { bytes: i * 70, packets: i, dropped: 0 } },
  })),
);

/** Milliseconds, the median of some runs after as many to warm up. @param {() => unknown} run */
function medianMs(run) {
  const times = Array.from({ length: 2 * RUNS }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return times.slice(RUNS).sort((a, b) => a - b)[RUNS >> 1] ?? 0;
}

/** @param {string} command @param {string} output */
function firstMs(command, output) {
  const started = performance.now();
  const { value, problems } = parseOutput(command, output);
  if (value.links.length !== INTERFACES || problems.length > 0) throw new Error(`${command}: ${value.links.length} links, ${problems.length} problems`);
  return performance.now() - started;
}

const [first, firstJson] = [firstMs('ip -d -s addr', text), firstMs('ip -j -d -s addr', json)];
const ours = medianMs(() => parseOutput('ip -d -s addr', text));
const oursJson = medianMs(() => parseOutput('ip -j -d -s addr', json));
const bare = medianMs(() => JSON.parse(json));
/** @param {number} ms */
const shown = (ms) => `${ms.toFixed(1)} ms`;
report(
  `Reading ${count(INTERFACES)} interfaces`,
  `ip -d -s addr as text (${count(text.length / 1024)} KiB) and as JSON (${count(json.length / 1024)} KiB); first run, then the median of ${RUNS}`,
  [
    ['text, first', shown(first)],
    ['text', shown(ours)],
    ['JSON, first', shown(firstJson)],
    ['JSON', shown(oursJson)],
    ['JSON.parse alone', shown(bare)],
    ['text, times JSON.parse', ratio(ours / bare)],
  ],
);
