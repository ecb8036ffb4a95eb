// Goal: set-up is done when it is needed and only then. Method: the decisions as functions of lock files, systems and folders.
import { describe, expect, test } from 'vitest';
import { SetupError, ensureNode, staleDependency } from '../../scripts/setup.mjs';
import { findElectron, hasDisplay, whyNoWindow } from '../../scripts/electron.mjs';
import { addressIn } from '../../scripts/start.mjs';
import { plant } from '../checks/plant.ts';

describe('staleDependency', () => {
  const wanted = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/vue': { version: '3.5.45' },
      'node_modules/a/node_modules/ws': { version: '8.0.0' },
      'node_modules/node-pty': { version: '1.1.0', optional: true },
      'node_modules/@rolldown/binding-darwin-arm64': { version: '1.0.0', devOptional: true },
    },
  };
  const [vue, ws] = [{ 'node_modules/vue': { version: '3.5.45' } }, { 'node_modules/a/node_modules/ws': { version: '8.0.0' } }];
  test.each([
    ['all is there', { ...vue, ...ws, 'node_modules/node-pty': { version: '1.1.0' } }, undefined],
    ['only optional packages are absent', { ...vue, ...ws }, undefined],
    ['a package that is not locked is there too', { ...vue, ...ws, 'node_modules/extra': { version: '1.0.0' } }, undefined],
    ['a package is absent', vue, 'ws is missing'],
    ['another version is there', { ...ws, 'node_modules/vue': { version: '3.4.0' } }, 'vue is 3.4.0, not 3.5.45'],
    ['an optional package has another version', { ...vue, ...ws, 'node_modules/node-pty': { version: '1.0.0' } }, 'node-pty is 1.0.0, not 1.1.0'],
  ])('%s', (_, packages, expected) => expect(staleDependency(wanted, { packages })).toBe(expected));
  test('nothing is there', () => expect(staleDependency(wanted, undefined)).toBe('nothing is installed yet'));
});

test.each([
  ['20.19.0', true],
  ['20.18.3', false],
  ['18.20.0', false],
  ['24.0.0', true],
])('Node %s is new enough: %s', (version, enough) => {
  if (enough) expect(() => ensureNode(version)).not.toThrow();
  else expect(() => ensureNode(version)).toThrow(new SetupError(`Podwalk needs Node 20.19 or newer; this is ${version}. Get it from https://nodejs.org`));
});

describe('a window', () => {
  const linux = { platform: 'linux', uid: 1000 } as const;
  test.each([
    ['Linux with X11', { ...linux, env: { DISPLAY: ':0' } }, undefined],
    ['Linux with Wayland', { ...linux, env: { WAYLAND_DISPLAY: 'wayland-0' } }, undefined],
    ['Linux without a display', { ...linux, env: {} }, 'there is no display'],
    ['Linux with an empty DISPLAY', { ...linux, env: { DISPLAY: '' } }, 'there is no display'],
    ['root on Linux', { ...linux, uid: 0, env: { DISPLAY: ':0' } }, 'Electron does not run as root'],
    ['macOS', { platform: 'darwin', uid: 501, env: {} }, undefined],
    ['Windows', { platform: 'win32', uid: undefined, env: {} }, undefined],
  ] as const)('%s', (_, system, why) => expect(whyNoWindow(system)).toBe(why));
  test('an empty DISPLAY does not hide Wayland', () => expect(hasDisplay({ ...linux, env: { DISPLAY: '', WAYLAND_DISPLAY: 'w' } })).toBe(true));
});

describe('findElectron', () => {
  const find = (files: Record<string, string>, env: NodeJS.ProcessEnv = {}, platform: NodeJS.Platform = 'linux'): string | undefined => {
    const { folder } = plant('inside', [], { 'package.json': '{}', ...files });
    const resolved = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value?.replace('FOLDER', folder)]));
    return findElectron({ env: resolved, platform, uid: 1000 }, folder)?.slice(folder.length + 1);
  };
  test.each([
    ['nothing is unpacked', {}, {}, 'linux', undefined],
    ['unpacked by its installer', { 'path.txt': 'electron', 'dist/electron': '' }, {}, 'linux', 'dist/electron'],
    ['listed, but gone', { 'path.txt': 'electron' }, {}, 'linux', undefined],
    ['on Windows', { 'path.txt': 'electron.exe', 'dist/electron.exe': '' }, {}, 'win32', 'dist/electron.exe'],
    ['elsewhere', { 'other/electron': '' }, { ELECTRON_OVERRIDE_DIST_PATH: 'FOLDER/other' }, 'linux', 'other/electron'],
    ['chosen', { 'my-electron': '' }, { ELECTRON_EXEC_PATH: 'FOLDER/my-electron' }, 'linux', 'my-electron'],
    ['chosen, but not there', { 'path.txt': 'electron', 'dist/electron': '' }, { ELECTRON_EXEC_PATH: 'FOLDER/none' }, 'linux', undefined],
  ] as const)('%s', (_, files, env, platform, expected) => expect(find(files, env, platform)).toBe(expected));
});

test.each([
  ['Podwalk: http://127.0.0.1:5178/#token=abc', 'http://127.0.0.1:5178/#token=abc'],
  ['open "http://localhost:1/?a=b"', 'http://localhost:1/?a=b'],
  ['http://[::1]:80/', 'http://[::1]:80/'],
  ['see https://example.com/help', undefined],
])('the address in %j', (line, address) => expect(addressIn(line)).toBe(address));
