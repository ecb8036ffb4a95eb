/**
 * Goal: compiled code is kept and used again, and whatever is wrong with the cache, the program runs the same.
 * Method: a chunk of the test's own, loaded by a real Node that ends, several times.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build } from 'vite';

const folder = mkdtempSync(join(tmpdir(), 'podwalk-cache-'));
const chunks = join(folder, 'chunks');
const cache = join(folder, 'cache');
/** Larger than what is not worth the while. */
const chunk = (says: string): string =>
  `${Array.from({ length: 4000 }, (_, i) => `function f${i}() { return ${i}; }`).join('\n')}\nexports.says = require('node:path').basename(__filename) + ${JSON.stringify(says)} + f7();\n`;
const run = (): string => execFileSync(process.execPath, [join(folder, 'main.cjs')], { encoding: 'utf8' }).trim();
const kept = (): string[] => readdirSync(cache);

beforeAll(async () => {
  mkdirSync(chunks);
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { input: { hook: join(import.meta.dirname, 'code-cache.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  });
  writeFileSync(
    join(folder, 'main.cjs'),
    `require('./hook.cjs').enableCodeCache(${JSON.stringify(chunks)}, ${JSON.stringify(cache)}); console.log(require('./chunks/big.js').says);\n`,
  );
});
beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  writeFileSync(join(chunks, 'big.js'), chunk('!'));
});
afterAll(() => rmSync(folder, { recursive: true }));

// Newer versions keep compiled code themselves, in a form of their own.
const isOurs = !('enableCompileCache' in (createRequire(import.meta.url)('node:module') as object));

describe('compiled code', () => {
  it('is kept, and the program runs the same with it', () => {
    expect([run(), run()]).toEqual(['big.js!7', 'big.js!7']);
    expect(kept().length).toBeGreaterThan(0);
  });
  it('of a chunk that changed is not used, even at the same length', () => {
    run();
    const before = kept();
    writeFileSync(join(chunks, 'big.js'), chunk('?'));
    expect(run()).toBe('big.js?7');
    if (isOurs) expect([kept().length, kept()[0] === before[0]]).toEqual([1, false]);
  });
  it('that is damaged is made again', () => {
    run();
    if (isOurs) for (const file of kept()) writeFileSync(join(cache, file), 'garbage');
    expect([run(), run()]).toEqual(['big.js!7', 'big.js!7']);
  });
  it('that cannot be kept is no trouble', () => {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(cache, 'a file where the folder would be');
    expect(run()).toBe('big.js!7');
  });
});
