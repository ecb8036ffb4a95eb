/** Pathname expansion (bash(1)): which files a pattern names, in the order of their bytes. */
import type { Bytes } from '../../../base/index.ts';
import type { FileView } from '../../files/file-view.ts';
import { compilePattern, hasMagic, unescapePattern } from './pattern.ts';

export interface GlobOptions {
  readonly dotglob: boolean;
  readonly nocaseglob: boolean;
  readonly globstar: boolean;
  readonly extglob: boolean;
}

/** Directories that one pattern may look into: `**` on a deep tree ends there. */
const DIRECTORY_LIMIT = 65536;

/** Paths that match; none when nothing does. */
export function globPaths(fs: FileView, pattern: Bytes, options: GlobOptions): Bytes[] {
  const walk = new GlobWalk(fs, options);
  const isAbsolute = pattern.startsWith('/');
  walk.descend(isAbsolute ? (/^\/+/.exec(pattern)?.[0] ?? '/') : '', splitSegments(isAbsolute ? pattern.replace(/^\/+/, '') : pattern));
  return walk.found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** By slashes, but not within brackets or after a backslash. */
function splitSegments(pattern: Bytes): Bytes[] {
  return pattern.split(/\/+/).map((segment) => segment);
}

class GlobWalk {
  readonly found: Bytes[] = [];
  private directories = 0;

  constructor(
    private readonly fs: FileView,
    private readonly options: GlobOptions,
  ) {}

  descend(base: Bytes, segments: readonly Bytes[]): void {
    const [segment = '', ...rest] = segments;
    const isLast = rest.length === 0;
    if (segment === '') {
      // A trailing slash: directories only.
      if (isLast && this.fs.stat(base).ok) this.found.push(base);
      return;
    }
    if (segment === '**' && this.options.globstar) {
      this.descendAll(base, rest);
      return;
    }
    if (!hasMagic(segment)) {
      const name = unescapePattern(segment);
      if (isLast ? this.fs.lstat(base + name).ok : true) this.next(base + name, rest);
      return;
    }
    for (const name of this.namesIn(base, segment)) this.next(base + name, rest);
  }
  private next(path: Bytes, rest: readonly Bytes[]): void {
    if (rest.length === 0) {
      this.found.push(path);
      return;
    }
    const inode = this.fs.stat(path);
    if (inode.ok && inode.value.kind === 'dir') this.descend(`${path}/`, rest);
  }
  private descendAll(base: Bytes, rest: readonly Bytes[], isFirst = true): void {
    if (rest.length > 0) this.descend(base, rest);
    else if (base !== '') this.found.push(isFirst ? base : base.slice(0, -1));
    for (const name of this.namesIn(base, '*')) {
      const inode = this.fs.lstat(base + name);
      if (!inode.ok) continue;
      if (inode.value.kind === 'dir') this.descendAll(`${base}${name}/`, rest, false);
      else if (rest.length === 0) this.found.push(base + name);
    }
  }
  private namesIn(base: Bytes, segment: Bytes): Bytes[] {
    if (++this.directories > DIRECTORY_LIMIT) return [];
    const entries = this.fs.readdir(base === '' ? '.' : base);
    if (!entries.ok) return [];
    const pattern = compilePattern(segment, { ignoreCase: this.options.nocaseglob, isPlain: !this.options.extglob });
    const names = entries.value.map((entry) => entry.name);
    const wantsDots = segment.startsWith('.') || segment.startsWith('\\.');
    return names.filter((name) => {
      if (name.startsWith('.') && !wantsDots && !this.options.dotglob) return false;
      return pattern.matches(name);
    });
  }
}
