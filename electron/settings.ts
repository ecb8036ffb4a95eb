/**
 * What the user chose, in settings.json of the data folder. A damaged file is set aside under another name and never overwritten; what can be
 * read of it is used, the rest is as it comes.
 */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contract, type Input, type Settings } from '../shared/ipc/index.ts';
import { replaceFile } from './file.ts';
import type { Log } from './log.ts';

export const DEFAULTS: Settings = { locale: 'system', theme: 'system', terminalFontSize: 13, record: true };

export interface SettingsStore {
  get(): Settings;
  set(change: Input<'settings.set'>): Promise<Settings>;
  onChange(listener: (settings: Settings) => void): void;
}

export async function setupSettings(home: string, log: Log): Promise<SettingsStore> {
  const path = join(home, 'settings.json');
  let settings = await load(path, log);
  let writing: Promise<void> = Promise.resolve();
  const listeners: ((settings: Settings) => void)[] = [];
  return {
    get: () => settings,
    set: async (change) => {
      settings = { ...settings, ...withoutUndefined(change) };
      // One after the other, so that the last choice is the one that stays.
      writing = writing.catch(() => undefined).then(() => replaceFile(path, `${JSON.stringify(settings, null, 2)}\n`));
      await writing;
      for (const listener of listeners) listener(settings);
      return settings;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

async function load(path: string, log: Log): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn(`settings cannot be read: ${String(error)}`);
    return DEFAULTS;
  }
  const { value, isWhole } = readSettings(text);
  if (!isWhole) {
    const aside = `${path.replace(/\.json$/, '')}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`;
    await copyFile(path, aside);
    log.warn(`settings.json is damaged; it was kept as ${aside}, and what could be read of it is used`);
  }
  return value;
}

export function readSettings(text: string): { readonly value: Settings; readonly isWhole: boolean } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { value: DEFAULTS, isWhole: false };
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return { value: DEFAULTS, isWhole: false };
  const { shape } = contract['settings.set'].input;
  let isWhole = true;
  const value: Record<string, unknown> = { ...DEFAULTS };
  for (const [key, schema] of Object.entries(shape)) {
    const field = schema.safeParse((read as Record<string, unknown>)[key]);
    if (!field.success) isWhole = false;
    else if (field.data !== undefined) value[key] = field.data;
  }
  return { value: value as unknown as Settings, isWhole };
}

const withoutUndefined = (change: Input<'settings.set'>): Partial<Settings> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
