/** `ipset add`, `del` and `test`. Authority: net/netfilter/ipset (ip_set_hash_gen.h, ip_set_bitmap_gen.h, ip_set_list_set.c). */
import type { Bytes } from '../../base/index.ts';
import { SetElement, type IpSet, type Netns, type SetValue, type SkbInfo } from '../../kernel/index.ts';
import { formatValues, numberWithin, parseElements } from './element.ts';
import { fail, misused } from './errors.ts';
import { TYPES } from './types.ts';

const MAX_TIMEOUT = 2147483;
/** What may follow an element. */
interface Extras {
  timeoutS: number | null;
  packets: number;
  bytes: number;
  comment: Bytes;
  nomatch: boolean;
  skbinfo: SkbInfo | null;
  relative: { readonly where: 'before' | 'after'; readonly name: Bytes } | undefined;
}
const needs = (has: boolean, what: string): void => {
  if (!has) fail(`${what} cannot be used: set was created without ${what.toLowerCase()} support`);
};

function readExtras(set: IpSet, words: readonly Bytes[]): Extras {
  const { options, type } = set;
  const extras: Extras = { timeoutS: options.timeoutS, packets: 0, bytes: 0, comment: '', nomatch: false, skbinfo: null, relative: undefined };
  let info: SkbInfo = { mark: 0, mask: 0xffffffff, priority: 0, queue: 0 };
  const args = [...words];
  for (let word = args.shift(); word !== undefined; word = args.shift()) {
    const name = word;
    const value = (): Bytes => args.shift() ?? misused(`Missing mandatory argument of option \`${name}'`);
    const hex = (text: Bytes): number => parseInt(text, 16) >>> 0;
    switch (word) {
      case 'timeout':
        extras.timeoutS = numberWithin(value(), 0, MAX_TIMEOUT);
        needs(options.timeoutS !== null, 'Timeout');
        break;
      case 'packets':
      case 'bytes':
        extras[word === 'packets' ? 'packets' : 'bytes'] = numberWithin(value(), 0, Number.MAX_SAFE_INTEGER);
        if (!options.counters) fail('Packet/byte counters cannot be used: set was created without counters support');
        break;
      case 'comment':
        extras.comment = value();
        needs(options.comment, 'Comment');
        break;
      case 'skbmark': {
        const [mark = '', mask = 'ffffffff'] = value().split('/');
        info = { ...info, mark: hex(mark), mask: hex(mask) };
        break;
      }
      case 'skbprio': {
        const [major = '0', minor = '0'] = value().split(':');
        info = { ...info, priority: ((hex(major) << 16) | hex(minor)) >>> 0 };
        break;
      }
      case 'skbqueue':
        info = { ...info, queue: numberWithin(value(), 0, 65535) };
        break;
      case 'nomatch':
        if (!TYPES[type].hasNomatch) misused(`Unknown argument: \`${word}'`);
        extras.nomatch = true;
        break;
      case 'before':
      case 'after':
        if (type !== 'list:set') misused(`Unknown argument: \`${word}'`);
        extras.relative = { where: word === 'before' ? 'before' : 'after', name: value() };
        break;
      default:
        misused(`Unknown argument: \`${word}'`);
    }
    if (word.startsWith('skb')) {
      if (!options.skbinfo) fail('Skbinfo mapping cannot be used: set was created without skbinfo support');
      extras.skbinfo = info;
    }
  }
  return extras;
}

/** Bitmaps have a first and a last element. */
function checkRange({ options: { range } }: IpSet, [value]: readonly SetValue[]): void {
  if (!range || !value) return;
  const number = (of: SetValue): number => (of.kind === 'port' ? of.port : of.kind === 'net' ? Number(of.address) >>> 0 : 0);
  if (number(value) < number(range.min) || number(value) > number(range.max)) fail('Element is out of the range of the set');
}
const isListed = (set: IpSet, sets: ReadonlyMap<string, IpSet>, [value]: readonly SetValue[]): void => {
  if (set.type !== 'list:set' || value?.kind !== 'text') return;
  const inner = sets.get(value.text);
  if (!inner) fail('Set to be added/deleted/tested as element does not exist.');
  else if (inner.type === 'list:set') fail('Sets with list:set type cannot be added to the set.');
};

export function addElements(
  netns: Netns,
  sets: ReadonlyMap<string, IpSet>,
  set: IpSet,
  text: Bytes,
  words: readonly Bytes[],
  ignores: 'nothing' | 'existing',
): void {
  const extras = readExtras(set, words);
  for (const values of parseElements(set, text)) {
    isListed(set, sets, values);
    checkRange(set, values);
    const other = relativeOf(set, extras);
    if (set.get(values) !== undefined && ignores === 'nothing') fail("Element cannot be added to the set: it's already added");
    const element = new SetElement(values);
    element.packets = extras.packets;
    element.bytes = extras.bytes;
    element.comment = extras.comment;
    element.nomatch = extras.nomatch;
    element.skbinfo = extras.skbinfo;
    if (extras.timeoutS !== null && extras.timeoutS > 0) element.expiresUs = netns.simulation.nowUs + extras.timeoutS * 1e6;
    if (set.add(element) !== null) fail(set.type === 'list:set' ? 'The set is full, more elements cannot be added.' : 'Hash is full, cannot add more elements');
    if (other && extras.relative) set.insert(element, extras.relative.where, other);
  }
}
function relativeOf(set: IpSet, { relative }: Extras): SetElement | undefined {
  if (!relative) return undefined;
  return set.get([{ kind: 'text', text: relative.name }]) ?? fail("The set to which you referred with 'before' or 'after' is not added to the set.");
}

export function deleteElements(sets: ReadonlyMap<string, IpSet>, set: IpSet, text: Bytes, words: readonly Bytes[], ignores: 'nothing' | 'existing'): void {
  readExtras(set, words);
  for (const values of parseElements(set, text)) {
    isListed(set, sets, values);
    checkRange(set, values);
    if (!set.delete(values) && ignores === 'nothing') fail("Element cannot be deleted from the set: it's not added");
  }
}

/** What a test says, and its status. */
export function testElement(set: IpSet, text: Bytes, words: readonly Bytes[]): { readonly text: Bytes; readonly status: 0 | 1 } {
  const { nomatch, relative } = readExtras(set, words);
  const [values = []] = parseElements(set, text);
  checkRange(set, values);
  const isWhole = values.every((value) => value.kind !== 'net' || value.length === (typeof value.address === 'number' ? 32 : 128));
  const found = set.type.startsWith('hash:') && isWhole ? set.match(values) : set.get(values);
  // An address is shown as it was given, though the set's netmask has cut it; of a place among sets it always says `after`.
  const isGiven = set.type === 'list:set' || (set.options.netmask !== null && set.dimensions.length === 1);
  const shown = `${isGiven ? text : formatValues(set, values)}${relative ? ` after ${relative.name}` : ''}`;
  if (found !== undefined && relative && !isBeside(set, found, relative)) return { text: `${shown} is NOT in set ${set.name}.\n`, status: 1 };
  if (found !== undefined && found.nomatch === nomatch) return { text: `Warning: ${shown} is in set ${set.name}.\n`, status: 0 };
  return { text: `${shown} is NOT in set ${set.name}.\n`, status: 1 };
}
/** Whether it stands right before or after the set that was named. */
function isBeside(set: IpSet, element: SetElement, { where, name }: NonNullable<Extras['relative']>): boolean {
  const all = set.list();
  const neighbour = all[all.indexOf(element) + (where === 'before' ? 1 : -1)]?.values[0];
  return neighbour?.kind === 'text' && neighbour.text === name;
}
