// Goal: the lint rules that hold our own habits do find what breaks them. Method: the real configuration on a planted tree; every message, no other.
import { relative } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import { expect, test } from 'vitest';
import { createConfig } from '../../eslint.config.js';
import { plant } from './plant.ts';

const PROCESS = `export type Sys<T = void> = Generator<string, T, void>;
export interface Process {
  write(text: string): Sys;
  read(): Sys<string>;
}`;

const FLOATING = `import type { Process, Sys } from '../shell/process.ts';

export function* main(p: Process, items: string[]): Sys<number> {
  p.write('lost'); // floats
  yield* p.write('written');
  if (items.length > 0) p.read(); // floats
  items.length > 1 && p.write('lost too'); // floats
  void p.write('thrown away'); // a deliberate void is undefined: typescript sees it, and so may a reader
  items.forEach((item) => p.write(item)); // floats
  const later = items.map((item) => p.write(item));
  for (const each of later) yield* each;
  const kept: { text?: Sys<string> } = {};
  kept.text = p.read();
  const text = yield* kept.text;
  return text.length;
}`;

const IMPURE = `export const now = (): number => Date.now();
export const chance = (): number => Math.random();
export const zone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
export const any = (value: any): string => String(value);
export type Kind = { kind: 'a' } | { kind: 'b' };
export function name(each: Kind): string {
  switch (each.kind) {
    case 'a':
      return 'A';
  }
  return 'B';
}
declare const setTimeout: (run: () => void) => void; // as a package's types might
export const later = (run: () => void): void => setTimeout(run);`;

const PANEL = `<script setup lang="ts">
import { ref } from 'vue';
defineProps<{ html: string }>();
const socket = ref(new WebSocket('ws://127.0.0.1'));
void window.fetch('/');
</script>

<template>
  <p v-html="html"></p>
  <p>{{ socket.url }}</p>
</template>`;

test('each habit has a rule that finds its violation', { timeout: 120_000 }, async () => {
  const tree = plant('inside', ['tsconfig.base.json', 'tsconfig.shared.json', 'tsconfig.node.json', 'tsconfig.web.json', 'tsconfig.e2e.json'], {
    'shared/shell/process.ts': PROCESS,
    'shared/commands/floating.ts': FLOATING,
    'shared/base/impure.ts': IMPURE,
    'shared/base/impure.test.ts': 'export const now = (): number => Date.now();',
    'electron/host.ts': 'export const later = async (): Promise<void> => {\n  await Promise.resolve();\n};\nexport function start(): void {\n  later();\n}',
    'renderer/Panel.vue': PANEL,
    'renderer/bridge.ts': "export const socket = new WebSocket('ws://127.0.0.1');",
  });
  const eslint = new ESLint({ cwd: tree.folder, overrideConfigFile: true, overrideConfig: createConfig(tree.folder) as Linter.Config[] });
  const results = await eslint.lintFiles(['**/*.{ts,vue}']);
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => `${relative(tree.folder, filePath)}:${line} ${ruleId ?? message}`),
  );
  expect(found.sort()).toEqual([
    'electron/host.ts:5 @typescript-eslint/no-floating-promises',
    'renderer/Panel.vue:4 no-restricted-globals',
    'renderer/Panel.vue:5 no-restricted-properties',
    'renderer/Panel.vue:9 vue/no-v-html',
    'shared/base/impure.ts:1 no-restricted-globals',
    'shared/base/impure.ts:2 no-restricted-properties',
    'shared/base/impure.ts:3 no-restricted-globals',
    'shared/base/impure.ts:4 @typescript-eslint/no-explicit-any',
    'shared/base/impure.ts:7 @typescript-eslint/switch-exhaustiveness-check',
    'shared/commands/floating.ts:4 podwalk/no-floating-generators',
    'shared/commands/floating.ts:6 podwalk/no-floating-generators',
    'shared/commands/floating.ts:7 @typescript-eslint/no-unused-expressions',
    'shared/commands/floating.ts:7 podwalk/no-floating-generators',
    'shared/commands/floating.ts:9 podwalk/no-floating-generators',
  ]);
});
