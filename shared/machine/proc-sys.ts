/** /proc/sys/net: the sysctls of the reader's network namespace as files. */
import type { Bytes } from '../base/index.ts';
import { listSysctls, readSysctl, sysctlKind, writeSysctl } from '../kernel/index.ts';
import type { Caller, DynamicDir, DynamicNode } from '../shell/index.ts';
import { netnsOf } from './net-namespace.ts';

const dir = (path: Bytes): DynamicDir => ({
  kind: 'dir',
  list: (caller) => listSysctls(netnsOf(caller), path),
  lookup: (name, caller) => node(path === '' ? name : `${path}/${name}`, caller),
});

function node(path: Bytes, caller: Caller): DynamicNode | undefined {
  const kind = sysctlKind(netnsOf(caller), path);
  if (!kind) return undefined;
  if (kind.kind === 'dir') return dir(path);
  return {
    kind: 'file',
    mode: kind.mode,
    read: (reader) => readSysctl(netnsOf(reader), path),
    write: (data, writer) => writeSysctl(netnsOf(writer), path, data),
  };
}

export const sysctlDir: DynamicDir = dir('');
