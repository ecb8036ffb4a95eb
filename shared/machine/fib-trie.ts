/**
 * The level-compressed trie in which Linux keeps routes (net/ipv4/fib_trie.c), as /proc/net/fib_trie and fib_triestat show it. The model looks
 * routes up otherwise; the trie is built when somebody reads it, prefix by prefix, with the kernel's rules for when a node grows and shrinks.
 */
import type { Bytes } from '../base/index.ts';
import { RouteTable, type FibTable, type Netns, type Route } from '../kernel/index.ts';
import { formatIpv4 } from '../wire/index.ts';

const KEY_BITS = 32;
const MAX_WORK = 10;
/** Percent of children that are there before a node doubles, and below which it halves; the root is kept larger. */
const INFLATE = { inner: 50, root: 30 };
const HALVE = { inner: 25, root: 15 };

class Leaf {
  readonly kind = 'leaf';
  constructor(
    readonly key: number,
    readonly routes: readonly Route[],
  ) {}
}
class Inner {
  readonly kind = 'inner';
  parent: Inner | null = null;
  readonly children: (Node | null)[];
  constructor(
    readonly key: number,
    /** The lowest bit that it tells apart, and how many of them. */
    readonly pos: number,
    readonly bits: number,
  ) {
    this.children = new Array<Node | null>(2 ** bits).fill(null);
  }
  get length(): number {
    return this.children.length;
  }
  get empty(): number {
    return this.children.filter((child) => child === null).length;
  }
  /** Children that tell apart the very next bits. */
  get full(): number {
    return this.children.filter((child) => child instanceof Inner && child.pos + child.bits === this.pos).length;
  }
  /** Where a key goes; beyond `length` when it does not belong here. */
  indexOf(key: number): number {
    const difference = (key ^ this.key) >>> 0;
    return Math.floor(difference / 2 ** this.pos);
  }
}
type Node = Leaf | Inner;

const prefixOf = (key: number, pos: number): number => (pos >= KEY_BITS ? 0 : ((key >>> pos) << pos) >>> 0);

class Trie {
  root: Node | null = null;

  insert(leaf: Leaf): void {
    let parent: Inner | null = null;
    let node = this.root;
    while (node instanceof Inner) {
      const index = node.indexOf(leaf.key);
      if (index >= node.length) break;
      parent = node;
      node = node.children[index]!;
    }
    if (node === null) {
      this.put(parent, leaf.key, leaf);
    } else {
      const pos = 31 - Math.clz32((leaf.key ^ node.key) >>> 0);
      const split = new Inner(prefixOf(leaf.key, pos + 1), pos, 1);
      this.put(parent, leaf.key, split);
      split.children[split.indexOf(node.key)] = node;
      if (node instanceof Inner) node.parent = split;
      split.children[split.indexOf(leaf.key)] = leaf;
      parent = split;
    }
    for (let each = parent; each !== null;) each = this.resize(each);
  }
  private put(parent: Inner | null, key: number, node: Node): void {
    if (node instanceof Inner) node.parent = parent;
    if (parent === null) this.root = node;
    else parent.children[parent.indexOf(key)] = node;
  }

  /** Returns the node to look at next: the parent. */
  private resize(start: Inner): Inner | null {
    let node = start;
    let work = MAX_WORK;
    for (; work > 0 && this.shouldInflate(node); work--) node = this.inflate(node);
    if (work !== MAX_WORK) return node.parent;
    for (; work > 0 && this.shouldHalve(node); work--) node = this.halve(node);
    if (node.length - node.empty < 2) return this.collapse(node);
    return node.parent;
  }
  private shouldInflate(node: Inner): boolean {
    const used = node.length - node.empty + node.full;
    return used > 1 && node.pos > 0 && 50 * used >= node.length * (node.parent === null ? INFLATE.root : INFLATE.inner);
  }
  private shouldHalve(node: Inner): boolean {
    const used = node.length - node.empty;
    return used > 1 && node.bits > 1 && 100 * used < node.length * (node.parent === null ? HALVE.root : HALVE.inner);
  }
  private replace(old: Inner, made: Inner): Inner {
    this.put(old.parent, made.key, made);
    return made;
  }
  private static adopt(into: Inner, child: Node | null): void {
    if (child === null) return;
    into.children[into.indexOf(child.key)] = child;
    if (child instanceof Inner) child.parent = into;
  }
  private inflate(old: Inner): Inner {
    const made = new Inner(old.key, old.pos - 1, old.bits + 1);
    for (const child of old.children) {
      if (!(child instanceof Inner) || child.pos + child.bits !== old.pos) Trie.adopt(made, child);
      else if (child.bits === 1) for (const grandchild of child.children) Trie.adopt(made, grandchild);
      else {
        const half = child.length / 2;
        for (const side of [0, 1]) {
          const part = new Inner(prefixOf((child.key + side * half * 2 ** child.pos) >>> 0, child.pos + child.bits - 1), child.pos, child.bits - 1);
          for (const grandchild of child.children.slice(side * half, (side + 1) * half)) Trie.adopt(part, grandchild);
          Trie.adopt(made, part);
        }
      }
    }
    return this.finish(old, made);
  }
  private halve(old: Inner): Inner {
    const made = new Inner(old.key, old.pos + 1, old.bits - 1);
    for (let i = 0; i < old.length; i += 2) {
      const [left, right] = [old.children[i] ?? null, old.children[i + 1] ?? null];
      if (left === null || right === null) {
        Trie.adopt(made, left ?? right);
        continue;
      }
      const pair = new Inner(prefixOf(left.key, old.pos + 1), old.pos, 1);
      Trie.adopt(pair, left);
      Trie.adopt(pair, right);
      Trie.adopt(made, pair);
    }
    return this.finish(old, made);
  }
  /** Children that were made anew are looked at too. */
  private finish(old: Inner, made: Inner): Inner {
    this.replace(old, made);
    for (const child of made.children) if (child instanceof Inner && !old.children.includes(child)) this.resize(child);
    return made;
  }
  private collapse(node: Inner): Inner | null {
    const [only] = node.children.filter((child) => child !== null);
    if (node.parent !== null) node.parent.children[node.parent.indexOf(node.key)] = only ?? null;
    else this.root = only ?? null;
    if (only instanceof Inner) only.parent = node.parent;
    return node.parent;
  }
}

function trieOf(tables: readonly FibTable[]): Trie {
  const byKey = new Map<number, Route[]>();
  for (const route of tables.flatMap((table) => [...table.prefixes.values()].flat())) {
    const key = route.prefix >>> 0;
    byKey.set(key, [...(byKey.get(key) ?? []), route]);
  }
  const trie = new Trie();
  for (const [key, routes] of byKey)
    trie.insert(
      new Leaf(
        key,
        routes.sort((a, b) => b.length - a.length || b.tos - a.tos || a.priority - b.priority),
      ),
    );
  return trie;
}
/** As long as nobody has made rules, the main and the local table are one (fib_unmerge). */
function tries(netns: Netns): readonly (readonly [title: string, trie: Trie])[] {
  const known = [...netns.tables.values()].sort((a, b) => (a.id & 255) - (b.id & 255) || a.id - b.id);
  const title = (id: number): string => (id === RouteTable.LOCAL ? 'Local:' : id === RouteTable.MAIN ? 'Main:' : `Id ${id}:`);
  const isShared = (id: number): boolean => id === RouteTable.LOCAL || id === RouteTable.MAIN;
  if (netns.hasCustomRules) return known.map((table) => [title(table.id), trieOf([table])]);
  const both = known.filter(({ id }) => isShared(id));
  const others = known.filter(({ id }) => !isShared(id)).map((table) => [title(table.id), trieOf([table])] as const);
  return [...others, ...(both.length > 0 ? [RouteTable.MAIN, RouteTable.LOCAL].map((id) => [title(id), trieOf(both)] as const) : [])];
}

const SCOPES: Readonly<Record<number, string>> = { 0: 'universe', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' };
const indent = (depth: number): string => '   '.repeat(depth);

function nodeText(node: Node | null, depth: number): Bytes {
  if (node === null) return '';
  if (node instanceof Inner) {
    const head = `${indent(depth)}  +-- ${formatIpv4(node.key | 0)}/${KEY_BITS - node.pos - node.bits} ${node.bits} ${node.full} ${node.empty}\n`;
    return head + node.children.map((child) => nodeText(child, depth + 1)).join('');
  }
  const rows = node.routes.map(
    ({ length, scope, type, tos }) =>
      `${indent(depth + 1)}  /${length} ${SCOPES[scope] ?? `scope=${scope}`} ${type.toUpperCase()}${tos === 0 ? '' : ` tos=${tos}`}\n`,
  );
  return `${indent(depth)}  |-- ${formatIpv4(node.key | 0)}\n${rows.join('')}`;
}
export const fibTrie = (netns: Netns): Bytes =>
  tries(netns)
    .map(([title, { root }]) => (root === null ? '' : `${title}\n${nodeText(root, 0)}`))
    .join('');

/** Bytes of the kernel's own structures. */
const LEAF_BYTES = 48;
const ALIAS_BYTES = 56;
const NODE_BYTES = 40;
const POINTER_BYTES = 8;

function statistics({ root }: Trie): Bytes {
  let [leaves, prefixes, depths, deepest, nulls] = [0, 0, 0, 0, 0];
  const sizes: number[] = [];
  const visit = (node: Node | null, depth: number): void => {
    if (node === null) nulls++;
    else if (node instanceof Leaf) {
      leaves++;
      prefixes += node.routes.length;
      depths += depth;
      deepest = Math.max(deepest, depth);
    } else {
      sizes[node.bits] = (sizes[node.bits] ?? 0) + 1;
      for (const child of node.children) visit(child, depth + 1);
    }
  };
  if (root !== null) visit(root, 0);
  const nodes = sizes.reduce((sum, count) => sum + count, 0);
  const pointers = sizes.reduce((sum, count, bits) => sum + count * 2 ** bits, 0);
  const average = leaves === 0 ? 0 : Math.floor((depths * 100) / leaves);
  const bytes = LEAF_BYTES * leaves + ALIAS_BYTES * prefixes + NODE_BYTES * nodes + POINTER_BYTES * pointers;
  const row = (name: string, value: string | number): string => `\t${name.padEnd(16)}${value}\n`;
  return (
    row('Aver depth:', `${Math.floor(average / 100)}.${String(average % 100).padStart(2, '0')}`) +
    row('Max depth:', deepest) +
    row('Leaves:', leaves) +
    row('Prefixes:', prefixes) +
    `\tInternal nodes: ${nodes}\n\t${sizes.flatMap((count, bits) => `  ${bits}: ${count}`).join('')}\n\tPointers: ${pointers}\n` +
    `Null ptrs: ${nulls}\nTotal size: ${Math.ceil(bytes / 1024)}  kB\n`
  );
}
export const fibTrieStatistics = (netns: Netns): Bytes =>
  `Basic info: size of leaf: ${LEAF_BYTES} bytes, size of tnode: ${NODE_BYTES} bytes.\n` +
  tries(netns)
    .map(([title, trie]) => `${title}\n${statistics(trie)}`)
    .join('');
