/** `ipset create`: a set of a type with its options. Authority: lib/ipset_*.c of ipset 7.17, net/netfilter/ipset/ip_set_hash_gen.h. */
import type { Bytes } from '../../base/index.ts';
import { IpSet, network, SET_TYPES, type Netns, type SetOptions, type SetType, type SetValue } from '../../kernel/index.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import { numberWithin } from './element.ts';
import { fail, misused } from './errors.ts';
import { bitmapSize, TYPES, type CreateOption } from './types.ts';

/** Short and old names of types. */
const ALIASES: Readonly<Record<string, SetType>> = {
  ...{
    iphash: 'hash:ip',
    nethash: 'hash:net',
    ipporthash: 'hash:ip,port',
    ipportiphash: 'hash:ip,port,ip',
    ipportnethash: 'hash:ip,port,net',
    netporthash: 'hash:net,port',
  },
  ...{ netifacehash: 'hash:net,iface', ipmap: 'bitmap:ip', macipmap: 'bitmap:ip,mac', portmap: 'bitmap:port', setlist: 'list:set' },
};
const MAX_TIMEOUT = 2147483;
const MAX_U32 = 4294967295;
const MAX_BITMAP = 65536;

interface Draft {
  family: 'ip' | 'ip6';
  hashSize: number;
  maxElements: number;
  netmask: number | null;
  timeoutS: number | null;
  counters: boolean;
  comment: boolean;
  skbinfo: boolean;
  bucketSize: number;
  initval: number | undefined;
  range: SetOptions['range'];
  forceAdd: boolean;
}

/** Options that take a word, and what they do with it; those without are only named. */
const SETTERS: Readonly<Record<CreateOption, (draft: Draft, word: Bytes, type: SetType) => void>> = {
  family: (draft, word) => {
    if (word !== 'inet' && word !== 'inet6' && word !== 'unspec') fail(`Syntax error: unknown inet family ${word}`);
    draft.family = word === 'inet6' ? 'ip6' : 'ip';
  },
  hashsize: (draft, word) => {
    const wanted = numberWithin(word, 0, MAX_U32);
    let size = 64;
    while (size < wanted) size *= 2;
    draft.hashSize = size;
  },
  maxelem: (draft, word) => void (draft.maxElements = numberWithin(word, 0, MAX_U32)),
  size: (draft, word) => void (draft.maxElements = Math.max(4, numberWithin(word, 0, MAX_U32))),
  netmask: (draft, word) => {
    const most = draft.family === 'ip' ? 32 : 128;
    try {
      draft.netmask = numberWithin(word, 1, most);
    } catch (error) {
      fail(`${(error as Error).message}\nSyntax error: netmask is out of the inclusive range of 1-${most}`);
    }
  },
  timeout: (draft, word) => void (draft.timeoutS = numberWithin(word, 0, MAX_TIMEOUT)),
  bucketsize: (draft, word) => void (draft.bucketSize = numberWithin(word, 0, 255)),
  initval: (draft, word) => void (draft.initval = numberWithin(word, 0, MAX_U32)),
  range: (draft, word, type) => void (draft.range = type === 'bitmap:port' ? portRange(word) : addressRange(word)),
  counters: (draft) => void (draft.counters = true),
  comment: (draft) => void (draft.comment = true),
  skbinfo: (draft) => void (draft.skbinfo = true),
  forceadd: (draft) => void (draft.forceAdd = true),
};
const FLAGS: readonly CreateOption[] = ['counters', 'comment', 'skbinfo', 'forceadd'];

const bound = (address: Ipv4): SetValue => ({ kind: 'net', address, length: 32 });
function addressRange(word: Bytes): SetOptions['range'] {
  const address = (text: Bytes): Ipv4 => parseIpv4(text) ?? fail(`Syntax error: cannot parse ${text}: resolving to IPv4 address failed`);
  const [from = '', to] = word.split('-');
  const [first = '', length] = from.split('/');
  if (length !== undefined) {
    const start = network(address(first), numberWithin(length, 0, 32)) as Ipv4;
    return { min: bound(start), max: bound(start | (Number(length) === 0 ? -1 : ~(-1 << (32 - Number(length))))) };
  }
  if (to === undefined) return misused("Mandatory option `to' is missing");
  const [a, b] = [address(from), address(to)];
  return a >>> 0 <= b >>> 0 ? { min: bound(a), max: bound(b) } : { min: bound(b), max: bound(a) };
}
function portRange(word: Bytes): SetOptions['range'] {
  const [from = '', to] = word.slice(word.indexOf(':') + 1).split('-');
  if (to === undefined) return misused("Mandatory option `to' is missing");
  const port = (value: number): SetValue => ({ kind: 'port', protocol: 0, port: value });
  const [a, b] = [numberWithin(from, 0, 65535), numberWithin(to, 0, 65535)];
  return { min: port(Math.min(a, b)), max: port(Math.max(a, b)) };
}

export const typeNamed = (name: Bytes): SetType => {
  const type = ALIASES[name] ?? SET_TYPES.find((each) => each === name);
  return type ?? fail(`Syntax error: typename '${name}' is unknown`);
};

export function createSet(netns: Netns, name: Bytes, typeName: Bytes, words: readonly Bytes[]): IpSet {
  const type = typeNamed(typeName);
  const { options } = TYPES[type];
  const draft: Draft = {
    ...{ family: 'ip', hashSize: 1024, maxElements: 65536, netmask: null, timeoutS: null, counters: false, comment: false },
    ...{ skbinfo: false, bucketSize: 12, initval: undefined, range: null, forceAdd: false },
  };
  if (type === 'list:set') draft.maxElements = 8;
  const args = [...words];
  for (let word = args.shift(); word !== undefined; word = args.shift()) {
    const hasFamily = options.includes('family');
    if (hasFamily && (word === '-4' || word === '-6')) draft.family = word === '-6' ? 'ip6' : 'ip';
    const option = options.find((each) => each === word);
    if (!option && (!hasFamily || (word !== '-4' && word !== '-6'))) misused(`Unknown argument: \`${word}'`);
    if (!option) continue;
    const value = FLAGS.includes(option) ? '' : (args.shift() ?? misused(`Missing mandatory argument of option \`${word}'`));
    SETTERS[option](draft, value, type);
  }
  if (options.includes('range') && draft.range === null) misused("Mandatory option `range' is missing");
  const initval = draft.initval ?? netns.rng.uint32();
  const set = new IpSet(name, type, { ...draft, initval }, netns.simulation);
  if (type.startsWith('bitmap:') && bitmapSize(set.options) > MAX_BITMAP) fail('The range you specified exceeds the size limit of the set type');
  return set;
}

/** `family inet hashsize 1024 …`: what a set was made with, in the program's order. */
export function headerText({ type, options }: IpSet): Bytes {
  const words: string[] = [];
  const { range, netmask, timeoutS } = options;
  if (type.startsWith('hash:')) words.push(`family ${options.family === 'ip' ? 'inet' : 'inet6'} hashsize ${options.hashSize} maxelem ${options.maxElements}`);
  if (range) words.push(`range ${boundText(range.min)}-${boundText(range.max)}`);
  if (type === 'list:set') words.push(`size ${options.maxElements}`);
  if (netmask !== null) words.push(`netmask ${netmask}`);
  if (timeoutS !== null) words.push(`timeout ${timeoutS}`);
  for (const name of ['counters', 'comment', 'skbinfo'] as const) if (options[name]) words.push(name);
  if (type.startsWith('hash:')) words.push(`bucketsize ${options.bucketSize} initval 0x${options.initval.toString(16).padStart(8, '0')}`);
  return words.join(' ');
}
const boundText = (value: SetValue): string => (value.kind === 'port' ? String(value.port) : value.kind === 'net' ? formatIpv4(value.address as Ipv4) : '');
