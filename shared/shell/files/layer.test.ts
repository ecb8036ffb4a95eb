/**
 * Goal: a file system that begins as a layer is a plain copy of it in all that can be asked, and none of its changes reach the layer or another
 * copy. Method: the same calls on both copies of one layer, and what each lists and reads afterwards.
 */
import { describe, expect, it } from 'vitest';
import { Sandbox } from '../testing/sandbox.ts';
import type { FileView } from './file-view.ts';
import { makeLayer } from './layer.ts';
import { MemoryFs } from './memory-fs.ts';

const layer = makeLayer((fs) => {
  fs.mkdirs('/usr/bin', 0o755);
  fs.mkdir('/empty', 0o1777);
  fs.symlink('usr/bin', '/bin');
  for (const name of ['a', 'b', 'c']) fs.writeFile(`/usr/bin/${name}`, `program ${name}`, { mode: 0o755 });
  fs.link('/usr/bin/a', '/usr/bin/hard');
  fs.chown('/usr/bin/b', 7, 8);
});

/** A sandbox with a copy at /x. */
function copy(): FileView {
  const sandbox = new Sandbox();
  const { fs, namespaces } = sandbox.init;
  fs.mkdir('/x');
  const place = fs.lookup('/x');
  if (!place.ok) throw new Error(place.error);
  const root = new MemoryFs(9, 1_000_000, 5, undefined, 'ext4', layer);
  namespaces.mnt.add(place.value, root, root.root, { source: '/dev/sda1', flags: [], readonly: false });
  fs.chroot('/x');
  return fs;
}
/** Every name with what it is. */
function tree(fs: FileView, at = ''): readonly string[] {
  const entries = fs.readdir(at === '' ? '/' : at);
  if (!entries.ok) throw new Error(entries.error);
  return entries.value.flatMap(({ name, inode }) => {
    const path = `${at}/${name}`;
    const { kind, mode, uid, gid, nlink, size, ino } = inode;
    const content = kind === 'file' ? fs.readFile(path) : kind === 'symlink' ? fs.readlink(path) : undefined;
    const line = [path, kind, mode.toString(8), uid, gid, nlink, kind === 'dir' ? '' : size, ino, content?.ok ? content.value : ''].join(' ').trimEnd();
    return [line, ...(kind === 'dir' ? tree(fs, path) : [])];
  });
}
const FRESH = [
  '/bin symlink 777 0 0 1 7 5 usr/bin',
  '/empty dir 1755 0 0 2  4',
  '/usr dir 755 0 0 3  2',
  '/usr/bin dir 755 0 0 2  3',
  '/usr/bin/hard file 755 0 0 2 9 6 program a',
  '/usr/bin/c file 755 0 0 1 9 8 program c',
  '/usr/bin/b file 755 7 8 1 9 7 program b',
  '/usr/bin/a file 755 0 0 2 9 6 program a',
];

describe('a file system that begins as a layer', () => {
  it('has all that the layer has, in its order', () => {
    expect(tree(copy())).toEqual(FRESH);
  });
  it('changes alone', () => {
    const one = copy();
    const other = copy();
    one.writeFile('/usr/bin/hard', 'changed');
    one.unlink('/usr/bin/b');
    one.writeFile('/usr/bin/b', 'again');
    one.rmdir('/empty');
    one.rename('/usr/bin/c', '/c');
    one.mkdirs('/usr/share', 0o755);
    expect(tree(one)).toEqual([
      '/c file 755 0 0 1 9 8 program c',
      '/bin symlink 777 0 0 1 7 5 usr/bin',
      '/usr dir 755 0 0 4  2',
      '/usr/share dir 755 0 0 2  10',
      '/usr/bin dir 755 0 0 2  3',
      '/usr/bin/b file 644 0 0 1 5 9 again',
      '/usr/bin/hard file 755 0 0 2 7 6 changed',
      '/usr/bin/a file 755 0 0 2 7 6 changed',
    ]);
    expect(tree(other)).toEqual(FRESH);
    expect(tree(copy())).toEqual(FRESH);
  });
  it('counts what it holds, and is as old as itself', () => {
    const fs = copy();
    const stat = fs.stat('/usr/bin/a');
    expect(stat.ok && [stat.value.mtimeUs, stat.value.fs.space?.()]).toEqual([5, { sizeBytes: 1_000_000, usedBytes: 27, inodes: 9 }]);
    expect(fs.rmdir('/usr/bin')).toEqual({ ok: false, error: 'ENOTEMPTY' });
    expect(fs.readFile('/bin/b')).toEqual({ ok: true, value: 'program b' });
  });
});
