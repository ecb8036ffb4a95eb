/**
 * Where things are on this machine: the program's own files (found from where this file runs, in a clone, a package or an asar) and the
 * user's data. PODWALK_HOME puts the latter elsewhere; otherwise the XDG base directory specification, Application Support or AppData.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface Places {
  readonly version: string;
  /** The folder of our package.json. */
  readonly root: string;
  /** Labs, lessons, recordings that come with the program. */
  readonly resources: string;
  /** The built window. */
  readonly renderer: string;
  /** The user's own: settings, tapes. Made when it is first written to. */
  readonly home: string;
}

export function findPlaces(from: string = import.meta.dirname, env: NodeJS.ProcessEnv = process.env): Places {
  const root = findRoot(from);
  // Packed, they stand beside the archive and not in it.
  const resources = [join(root, 'resources'), join(dirname(root), 'resources')].find((folder) => existsSync(folder)) ?? join(root, 'resources');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return { version, root, resources, renderer: join(root, 'out/renderer'), home: dataFolder(env, process.platform, homedir()) };
}

/** The folder of our package.json, at or above `from`. */
export function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown }).name === 'podwalk') return folder;
    if (folder === dirname(folder)) throw new Error(`Podwalk's own files are not above ${from}: is the installation whole?`);
  }
}

/** What can be made again at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform, userHome: string = homedir()): string {
  const own = env['PODWALK_HOME'];
  if (own) return resolve(own, 'cache');
  if (platform === 'darwin') return join(userHome, 'Library/Caches/Podwalk');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(userHome, 'AppData/Local'), 'Podwalk/cache');
  return join(env['XDG_CACHE_HOME'] ?? join(userHome, '.cache'), 'podwalk');
}

export function dataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, userHome: string): string {
  const own = env['PODWALK_HOME'];
  if (own) return resolve(own);
  if (platform === 'darwin') return join(userHome, 'Library/Application Support/Podwalk');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(userHome, 'AppData/Roaming'), 'Podwalk');
  return join(env['XDG_DATA_HOME'] ?? join(userHome, '.local/share'), 'podwalk');
}
