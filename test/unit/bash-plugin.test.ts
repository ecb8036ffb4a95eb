/**
 * Goal: CNI plugins written in bash run unmodified, with the result, the log and the state of the kernel that they have in a real namespace.
 * Method: test/cni/scenario.sh with each plugin on a blank host, beside what `test/cni/record` got for real. What is chance (addresses that were
 * drawn, MACs, names of veths, times) is numbered by its first appearance.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createBlankHost } from '../../shared/lab/index.ts';

const CNI = new URL('../cni/', import.meta.url);
/** The plugin of the articles that the project began with; it is not ours to ship. */
const SEED = new URL('../../../shared/seeds/bash-cni', import.meta.url);
const LIMIT_US = 120_000_000;

function withoutChance(text: string): string {
  const seen = new Map<string, string>();
  const named = (kind: string) => (word: string) => {
    const known = seen.get(word) ?? `${kind}#${[...seen.values()].filter((name) => name.startsWith(kind)).length + 1}`;
    seen.set(word, known);
    return known;
  };
  return text
    .replace(/\b(?!00:00:00:00:00:00|ff:ff:ff:ff:ff:ff)(?:[\da-f]{2}:){5}[\da-f]{2}\b/g, named('mac'))
    .replace(/\bfe80::[\da-f:]+/g, named('linklocal'))
    .replace(/\bveth[\da-f]{6}\b/g, named('veth'))
    .replace(/\b10\.244\.0\.(?!0\b|1\b|255\b)\d+/g, named('drawn'))
    .replace(/time=[\d.]+/g, 'time=T')
    .replace(/= [\d./]+ ms$/gm, '= T ms')
    .trimEnd();
}

function run(plugin: string): string {
  const lab = createBlankHost({ seed: 7, epochMs: Date.UTC(2024, 1, 3, 4, 5, 6) });
  const [target = ''] = lab.nodes;
  lab.writeFile(target, '/tmp/plugin', plugin, 0o755);
  lab.writeFile(target, '/run/scenario.sh', readFileSync(new URL('scenario.sh', CNI), 'latin1'), 0o644);
  const opened = lab.exec({ target, argv: ['bash', '-c', 'exec bash /run/scenario.sh 2>&1 < /dev/null'], cwd: '/root', env: { LC_ALL: 'C' } });
  if (!opened.ok) throw new Error(opened.error.message);
  let out = '';
  const gather = (): void => {
    for (let text = opened.value.read(65536); text !== ''; text = opened.value.read(65536)) out += text;
  };
  opened.value.onReadable(gather);
  const { simulation } = lab;
  simulation.runFree(() => opened.value.exitStatus === undefined && simulation.nowUs < LIMIT_US);
  gather();
  lab.close();
  return out;
}
const golden = (name: string): string => withoutChance(readFileSync(new URL(name, CNI), 'latin1'));

it('runs a plugin of ours', () => expect(withoutChance(run(readFileSync(new URL('bash-bridge', CNI), 'latin1')))).toBe(golden('bash-bridge.golden')));

if (existsSync(SEED)) it("runs the seed's plugin", () => expect(withoutChance(run(readFileSync(SEED, 'latin1')))).toBe(golden('seed.golden')));
else it(`has nothing to say of the seed's plugin: ${SEED.pathname} is not here`, () => expect(existsSync(SEED)).toBe(false));
