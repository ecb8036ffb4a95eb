// Goal: the packed app holds what it runs on and nothing else, and node-pty works from outside of the archive. Method: electron-builder
// packs the built app around a stub of Electron's distribution; the archive's list against the lock file.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { plant, root } from './plant.ts';

const require = createRequire(import.meta.url);
const folder = join(root, 'test-results/pack');
const unpacked = join(folder, 'dist/linux-unpacked');
const hasPty = existsSync(join(root, 'node_modules/node-pty'));

/** What is used of node-pty here. Its own types are not there when it could not be built. */
interface Pty {
  spawn(file: string, args: string[], options: object): { onData(listener: (data: string) => void): void; onExit(listener: (event: object) => void): void };
}

function runNode(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect({ status, stderr: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** What electron-builder expects of an unpacked Electron. */
function stubElectron(): string {
  const stub = join(folder, 'electron');
  mkdirSync(join(stub, 'locales'), { recursive: true });
  mkdirSync(join(stub, 'resources'));
  for (const locale of ['en-US', 'zh-CN', 'de']) writeFileSync(join(stub, 'locales', `${locale}.pak`), '');
  for (const file of ['electron', 'chrome-sandbox', 'version', 'LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(stub, file), '');
  chmodSync(join(stub, 'electron'), 0o755);
  return stub;
}

const filesBelow = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

let archived: string[] = [];
beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  runNode('node_modules/electron-builder/cli.js', '--linux', 'dir', `-c.electronDist=${stubElectron()}`, `-c.directories.output=${join(folder, 'dist')}`);
  archived = runNode('node_modules/@electron/asar/bin/asar.js', 'list', join(unpacked, 'resources/app.asar')).trim().replaceAll('\\', '/').split('\n');
}, 120_000);

describe('the archive', () => {
  test('holds the four parts of the build', () => {
    const expected = ['/out/cli/podwalk.js', '/out/main/main.js', '/out/preload/preload.cjs', '/out/renderer/index.html', '/package.json'];
    expect(archived.filter((file) => expected.includes(file)).sort()).toEqual(expected);
  });

  test('holds the packages that the build leaves outside of its bundles, and no other', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean; devOptional?: boolean }> };
    const notNeeded = ['node-addon-api', 'cpu-features', 'nan', 'buildcheck', ...(hasPty ? [] : ['node-pty'])];
    const wanted = Object.entries(lock.packages)
      .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
      .map(([path]) => path.slice('node_modules/'.length));
    const found = archived
      .filter((file) => file.endsWith('/package.json') && file.startsWith('/node_modules/'))
      .map((file) => file.slice('/node_modules/'.length, -'/package.json'.length));
    const isPackage = (name: string): boolean => /^(@[^/]+\/)?[^/]+$/.test(name);
    expect(found.filter(isPackage).sort()).toEqual(wanted.filter((name) => isPackage(name) && !notNeeded.includes(name)).sort());
  });

  test('holds the content, icons excepted', () => {
    const content = filesBelow(join(root, 'resources')).filter((file) => !file.startsWith('icons/'));
    const folders = new Set(archived.map((file) => file.slice(0, file.lastIndexOf('/'))));
    const packed = archived.filter((file) => file.startsWith('/resources/') && !folders.has(file)).map((file) => file.slice('/resources/'.length));
    expect(packed.sort()).toEqual(content.sort());
  });

  test('holds no sources, maps, stamps or tests', () => {
    const ours = archived.filter((file) => !file.startsWith('/node_modules'));
    expect(ours.filter((file) => /\.(ts|vue|map|stamp)$|\.test\./.test(file))).toEqual([]);
    expect([...new Set(ours.map((file) => file.split('/')[1]))].sort()).toEqual(['out', 'package.json', 'resources']);
  });
});

test('the languages are the two that the app speaks', () => {
  expect(readdirSync(join(unpacked, 'locales')).sort()).toEqual(['en-US.pak', 'zh-CN.pak']);
});

test.runIf(hasPty && process.platform !== 'win32')('node-pty works from outside of the archive', async () => {
  const modules = join(unpacked, 'resources/app.asar.unpacked/node_modules');
  expect(readdirSync(modules)).toEqual(['node-pty']);
  const foreign = filesBelow(modules).filter((file) => /prebuilds\/(?!linux)/.test(file));
  if (process.platform === 'linux') expect(foreign).toEqual([]);
  const pty = require(join(modules, 'node-pty')) as Pty;
  const child = pty.spawn('/bin/sh', ['-c', 'echo packed'], {});
  let output = '';
  child.onData((data) => (output += data));
  await new Promise((resolve) => child.onExit(resolve));
  expect(output).toBe('packed\r\n');
});

test("macOS's spawn-helper becomes executable", async () => {
  const helper = 'Podwalk.app/Contents/Resources/app.asar.unpacked/node_modules/node-pty/prebuilds/darwin-arm64/spawn-helper';
  const tree = plant('inside', [], { [helper]: '' });
  chmodSync(join(tree.folder, helper), 0o644);
  const { default: afterPack } = require(join(root, 'scripts/after-pack.cjs')) as { default: (context: object) => Promise<void> };
  await afterPack({ appOutDir: tree.folder, electronPlatformName: 'darwin', packager: { appInfo: { productFilename: 'Podwalk' } } });
  expect(statSync(join(tree.folder, helper)).mode & 0o777).toBe(0o755);
});
