/** `-m set`: whether an ipset has an address (libxt_set). */
import type { CounterCondition, SetInfo, SetReference } from '../../../kernel/index.ts';
import { BOTH, defineMatch, type ParseContext } from '../extension.ts';
import { usage } from '../exit.ts';
import { parseWithin } from '../numbers.ts';

const NAME_LIMIT = 32;
const DIMENSIONS = 6;

/** Two words: a set's name and `src,dst,…`. */
export function parseReference(option: string, name: string, context: ParseContext): SetReference {
  const directions = context.takeOperand() ?? usage(`--${option} requires two args.`);
  if (name.length > NAME_LIMIT - 1) usage(`setname \`${name}' too long, max ${NAME_LIMIT - 1} characters.`);
  const set = context.lookupSet(name);
  if (!set) return usage(`Set ${name} doesn't exist.\n`);
  if (set.family !== 'any' && set.family !== context.family) {
    usage(`The protocol family of set ${name} is ${set.family === 'ip' ? 'IPv4' : 'IPv6'}, which is not applicable.\n`);
  }
  const words = directions.split(',');
  if (words.length > DIMENSIONS) usage(`Can't be more src/dst options than ${DIMENSIONS}.`);
  return {
    name,
    directions: words.map((word) => {
      if (word.startsWith('src')) return 'src';
      if (word.startsWith('dst')) return 'dst';
      return usage("You must spefify (the comma separated list of) 'src' or 'dst'.");
    }),
  };
}
export const referenceText = (set: SetReference): string => `${set.name} ${set.directions.join(',')}`;

function dump(info: SetInfo, option: string, prefix: string): string {
  const counter = (condition: CounterCondition | undefined, name: string): string =>
    !condition ? '' : condition.compare === 'ne' ? ` ! ${prefix}${name}-eq ${condition.value}` : ` ${prefix}${name}-${condition.compare} ${condition.value}`;
  let text = `${info.invert ? ' !' : ''} ${option} ${referenceText(info.set)}`;
  if (info.returnNomatch) text += ` ${prefix}return-nomatch`;
  if (info.skipCounterUpdate) text += ` ! ${prefix}update-counters`;
  if (info.skipSubcounterUpdate) text += ` ! ${prefix}update-subcounters`;
  return text + counter(info.packets, 'packets') + counter(info.bytes, 'bytes');
}

export const set = defineMatch<SetInfo>({
  name: 'set',
  families: BOTH,
  byHand: true,
  options: [
    { name: 'match-set', id: 'match-set', type: 'string' },
    { name: 'set', id: 'set', type: 'string' },
    { name: 'return-nomatch', id: 'return-nomatch', type: 'none' },
    { name: 'update-counters', id: 'update-counters', type: 'none' },
    { name: 'packets-eq', id: 'packets', type: 'string' },
    { name: 'packets-lt', id: 'packets', type: 'string' },
    { name: 'packets-gt', id: 'packets', type: 'string' },
    { name: 'bytes-eq', id: 'bytes', type: 'string' },
    { name: 'bytes-lt', id: 'bytes', type: 'string' },
    { name: 'bytes-gt', id: 'bytes', type: 'string' },
    { name: 'update-subcounters', id: 'update-subcounters', type: 'none' },
  ],
  init: () => ({ kind: 'set', set: { name: '', directions: [] }, invert: false, returnNomatch: false, skipCounterUpdate: false, skipSubcounterUpdate: false }),
  parse(info, call, context, seen) {
    switch (call.id) {
      case 'set':
      case 'match-set':
        if (call.id === 'set') context.warn('--set option deprecated, please use --match-set\n');
        if (seen.has('match-set')) usage('--match-set can be specified only once');
        info.invert = call.invert;
        info.set = parseReference('match-set', call.argument, context);
        seen.add('match-set');
        return;
      case 'return-nomatch':
        if (call.invert) usage('--return-nomatch flag cannot be inverted');
        info.returnNomatch = true;
        return;
      case 'update-counters':
        if (call.invert) info.skipCounterUpdate = true;
        return;
      case 'update-subcounters':
        if (call.invert) info.skipSubcounterUpdate = true;
        return;
    }
    const what = call.id as 'packets' | 'bytes';
    if (info[what]) usage(`only one of the --${what}-[eq|lt|gt] is allowed`);
    const compare = call.name.slice(-2) as 'eq' | 'lt' | 'gt';
    if (call.invert && compare !== 'eq') usage(`--${call.name} option cannot be inverted`);
    const value = parseWithin(call.argument, 0, Number.MAX_SAFE_INTEGER) ?? usage(`Cannot parse ${call.argument} as a counter value`);
    info[what] = { compare: call.invert ? 'ne' : compare, value };
  },
  check(_info, seen) {
    if (!seen.has('match-set')) usage("You must specify `--match-set' with proper arguments");
  },
  save: (info) => dump(info, '--match-set', '--'),
  list: (info) => dump(info, 'match-set', ''),
});
