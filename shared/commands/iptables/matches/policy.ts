/** `-m policy`: IPsec's transformations (libxt_policy). */
import type { Asked, MaskedAddress, PolicyElement, PolicyInfo } from '../../../kernel/index.ts';
import { protocolName } from '../../names/protocols.ts';
import { formatAddress, maskSuffix } from '../addresses.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { hex } from '../numbers.ts';
import { chainProtocolName } from '../option.ts';

const ELEMENT_LIMIT = 4;
const element = (): PolicyElement => ({ reqid: null, spi: null, protocol: null, mode: null, tunnelSource: null, tunnelDestination: null });
const isEmpty = (each: PolicyElement): boolean => Object.values(each).every((value) => value === null);

function elementText(each: PolicyElement, option: string, numeric: boolean): string {
  const one = <T>(name: string, asked: Asked<T> | null, text: (value: T) => string): string =>
    asked === null ? '' : `${asked.invert ? ' !' : ''} ${option}${name} ${text(asked.value)}`;
  const address = (value: MaskedAddress): string => formatAddress(value.address) + maskSuffix(value.mask);
  const protocol = (number: number): string => (numeric ? `${number}` : (chainProtocolName(number) ?? protocolName(number) ?? `${number}`));
  return (
    one('reqid', each.reqid, (value) => `${value}`) +
    one('spi', each.spi, (value) => `0x${hex(value)}`) +
    one('proto', each.protocol, protocol) +
    one('mode', each.mode, (value) => value) +
    one('tunnel-dst', each.tunnelDestination, address) +
    one('tunnel-src', each.tunnelSource, address)
  );
}

export const policy = defineMatch<PolicyInfo>({
  name: 'policy',
  families: BOTH,
  options: [
    { name: 'dir', id: 'dir', type: 'string' },
    { name: 'pol', id: 'pol', type: 'string' },
    { name: 'strict', id: 'strict', type: 'none' },
    { name: 'reqid', id: 'reqid', type: 'u32', multiple: true, invertible: true },
    { name: 'spi', id: 'spi', type: 'u32', multiple: true, invertible: true },
    { name: 'tunnel-src', id: 'tunnelSource', type: 'host-mask', multiple: true, invertible: true },
    { name: 'tunnel-dst', id: 'tunnelDestination', type: 'host-mask', multiple: true, invertible: true },
    { name: 'proto', id: 'protocol', type: 'protocol', multiple: true, invertible: true },
    { name: 'mode', id: 'mode', type: 'string', multiple: true, invertible: true },
    { name: 'next', id: 'next', type: 'none', multiple: true, needs: ['strict'] },
  ],
  init: () => ({ kind: 'policy', direction: null, policy: null, strict: false, elements: [element()] }),
  parse(info, call) {
    const { argument, invert } = call;
    const last = info.elements.at(-1)!;
    const fresh = (value: unknown, name: string): void => {
      if (value !== null) usage(`policy match: double --${name} option`);
    };
    switch (call.id) {
      case 'dir':
        if (argument !== 'in' && argument !== 'out') return usage(`policy_match: invalid dir "${argument}"`);
        info.direction = argument;
        return;
      case 'pol':
        if (argument !== 'ipsec' && argument !== 'none') return usage(`policy match: invalid policy "${argument}"`);
        info.policy = argument;
        return;
      case 'strict':
        info.strict = true;
        return;
      case 'reqid':
      case 'spi':
      case 'protocol':
        fresh(last[call.id], call.name);
        last[call.id] = { value: call.number, invert };
        return;
      case 'tunnelSource':
      case 'tunnelDestination':
        fresh(last[call.id], call.name);
        last[call.id] = { value: call.address, invert };
        return;
      case 'mode':
        fresh(last.mode, 'mode');
        if (argument !== 'transport' && argument !== 'tunnel') return usage(`policy match: invalid mode "${argument}"`);
        last.mode = { value: argument, invert };
        return;
      case 'next':
        if (info.elements.length === ELEMENT_LIMIT) usage('policy match: maximum policy depth reached');
        info.elements.push(element());
    }
  },
  check(info, seen) {
    if (seen.has('next') && !info.strict) usage('policy: option "--next" also requires "--strict".\n');
    if (info.direction === null) usage('policy match: neither --dir in nor --dir out specified');
    const isEmptyPolicy = info.elements.length === 1 && isEmpty(info.elements[0]!);
    if (info.policy === 'none') {
      if (info.strict) usage('policy match: policy none but --strict given');
      if (!isEmptyPolicy) usage('policy match: policy none but policy given');
    }
    info.elements.forEach((each, i) => {
      if (info.strict && isEmpty(each)) {
        usage(
          `policy match: empty policy element ${i}. --strict is in effect, but at least one of reqid, spi, tunnel-src, tunnel-dst, proto or mode is required.`,
        );
      }
      if ((each.tunnelSource !== null || each.tunnelDestination !== null) && each.mode?.value !== 'tunnel') {
        usage('policy match: --tunnel-src/--tunnel-dst is only valid in tunnel mode');
      }
    });
  },
  save(info) {
    const parts = info.elements.map((each) => elementText(each, '--', false));
    return `${info.direction === null ? '' : ` --dir ${info.direction}`} --pol ${info.policy ?? 'ipsec'}${info.strict ? ' --strict' : ''}${parts.join(' --next')}`;
  },
  list(info, context) {
    const parts = info.elements.map((each, i) => (info.strict ? ` [${i}]` : '') + elementText(each, '', context.numeric));
    return ` policy match dir ${info.direction} pol ${info.policy ?? 'ipsec'}${info.strict ? ' strict' : ''}${parts.join('')}`;
  },
});
