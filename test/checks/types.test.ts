// Goal: each of the three worlds lacks what it must not have. Method: the real tsconfigs on a planted tree; every error, no other.
import { expect, test } from 'vitest';
import { plant } from './plant.ts';

/** `file:line code` of each error that the compiler reports. */
const errorsIn = (output: string): string[] =>
  [...output.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+)/gm)].map(([, file, line, code]) => `${file}:${line} ${code}`).sort();

const base = 'tsconfig.base.json';

test('shared/ has no DOM, no Node, no timers', () => {
  const impure = [
    'document.title;',
    'window.name;',
    'process.exit();',
    'setTimeout(() => 0, 1);',
    'new TextEncoder();',
    'console.log(1);',
    'performance.now();',
    "require('fs');",
    "export { readFileSync } from 'node:fs';",
    "export { parse } from 'yaml';",
    "export { z } from 'zod';",
    "export { parse as parseBash } from 'unbash';",
  ];
  const tree = plant('inside', [base, 'tsconfig.shared.json'], {
    'shared/base/impure.ts': impure.join('\n'),
    'shared/base/pure.ts': 'export const one = Math.max(1, 0);',
  });
  expect(errorsIn(tree.run('typescript/bin/tsc', '-p', 'tsconfig.shared.json').output)).toEqual(
    ['1 TS2584', '2 TS2304', '3 TS2591', '4 TS2304', '5 TS2304', '6 TS2584', '7 TS2304', '8 TS2591', '9 TS2591']
      .map((error) => `shared/base/impure.ts:${error}`)
      .sort(),
  );
});

test('electron/, scripts and tests have Node, and no DOM', () => {
  const tree = plant('inside', [base, 'tsconfig.node.json'], {
    'electron/host.ts': "import { readFileSync } from 'node:fs';\nexport const size = readFileSync('x').length + document.title.length;",
    'scripts/tool.mjs': 'process.exit(window.length);',
    'shared/base/clock.test.ts': 'setTimeout(() => undefined, 1);\ndocument.close();',
  });
  const errors = errorsIn(tree.run('typescript/bin/tsc', '-p', 'tsconfig.node.json').output);
  expect(errors).toEqual(['electron/host.ts:2 TS2584', 'scripts/tool.mjs:1 TS2304', 'shared/base/clock.test.ts:2 TS2584']);
});

test('renderer/ has a DOM, and no Node; templates are checked', () => {
  const tree = plant('inside', [base, 'tsconfig.web.json'], {
    'renderer/main.ts': 'document.title = String(process.pid);\nexport { readFileSync } from "node:fs";',
    'renderer/Panel.vue': '<script setup lang="ts">\nconst size: string = 1;\n</script>\n\n<template>\n  <p :title="missing">{{ size }}</p>\n</template>',
  });
  const errors = errorsIn(tree.run('vue-tsc/bin/vue-tsc.js', '-p', 'tsconfig.web.json').output);
  expect(errors).toEqual(['renderer/Panel.vue:2 TS2322', 'renderer/Panel.vue:6 TS2339', 'renderer/main.ts:1 TS2591', 'renderer/main.ts:2 TS2591']);
});
