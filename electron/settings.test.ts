/** Goal: settings last, and a damaged file is never lost. Method: real files in a folder of the test's own. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from './log.ts';
import { DEFAULTS, setupSettings } from './settings.ts';
import { dataFolder } from './places.ts';

let home = '';
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'podwalk-settings-'))));
afterEach(() => rmSync(home, { recursive: true }));
const file = (): string => join(home, 'settings.json');

describe('settings', () => {
  it('are as they come where there is no file', async () => {
    expect((await setupSettings(home, silentLog)).get()).toEqual(DEFAULTS);
    expect(readdirSync(home)).toEqual([]);
  });
  it('last, the last choice of several at once', async () => {
    const settings = await setupSettings(home, silentLog);
    const heard: unknown[] = [];
    settings.onChange((now) => heard.push(now.theme));
    await Promise.all([settings.set({ theme: 'dark' }), settings.set({ locale: 'zh' }), settings.set({ theme: 'light', terminalFontSize: undefined })]);
    expect((await setupSettings(home, silentLog)).get()).toEqual({ ...DEFAULTS, theme: 'light', locale: 'zh' });
    expect(readdirSync(home)).toEqual(['settings.json']);
    expect(heard.at(-1)).toBe('light');
  });
  const damaged: [what: string, text: string, value: object][] = [
    ['no JSON', '{"theme": "da', DEFAULTS],
    ['no object', '[1]', DEFAULTS],
    ['one field of another form', '{"theme":"dark","terminalFontSize":400}', { ...DEFAULTS, theme: 'dark' }],
  ];
  it.each(damaged)('with %s are set aside and used as far as they can be read', async (_, text, value) => {
    writeFileSync(file(), text);
    const settings = await setupSettings(home, silentLog);
    expect(settings.get()).toEqual(value);
    await settings.set({ record: false });
    const aside = readdirSync(home).filter((name) => name.startsWith('settings.damaged-'));
    expect(aside.map((name) => readFileSync(join(home, name), 'utf8'))).toEqual([text]);
  });
});

describe('the data folder', () => {
  const cases: [Record<string, string>, NodeJS.Platform, string][] = [
    [{ PODWALK_HOME: '/elsewhere' }, 'linux', '/elsewhere'],
    [{}, 'linux', '/home/u/.local/share/podwalk'],
    [{ XDG_DATA_HOME: '/data' }, 'linux', '/data/podwalk'],
    [{}, 'darwin', '/home/u/Library/Application Support/Podwalk'],
    [{ APPDATA: '/appdata' }, 'win32', '/appdata/Podwalk'],
  ];
  it.each(cases)('%j on %s is %s', (env, platform, folder) => expect(dataFolder(env, platform, '/home/u')).toBe(folder));
});
