/**
 * Goal: plugins answer and act as containernetworking/plugins 1.1.1 does. Method: golden/*.json were recorded by test/cni/record-peer.mjs from
 * Debian's containernetworking-plugins in private namespaces (namespaces a and b, an empty /run and /var/lib; after all steps what the
 * commands under `state` print); the same inputs go to our plugins on a simulated host. MAC addresses and random names are numbered.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../base/index.ts';
import { PROGRAMS } from '../commands/index.ts';
import { makeWorld } from '../kernel/index.ts';
import { Machine } from '../machine/index.ts';
import { exitStatusOf } from '../shell/index.ts';
import { CNI_PLUGINS } from './plugins.ts';

interface Recorded {
  readonly name: string;
  /** Shell, before the steps. */
  readonly setup?: string;
  readonly steps: readonly {
    readonly plugin: string;
    readonly command: string;
    readonly env: Readonly<Record<string, string>>;
    /** `"prevResult": "@1"` stands for what step 1 printed. */
    readonly stdin: string;
    readonly stdout: string;
    readonly status: number;
  }[];
  readonly state: Readonly<Record<string, string>>;
}
const RECORDED = ['peer', 'chains'].flatMap(
  (name) => JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as readonly Recorded[],
);

/** Numbers what is random by its first appearance. */
function normaliser(): (text: string) => string {
  const names = new Map<string, string>();
  const number = (kind: string) => (found: string) => {
    if (found === '00:00:00:00:00:00' || found === 'ff:ff:ff:ff:ff:ff') return found;
    if (!names.has(found)) names.set(found, `${kind}${[...names.values()].filter((name) => name.startsWith(kind)).length}`);
    return names.get(found)!;
  };
  return (text) =>
    text
      .replaceAll('/opt/cni/bin', '/usr/lib/cni')
      // a bridge's id has no leading zeros
      .replace(/\b8000\.((?:[\da-f]{1,2}:){5}[\da-f]{1,2})/g, (_id, mac: string) => `8000.${mac.replace(/\b[\da-f]\b/g, '0$&')}`)
      .replace(/\b[\da-f]{2}(:[\da-f]{2}){5}\b/g, number('MAC'))
      .replace(/\bveth[\da-f]{8}\b/g, number('VETH'))
      .replace(/\bfe80::[\da-f:]+/g, number('LINKLOCAL'))
      .replace(/\[\d+:\d+\]/g, '[0:0]')
      .replace(/gc_timer +[\d.]+/, 'gc_timer T')
      // differs from kernel to kernel
      .replace(/tso_max_size \d+/g, 'tso_max_size N')
      .replace(/ (tentative|dadfailed)(?= )/g, '');
}

class Host {
  private readonly world = makeWorld(8, 1_772_366_400_000);
  private readonly machine = new Machine(this.world, {
    hostname: 'node-1',
    users: [],
    hosts: [],
    nameservers: [],
    programs: [...PROGRAMS, ...CNI_PLUGINS],
    // of two MACs that are drawn for a bridge's ports the first is the lower one, as it was when they were recorded
    seed: 8,
  });

  /** Runs a script; its output goes to a file that is read back. */
  run(script: string): { readonly output: string; readonly status: number } {
    const { simulation } = this.world;
    const child = this.machine.spawn(['bash', '-c', utf8Encode(`{ ${script}\n} > /tmp/output 2>&1`)]);
    if (!child.ok) throw new Error(child.error);
    const untilUs = simulation.nowUs + 20_000_000;
    while (!child.value.ending && simulation.nowUs < untilUs) simulation.runUntil(simulation.nowUs + 1000);
    const output = this.machine.init.fs.readFile('/tmp/output');
    return { output: output.ok ? output.value : '', status: child.value.ending ? exitStatusOf(child.value.ending) : -1 };
  }
  write(path: string, text: string): void {
    this.machine.init.fs.writeFile(path, utf8Encode(text));
  }
}

describe('peer', () => {
  test.each(RECORDED.map((one) => [one.name, one] as const))('%s', (_, recorded) => {
    const host = new Host();
    host.run(`ip link set lo up; ip netns add a; ip netns add b; ${recorded.setup ?? ''}`);
    const printed: string[] = [];
    const ours = normaliser();
    const theirs = normaliser();
    for (const step of recorded.steps) {
      host.write(
        '/tmp/in',
        step.stdin.replace(/"@(\d+)"/, (_text, number) => printed[Number(number) - 1]!),
      );
      const env = { CNI_COMMAND: step.command, CNI_CONTAINERID: 'cont', CNI_NETNS: '/run/netns/a', CNI_IFNAME: 'eth0', CNI_PATH: '/opt/cni/bin', ...step.env };
      const assignments = Object.entries(env).map(([key, value]) => `${key}='${value}'`);
      const { output, status } = host.run(`env ${assignments.join(' ')} /opt/cni/bin/${step.plugin} < /tmp/in 2>/tmp/errors`);
      printed.push(output);
      expect({ status, stdout: ours(output) }).toEqual({ status: step.status, stdout: theirs(step.stdout) });
    }
    host.run('sleep 2.5');
    for (const [command, expected] of Object.entries(recorded.state))
      expect(`${command}\n${ours(host.run(command).output)}`).toBe(`${command}\n${theirs(expected)}`);
  });
});
