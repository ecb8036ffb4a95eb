/** `-m recent`: lists of addresses that were seen (libxt_recent). */
import type { RecentInfo } from '../../../kernel/index.ts';
import { formatAddress, fullMask } from '../addresses.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';

const OPERATIONS = ['set', 'rcheck', 'update', 'remove'] as const;
const WORDS = { set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' } as const;

export const recent = defineMatch<RecentInfo>({
  name: 'recent',
  families: BOTH,
  options: [
    ...OPERATIONS.map((name) => ({ name, id: name, type: 'none', invertible: true, excludes: OPERATIONS }) as const),
    { name: 'seconds', id: 'seconds', type: 'u32', min: 1 },
    { name: 'reap', id: 'reap', type: 'none', needs: ['seconds'] },
    { name: 'hitcount', id: 'hitcount', type: 'u32' },
    { name: 'rttl', id: 'rttl', type: 'none', excludes: ['set', 'remove'] },
    { name: 'name', id: 'name', type: 'string' },
    { name: 'rsource', id: 'rsource', type: 'none' },
    { name: 'rdest', id: 'rdest', type: 'none' },
    { name: 'mask', id: 'mask', type: 'host' },
  ],
  init: (family) => ({
    kind: 'recent',
    operation: 'set',
    seconds: 0,
    reap: false,
    hitCount: 0,
    matchTtl: false,
    name: 'DEFAULT',
    side: 'source',
    mask: fullMask(family),
    invert: false,
  }),
  parse(info, call) {
    switch (call.id) {
      case 'set':
      case 'rcheck':
      case 'update':
      case 'remove':
        info.operation = call.id;
        if (call.invert) info.invert = true;
        return;
      case 'seconds':
        info.seconds = call.number;
        return;
      case 'reap':
        info.reap = true;
        return;
      case 'hitcount':
        info.hitCount = call.number;
        return;
      case 'rttl':
        info.matchTtl = true;
        return;
      case 'name':
        info.name = call.argument.slice(0, 199);
        return;
      case 'rsource':
        info.side = 'source';
        return;
      case 'rdest':
        info.side = 'destination';
        return;
      case 'mask':
        info.mask = call.address.address;
    }
  },
  check(_info, seen) {
    if (!OPERATIONS.some((name) => seen.has(name))) usage("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'");
  },
  save(info) {
    let text = `${info.invert ? ' !' : ''} --${info.operation}`;
    if (info.seconds) text += ` --seconds ${info.seconds}`;
    if (info.reap) text += ' --reap';
    if (info.hitCount) text += ` --hitcount ${info.hitCount}`;
    if (info.matchTtl) text += ' --rttl';
    return `${text} --name ${info.name} --mask ${formatAddress(info.mask)} --r${info.side === 'source' ? 'source' : 'dest'}`;
  },
  list(info) {
    let text = `${info.invert ? ' !' : ''} recent: ${WORDS[info.operation]}`;
    if (info.seconds) text += ` seconds: ${info.seconds}`;
    if (info.reap) text += ' reap';
    if (info.hitCount) text += ` hit_count: ${info.hitCount}`;
    if (info.matchTtl) text += ' TTL-Match';
    return `${text} name: ${info.name} side: ${info.side === 'source' ? 'source' : 'dest'} mask: ${formatAddress(info.mask)}`;
  },
});
