/** Types of IP sets: what each takes to be made, its revision, how much memory it uses. Authority: net/netfilter/ipset/*.c, lib/ipset_*.c of ipset 7.17. */
import type { IpSet, SetElement, SetOptions, SetType } from '../../kernel/index.ts';

export type CreateOption =
  'family' | 'hashsize' | 'maxelem' | 'netmask' | 'timeout' | 'counters' | 'comment' | 'forceadd' | 'skbinfo' | 'bucketsize' | 'initval' | 'range' | 'size';
export interface TypeInfo {
  readonly revision: number;
  readonly options: readonly CreateOption[];
  /** Bytes: of an empty set and of an element, IPv4's and IPv6's. */
  readonly empty: readonly [number, number];
  readonly element: readonly [number, number];
  readonly hasNomatch: boolean;
}

const SHARED = ['timeout', 'counters', 'comment', 'skbinfo'] as const;
const HASH = ['family', 'hashsize', 'maxelem', 'forceadd', 'bucketsize', 'initval', ...SHARED] as const;
type Sizes = readonly [number, number];
const hash = (revision: number, empty: Sizes, element: Sizes, more: readonly CreateOption[] = []): TypeInfo => ({
  ...{ revision, options: [...HASH, ...more], empty, element, hasNomatch: false },
});
const net = (revision: number, empty: Sizes, element: Sizes): TypeInfo => ({ ...hash(revision, empty, element), hasNomatch: true });
const bitmap = (empty: number, element: number, more: readonly CreateOption[] = []): TypeInfo => ({
  ...{ revision: 3, options: ['range', ...SHARED, ...more], empty: [empty, empty], element: [element, element], hasNomatch: false },
});
export const TYPES: Readonly<Record<SetType, TypeInfo>> = {
  'hash:ip': hash(6, [216, 224], [4, 16], ['netmask']),
  'hash:ip,port': hash(7, [216, 232], [8, 20], ['netmask']),
  'hash:ip,port,ip': hash(6, [208, 232], [12, 36]),
  'hash:ip,port,net': net(8, [464, 1256], [12, 36]),
  'hash:net': net(7, [456, 1240], [8, 20]),
  'hash:net,port': net(8, [456, 1240], [8, 20]),
  'hash:net,iface': net(8, [488, 1264], [28, 40]),
  'hash:net,net': net(4, [712, 2264], [12, 36]),
  'hash:net,port,net': net(3, [712, 2264], [16, 40]),
  'hash:mac': hash(1, [208, 208], [8, 8]),
  'hash:ip,mac': hash(1, [208, 224], [12, 24]),
  'hash:ip,mark': hash(3, [208, 224], [8, 20]),
  'bitmap:ip': bitmap(88, 0, ['netmask']),
  'bitmap:ip,mac': bitmap(80, 8),
  'bitmap:port': bitmap(72, 0),
  'list:set': { revision: 3, options: ['size', ...SHARED], empty: [80, 80], element: [48, 48], hasNomatch: false },
};

const align = (size: number, to: number): number => Math.ceil(size / to) * to;
/** ip_set_elem_len: what an element and its extensions take. */
function elementBytes(type: SetType, options: SetOptions): number {
  const info = TYPES[type];
  let size = info.element[options.family === 'ip' ? 0 : 1];
  let widest = type === 'list:set' ? 8 : 4;
  const extend = (wanted: boolean, bytes: number, alignment: number): void => {
    if (!wanted) return;
    size = align(size, alignment) + bytes;
    widest = Math.max(widest, alignment);
  };
  extend(options.counters, 16, 8);
  extend(options.timeoutS !== null, 8, 8);
  extend(options.comment, 8, 8);
  extend(options.skbinfo, 16, 4);
  return size === 0 ? 0 : align(size, widest);
}
const BUCKET_BYTES = 32;
const FIRST_ELEMENTS = 2;
const COMMENT_BYTES = 17;
/** "Size in memory", as long as every element has a bucket of its own. */
export function memoryOf(set: IpSet): number {
  const { type, options } = set;
  const elements = set.list();
  const empty = TYPES[type].empty[options.family === 'ip' ? 0 : 1];
  const comments = elements.reduce((sum, { comment }) => sum + (comment === '' ? 0 : comment.length + COMMENT_BYTES), 0);
  const bytes = elementBytes(type, options);
  if (type === 'list:set') return empty + comments + elements.length * bytes;
  if (!type.startsWith('bitmap:')) return empty + comments + elements.length * (BUCKET_BYTES + FIRST_ELEMENTS * bytes);
  const count = bitmapSize(options);
  return empty + comments + align(Math.ceil(count / 8), 8) + count * bytes;
}
/** How many elements a bitmap has room for. */
export function bitmapSize({ range, netmask }: SetOptions): number {
  if (range === null) return 0;
  const number = (value: SetElement['values'][number]): number => (value.kind === 'port' ? value.port : value.kind === 'net' ? Number(value.address) >>> 0 : 0);
  return Math.floor((number(range.max) - number(range.min)) / 2 ** (32 - (netmask ?? 32))) + 1;
}
