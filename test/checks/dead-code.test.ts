// Goal: dead files, exports and packages are found, and formatting is checked. Method: the real configurations on a planted tree; the exact findings.
import { expect, test } from 'vitest';
import { plant } from './plant.ts';

interface Finding {
  file: string;
  [kind: string]: unknown;
}

test('unused files, exports, types and packages, and undeclared packages', { timeout: 60_000 }, () => {
  const tree = plant('inside', ['knip.json'], {
    'package.json': JSON.stringify({ name: 'planted', type: 'module', dependencies: { yaml: '2.9.1', ws: '8.23.0' } }),
    'electron/main.ts':
      "import { used } from './app.ts';\nimport { WebSocketServer } from 'ws';\nimport pino from 'pino';\nexport default [used, WebSocketServer, pino];",
    'electron/app.ts': 'export const used = 1;\nexport const unused = 2;\nexport interface Unused {\n  a: 1;\n}',
    'electron/forgotten.ts': 'export const nobody = 1;',
  });
  const { output } = tree.run('knip/bin/knip.js', '--no-progress', '--no-config-hints', '--reporter', 'json');
  const { issues } = JSON.parse(output) as { issues: Finding[] };
  const found = issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, list]) => (Array.isArray(list) ? (list as { name: string }[]).map(({ name }) => `${kind}: ${file} ${name}`) : [])),
  );
  expect(found.sort()).toEqual([
    'dependencies: package.json yaml',
    'exports: electron/app.ts unused',
    'files: electron/forgotten.ts electron/forgotten.ts',
    'types: electron/app.ts Unused',
    'unlisted: electron/main.ts pino',
  ]);
});

test('what is not formatted is named', { timeout: 60_000 }, () => {
  const tree = plant('inside', ['.prettierrc.json'], { 'shared/tidy.ts': "export const a = 'x';", 'shared/untidy.ts': 'export const a = "x"' });
  const { status, output } = tree.run('prettier/bin/prettier.cjs', '--ignore-path', 'none', '--check', '--log-level', 'warn', '.');
  expect({ status, output }).toEqual({
    status: 1,
    output: '[warn] shared/untidy.ts\n[warn] Code style issues found in the above file. Run Prettier with --write to fix.',
  });
});
