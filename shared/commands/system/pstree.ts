/** pstree of psmisc 23.6: processes as a tree, equal branches drawn once. Deviation: threads, namespaces and security contexts are not shown. */
import type { Bytes } from '../../base/index.ts';
import type { Process, Program } from '../../shell/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { owners } from '../coreutils/index.ts';
import { option } from './usage.ts';

const PSTREE: readonly OptionSpec<
  | 'arguments'
  | 'ascii'
  | 'compact-not'
  | 'highlight'
  | 'long'
  | 'numeric-sort'
  | 'show-pids'
  | 'show-parents'
  | 'hide-threads'
  | 'unicode'
  | 'version'
  | 'pgids'
>[] = [
  option('arguments', '-a --arguments', 'show command line arguments'),
  option('ascii', '-A --ascii', 'use ASCII line drawing characters'),
  option('compact-not', '-c --compact-not', "don't compact identical subtrees"),
  option('pgids', '-g --show-pgids', 'show process group ids; implies -c'),
  option('highlight', '-h --highlight-all', 'highlight current process and its ancestors'),
  option('long', '-l --long', "don't truncate long lines"),
  option('numeric-sort', '-n --numeric-sort', 'sort output by PID'),
  option('show-pids', '-p --show-pids', 'show PIDs; implies -c'),
  option('show-parents', '-s --show-parents', 'show parents of the selected process'),
  option('hide-threads', '-T --hide-threads', 'hide threads, show only processes'),
  option('unicode', '-U --unicode', 'use UTF-8 (Unicode) line drawing characters'),
  option('version', '-V --version', 'display version information'),
];

interface Tree {
  readonly pid: number;
  readonly process: Process;
  readonly children: Tree[];
}
const USAGE =
  'Usage: pstree [-acglpsStTuZ] [ -h | -H PID ] [ -n | -N type ]\n              [ -A | -G | -U ] [ PID | USER ]\n   or: pstree -V\n\nDisplay a tree of processes.\n';

export const pstree: Program = declared(
  { synopsis: '[options] [ PID | USER ]', options: declaredOptions(PSTREE), missing: ['threads', '-H, -N, -S, -t, -u, -Z, -C, -G'] },
  function* (p) {
    const { options, operands, error } = parseOptions(p.argv, PSTREE);
    if (error !== undefined) return (yield* p.error(error + USAGE), 1);
    const has = (id: string): boolean => options.some((each) => each.id === id);
    if (has('version')) return (yield* p.error('pstree (PSmisc) 23.6\n'), 0);
    const trees = new Map<number, Tree>(p.namespaces.pid.list().map(({ pid, process }) => [pid, { pid, process, children: [] }]));
    for (const tree of trees.values()) if (tree.process.ppid !== tree.pid) trees.get(tree.process.ppid)?.children.push(tree);
    const order = (a: Tree, b: Tree): number =>
      has('numeric-sort') ? a.pid - b.pid : a.process.comm < b.process.comm ? -1 : a.process.comm > b.process.comm ? 1 : a.pid - b.pid;
    for (const tree of trees.values()) tree.children.sort(order);
    const [operand = '1'] = operands;
    let roots: readonly Tree[];
    if (/^\d+$/.test(operand)) {
      const root = trees.get(Number(operand));
      if (!root) return 1;
      roots = [root];
    } else {
      const names = owners(p);
      const isOf = (tree: Tree | undefined): boolean => tree !== undefined && names.user(tree.process.credentials.euid) === operand;
      roots = [...trees.values()].filter((tree) => isOf(tree) && !isOf(trees.get(tree.process.ppid)));
      if (roots.length === 0) return (yield* p.error(`No such user name: ${operand}\n`), 1);
    }
    const label = ({ pid, process }: Tree): Bytes => {
      const numbers = [...(has('show-pids') ? [pid] : []), ...(has('pgids') ? [process.pgid] : [])];
      return process.comm + (numbers.length > 0 ? `(${numbers.join(',')})` : '');
    };
    const isCompact = !has('compact-not') && !has('show-pids') && !has('pgids') && !has('arguments');
    const lines = roots.flatMap((root) => (has('arguments') ? withArguments(root, has('show-pids')) : drawn(root, label, isCompact, has('unicode'))));
    const width = p.fds.get(1)?.control({ kind: 'tty.get-size' }, p);
    const limit = has('long') || !width?.ok ? 132 * 100 : (width.value as { readonly columns: number }).columns;
    for (const line of lines) yield* p.print(`${line.length > limit ? `${line.slice(0, limit - 1)}+` : line}\n`);
    return 0;
  },
);

/** Equal trees side by side are one, with how many they are. */
function drawn(tree: Tree, label: (tree: Tree) => Bytes, isCompact: boolean, isUnicode: boolean): string[] {
  const [first, middle, last, only, line] = isUnicode ? ['─┬─', ' ├─', ' └─', '───', ' │ '] : ['-+-', ' |-', ' `-', '---', ' | '];
  const name = label(tree);
  const groups: { lines: string[]; count: number }[] = [];
  for (const child of tree.children) {
    const lines = drawn(child, label, isCompact, isUnicode);
    const same = isCompact ? groups.find((group) => group.lines.join('\n') === lines.join('\n')) : undefined;
    if (same) same.count++;
    else groups.push({ lines, count: 1 });
  }
  if (groups.length === 0) return [name];
  const blocks = groups.map(({ lines, count }) => {
    if (count === 1) return lines;
    const head = `${count}*[`;
    return lines.length === 1 ? [`${head}${lines[0]!}]`] : lines.map((text, i) => (i === 0 ? head : ' '.repeat(head.length)) + text + (i === 0 ? ']' : ''));
  });
  const indent = ' '.repeat(name.length);
  return blocks.flatMap((lines, i) => {
    const isLast = i === blocks.length - 1;
    const joint = blocks.length === 1 ? only : i === 0 ? first : isLast ? last : middle;
    return lines.map((text, row) => (row === 0 ? (i === 0 ? name : indent) + joint : indent + (isLast ? '   ' : line)) + text);
  });
}
function withArguments(tree: Tree, isNumbered: boolean, before = '', joint = ''): string[] {
  const { process, pid, children } = tree;
  const words = process.argv.length > 1 ? ` ${process.argv.slice(1).join(' ')}` : '';
  const own = `${before}${joint}${process.comm}${isNumbered ? `,${pid}` : ''}${words}`;
  const deeper = before + (joint === '' ? '  ' : joint === '|-' ? '|   ' : '    ');
  return [own, ...children.flatMap((child, i) => withArguments(child, isNumbered, deeper, i === children.length - 1 ? '`-' : '|-'))];
}
