// Goal: every rule of dependency-cruiser.config.mjs fails on a violation of it, and on nothing else. Method: one planted tree in which all
// arrows are right, and then one file per violation; the exact list of what is reported.
import { expect, test } from 'vitest';
import { MAY_IMPORT } from '../../dependency-cruiser.config.mjs';
import { plant } from './plant.ts';

const MODULES = Object.keys(MAY_IMPORT);
const imports = (...paths: string[]): string => [...paths.map((path) => `import '${path}';`), 'export {};'].join('\n');
const fakePackage = (name: string): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
  [`node_modules/${name}/index.js`]: 'export const it = 1;',
});
const PACKAGES = ['zod', 'yaml', 'unbash', 'ws', 'electron', 'node-pty', 'ssh2', 'cytoscape', '@xterm/xterm'];

/** A tree with an arrow of each allowed kind. */
const RIGHT: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'planted', dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0'])) }),
  ...[...PACKAGES, 'left-pad'].map(fakePackage).reduce((all, each) => ({ ...all, ...each })),
  ...Object.fromEntries(
    MODULES.map((module) => [`shared/${module}/index.ts`, imports('./own.ts', ...(MAY_IMPORT[module] ?? []).map((other) => `../${other}/index.ts`))]),
  ),
  ...Object.fromEntries(MODULES.map((module) => [`shared/${module}/own.ts`, 'export {};'])),
  'shared/shell/index.ts': imports('./own.ts', '../base/index.ts', 'unbash'),
  'shared/base/own.test.ts': imports('node:fs', './own.ts', '../shell/index.ts'),
  'electron/main.ts': imports('electron', './app.ts', './pty.ts', './ssh.ts'),
  'electron/preload.ts': imports('electron', '../shared/ipc/index.ts'),
  'electron/cli.ts': imports('./web.ts', './app.ts'),
  'electron/web.ts': imports('node:http', 'ws', './app.ts'),
  'electron/app.ts': imports('../shared/lab/index.ts', '../shared/recording/index.ts'),
  'electron/pty.ts': imports('node-pty'),
  'electron/ssh.ts': imports('ssh2'),
  'renderer/main.ts': imports('./bridge.ts', './topology/cytoscape.ts', './terminal/xterm.ts'),
  'renderer/bridge.ts': imports('../shared/ipc/index.ts'),
  'renderer/topology/cytoscape.ts': imports('cytoscape'),
  'renderer/terminal/xterm.ts': imports('@xterm/xterm'),
};

/** For each module, an arrow that its row of MAY_IMPORT forbids; `lab` may know all but `ipc`. */
const LAYERS = MODULES.map((module) => {
  const forbidden = MODULES.find((other) => other !== module && !MAY_IMPORT[module]?.includes(other));
  return { rule: `layer-${module}`, from: `shared/${module}/bad.ts`, to: `shared/${forbidden ?? 'none'}/index.ts` };
});

/** What is planted beyond that: the file, what it imports, and the rules it breaks. */
const WRONG: { from: string; to: string; rules: string[] }[] = [
  { from: 'shared/kernel/back-door.ts', to: '../wire/own.ts', rules: ['front-door'] },
  { from: 'shared/kernel/type-only.ts', to: 'type ../shell/index.ts', rules: ['layer-kernel'] },
  { from: 'shared/kernel/package.ts', to: 'ws', rules: ['shared-is-pure'] },
  { from: 'shared/kernel/node.ts', to: 'node:fs', rules: ['shared-no-node'] },
  { from: 'shared/kernel/app.ts', to: '../../electron/app.ts', rules: ['shared-is-pure'] },
  { from: 'shared/kernel/lost.ts', to: './nowhere.ts', rules: ['resolvable'] },
  { from: 'shared/stray/stray.ts', to: '../base/index.ts', rules: ['unknown-module'] },
  { from: 'electron/side-door.ts', to: '../shared/kernel/index.ts', rules: ['doors-electron'] },
  { from: 'electron/inside.ts', to: '../shared/lab/own.ts', rules: ['doors-electron'] },
  { from: 'renderer/side-door.ts', to: '../shared/lab/index.ts', rules: ['doors-renderer'] },
  { from: 'renderer/node.ts', to: 'node:path', rules: ['renderer-no-node'] },
  { from: 'renderer/other-side.ts', to: '../electron/app.ts', rules: ['sides-apart'] },
  { from: 'electron/other-side.ts', to: '../renderer/bridge.ts', rules: ['sides-apart'] },
  { from: 'electron/labs.ts', to: 'node-pty', rules: ['one-file-node-pty'] },
  { from: 'electron/hosts.ts', to: 'ssh2', rules: ['one-file-ssh2'] },
  { from: 'renderer/graph.ts', to: 'cytoscape', rules: ['one-file-cytoscape'] },
  { from: 'renderer/screen.ts', to: '@xterm/xterm', rules: ['one-file-xterm'] },
  { from: 'electron/undeclared.ts', to: 'left-pad', rules: ['no-undeclared-package'] },
];

const specifierOf = (to: string): string => (to.startsWith('type ') ? `import type {} from '${to.slice(5)}';\nexport {};` : imports(to));
/** How the checker names the target: a path from the root, or as it was written where it is no file. */
const targetOf = (from: string, to: string): string => {
  const specifier = to.replace('type ', '');
  if (PACKAGES.includes(specifier) || specifier === 'left-pad') return `node_modules/${specifier}/index.js`;
  if (specifier.startsWith('node:')) return specifier.slice(5);
  return specifier === './nowhere.ts' ? specifier : new URL(specifier, `file:///${from}`).pathname.slice(1);
};

interface Report {
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}
function cruise(files: Record<string, string>): string[] {
  const tree = plant('outside', ['dependency-cruiser.config.mjs'], files);
  const { output } = tree.run(
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    'dependency-cruiser.config.mjs',
    '--output-type',
    'json',
    'electron',
    'renderer',
    'shared',
  );
  const { summary } = JSON.parse(output) as Report;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from}${from === to ? '' : ` → ${to}`}`).sort();
}

test('right arrows are let through', { timeout: 60_000 }, () => {
  expect(cruise(RIGHT)).toEqual([]);
});

test('each wrong arrow is found by its rule', { timeout: 60_000 }, () => {
  const planted = [...LAYERS.map(({ from, to, rule }) => ({ from, to: `../../${to}`, rules: [rule] })), ...WRONG];
  const files = { ...RIGHT, ...Object.fromEntries(planted.map(({ from, to }) => [from, specifierOf(to)])) };
  const expected = planted.flatMap(({ from, to, rules }) => rules.map((rule) => `${rule}: ${from} → ${targetOf(from, to)}`));
  expect(cruise(files)).toEqual(expected.sort());
});

test('a file that nothing imports, a cycle at run time, and Electron behind the web host are found', { timeout: 60_000 }, () => {
  const files = {
    ...RIGHT,
    'electron/app.ts': imports('../shared/lab/index.ts', '../shared/recording/index.ts', './window.ts'),
    'electron/window.ts': imports('electron'),
    'shared/wire/own.ts': imports('./other.ts'),
    'shared/wire/other.ts': imports('./own.ts'),
    'shared/wire/host.ts': "import './device.ts';\nexport interface Host {}",
    'shared/wire/device.ts': "import type { Host } from './host.ts';\nexport type Owner = Host;",
    'shared/wire/forgotten.ts': 'export {};',
  };
  expect(cruise(files)).toEqual([
    'no-circular: shared/wire/other.ts → shared/wire/own.ts',
    'no-orphans: shared/wire/forgotten.ts',
    'web-without-electron: electron/cli.ts → node_modules/electron/index.js',
    'web-without-electron: electron/web.ts → node_modules/electron/index.js',
  ]);
});
