/** `-m addrtype`: what the routing tables say of an address (libxt_addrtype). */
import { ADDRESS_TYPES, type AddressType, type AddrtypeInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';

function parseTypes(text: string): AddressType[] {
  const found = new Set<AddressType>();
  for (let rest = text; ;) {
    const comma = rest.indexOf(',');
    const word = comma < 0 ? rest : rest.slice(0, comma);
    const type = word === '' ? undefined : ADDRESS_TYPES.find((each) => each.startsWith(word.toUpperCase()));
    if (type === undefined) return usage(comma < 0 ? `addrtype: bad type "${rest}"` : `addrtype: bad type \`${rest}'`);
    found.add(type);
    if (comma < 0) break;
    rest = rest.slice(comma + 1);
  }
  return ADDRESS_TYPES.filter((type) => found.has(type));
}

export const addrtype = defineMatch<AddrtypeInfo>({
  name: 'addrtype',
  families: BOTH,
  options: [
    { name: 'src-type', id: 'source', type: 'string', invertible: true },
    { name: 'dst-type', id: 'destination', type: 'string', invertible: true },
    { name: 'limit-iface-in', id: 'limitIn', type: 'none', excludes: ['limitOut'] },
    { name: 'limit-iface-out', id: 'limitOut', type: 'none', excludes: ['limitIn'] },
  ],
  init: () => ({ kind: 'addrtype', source: [], invertSource: false, destination: [], invertDestination: false, limitInterface: null }),
  parse(info, call) {
    switch (call.id) {
      case 'source':
        info.source = parseTypes(call.argument);
        info.invertSource = call.invert;
        return;
      case 'destination':
        info.destination = parseTypes(call.argument);
        info.invertDestination = call.invert;
        return;
      case 'limitIn':
        info.limitInterface = 'in';
        return;
      case 'limitOut':
        info.limitInterface = 'out';
    }
  },
  check(_info, seen) {
    if (!seen.has('source') && !seen.has('destination')) usage('addrtype: you must specify --src-type or --dst-type');
  },
  save(info) {
    let text = '';
    if (info.source.length > 0) text += `${info.invertSource ? ' !' : ''} --src-type ${info.source.join(',')}`;
    if (info.destination.length > 0) text += `${info.invertDestination ? ' !' : ''} --dst-type ${info.destination.join(',')}`;
    return info.limitInterface === null ? text : `${text} --limit-iface-${info.limitInterface}`;
  },
  list(info) {
    let text = ' ADDRTYPE match';
    if (info.source.length > 0) text += ` src-type ${info.invertSource ? '!' : ''}${info.source.join(',')}`;
    if (info.destination.length > 0) text += ` dst-type ${info.invertDestination ? '!' : ''}${info.destination.join(',')}`;
    return info.limitInterface === null ? text : `${text} limit-${info.limitInterface}`;
  },
});
