/** Goal: paths, links, permissions and mounts answer with Linux's error numbers. Method: calls in a row on one machine, all answers compared. */
import { describe, expect, it } from 'vitest';
import type { Errno, Result } from '../../base/index.ts';
import { Sandbox } from '../testing/sandbox.ts';
import type { FileView } from './file-view.ts';
import { MemoryFs } from './memory-fs.ts';
import { statMode } from './inode.ts';

const box = () => {
  const sandbox = new Sandbox();
  return { sandbox, fs: sandbox.init.fs, credentials: sandbox.init.credentials };
};
const said = (result: Result<unknown, Errno>): string => (result.ok ? 'ok' : result.error);

/** Each call by name with its arguments, and what it answers. */
const CALLS: readonly (readonly [string, (fs: FileView) => Result<unknown, Errno>, string])[] = [
  ['mkdir /a', (fs) => fs.mkdir('/a'), 'ok'],
  ['mkdir /a again', (fs) => fs.mkdir('/a'), 'EEXIST'],
  ['mkdir /', (fs) => fs.mkdir('/'), 'EEXIST'],
  ['mkdir below nothing', (fs) => fs.mkdir('/no/x'), 'ENOENT'],
  ['write /a/f', (fs) => fs.writeFile('/a/f', 'data'), 'ok'],
  ['mkdir below a file', (fs) => fs.mkdir('/a/f/x'), 'ENOTDIR'],
  ['read a directory', (fs) => fs.readFile('/a'), 'EISDIR'],
  ['write a directory', (fs) => fs.writeFile('/a', ''), 'EISDIR'],
  ['file with a slash behind it', (fs) => fs.readFile('/a/f/'), 'ENOTDIR'],
  ['the empty path', (fs) => fs.stat(''), 'ENOENT'],
  ['a long name', (fs) => fs.stat(`/${'x'.repeat(256)}`), 'ENAMETOOLONG'],
  ['a long path', (fs) => fs.stat('/a'.repeat(3000)), 'ENAMETOOLONG'],
  ['symlink', (fs) => fs.symlink('/a/f', '/l'), 'ok'],
  ['symlink over it', (fs) => fs.symlink('x', '/l'), 'EEXIST'],
  ['read through it', (fs) => fs.readFile('/l'), 'ok'],
  ['read the link', (fs) => fs.readlink('/l'), 'ok'],
  ['readlink of a file', (fs) => fs.readlink('/a/f'), 'EINVAL'],
  ['a circle', (fs) => (fs.symlink('/c2', '/c1'), fs.symlink('/c1', '/c2'), fs.stat('/c1')), 'ELOOP'],
  ['open nofollow', (fs) => fs.open('/l', { read: true, nofollow: true }), 'ELOOP'],
  ['open exclusive', (fs) => fs.open('/a/f', { write: true, create: true, exclusive: true }), 'EEXIST'],
  ['create through a dangling link', (fs) => (fs.symlink('/a/new', '/d'), fs.writeFile('/d', 'x')), 'ok'],
  ['which made its target', (fs) => fs.readFile('/a/new'), 'ok'],
  ['open directory as a file', (fs) => fs.open('/a/f', { read: true, directory: true }), 'ENOTDIR'],
  ['link', (fs) => fs.link('/a/f', '/a/g'), 'ok'],
  ['link a directory', (fs) => fs.link('/a', '/b'), 'EPERM'],
  ['rmdir a full one', (fs) => fs.rmdir('/a'), 'ENOTEMPTY'],
  ['rmdir a file', (fs) => fs.rmdir('/a/f'), 'ENOTDIR'],
  ['rmdir .', (fs) => fs.rmdir('/a/.'), 'EINVAL'],
  ['rmdir /', (fs) => fs.rmdir('/'), 'EBUSY'],
  ['unlink a directory', (fs) => fs.unlink('/a'), 'EISDIR'],
  ['unlink nothing', (fs) => fs.unlink('/nope'), 'ENOENT'],
  ['rename into itself', (fs) => fs.rename('/a', '/a/b'), 'EINVAL'],
  ['rename a directory over a file', (fs) => fs.rename('/a', '/l'), 'ENOTDIR'],
  ['rename a file over a directory', (fs) => fs.rename('/a/f', '/tmp'), 'EISDIR'],
  ['rename', (fs) => fs.rename('/a/f', '/tmp/moved'), 'ok'],
  ['rename what is gone', (fs) => fs.rename('/a/f', '/tmp/x'), 'ENOENT'],
  ['rename between file systems', (fs) => fs.rename('/tmp/moved', '/dev/moved'), 'EXDEV'],
  ['chdir to a file', (fs) => fs.chdir('/tmp/moved'), 'ENOTDIR'],
  ['chdir', (fs) => fs.chdir('/a/../tmp/.'), 'ok'],
  ['relative', (fs) => fs.stat('moved'), 'ok'],
  ['above the root', (fs) => fs.stat('/../../tmp'), 'ok'],
];

describe('calls in a row', () => {
  it('answer as Linux', () => {
    const { fs } = box();
    expect(CALLS.map(([name, call]) => [name, said(call(fs))])).toEqual(CALLS.map(([name, , answer]) => [name, answer]));
    expect(fs.getcwd()).toBe('/tmp');
  });
});

describe('permissions', () => {
  it('are those of the effective user', () => {
    const { fs, credentials } = box();
    fs.mkdir('/secret', 0o700);
    fs.writeFile('/secret/f', 'x');
    fs.writeFile('/readable', 'x', { mode: 0o644 });
    fs.writeFile('/sticky', 'x');
    fs.writeFile('/tmp/roots', 'x', { mode: 0o666 });
    Object.assign(credentials, { uid: 1000, euid: 1000, gid: 1000, egid: 1000, groups: [1000] });
    const calls: readonly (readonly [string, Result<unknown, Errno>])[] = [
      ['search', fs.stat('/secret/f')],
      ['list', fs.readdir('/secret')],
      ['read', fs.readFile('/readable')],
      ['write', fs.writeFile('/readable', 'y')],
      ['make', fs.mkdir('/mine')],
      ['chmod', fs.chmod('/readable', 0o666)],
      ['chown', fs.chown('/readable', 1000, -1)],
      ['another’s in a sticky directory', fs.unlink('/tmp/roots')],
      ['own', fs.writeFile('/tmp/own', 'x')],
      ['own again', fs.unlink('/tmp/own')],
    ];
    expect(calls.map(([name, result]) => [name, said(result)])).toEqual([
      ['search', 'EACCES'],
      ['list', 'EACCES'],
      ['read', 'ok'],
      ['write', 'EACCES'],
      ['make', 'EACCES'],
      ['chmod', 'EPERM'],
      ['chown', 'EPERM'],
      ['another’s in a sticky directory', 'EPERM'],
      ['own', 'ok'],
      ['own again', 'ok'],
    ]);
  });
  it('take the umask off', () => {
    const { fs, sandbox } = box();
    sandbox.init.umask = 0o027;
    fs.writeFile('/f', '');
    fs.mkdir('/d');
    const mode = (path: string) => {
      const inode = fs.stat(path);
      return inode.ok && statMode(inode.value).toString(8);
    };
    expect([mode('/f'), mode('/d')]).toEqual(['100640', '40750']);
  });
});

describe('mounts', () => {
  it('cover a directory until they are gone, and hold it', () => {
    const { fs, sandbox } = box();
    const { mnt } = sandbox.init.namespaces;
    fs.mkdir('/mnt');
    fs.writeFile('/mnt/under', 'u');
    const place = fs.lookup('/mnt');
    if (!place.ok) throw new Error(place.error);
    const tree = new MemoryFs(9, 1000, 0);
    const mount = mnt.add(place.value, tree, tree.root, { source: 'tmpfs', flags: [], readonly: false });
    expect(said(fs.stat('/mnt/under'))).toBe('ENOENT');
    expect(said(fs.writeFile('/mnt/over', 'o'))).toBe('ok');
    expect(said(fs.rmdir('/mnt'))).toBe('EBUSY');
    expect(fs.realpath('/mnt/../mnt/over')).toEqual({ ok: true, value: '/mnt/over' });
    mount.options = { ...mount.options, readonly: true };
    expect(said(fs.writeFile('/mnt/more', 'o'))).toBe('EROFS');
    expect(said(fs.writeFile('/mnt/over', 'o'))).toBe('EROFS');
    mnt.remove(mount);
    expect(fs.readFile('/mnt/under')).toEqual({ ok: true, value: 'u' });
  });
});
