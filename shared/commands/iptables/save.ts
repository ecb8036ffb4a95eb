/** Rules as iptables-save and `iptables -S` print them: the inverse of parsing. */
import { type Family, type InterfacePattern, isExtensionTarget, type MaskedAddress, type RuleSpec, type Selector } from '../../kernel/index.ts';
import { protocolName } from '../names/protocols.ts';
import { formatAddress, isAny, savedMask } from './addresses.ts';
import type { ListContext } from './extension.ts';
import { chainProtocolName } from './option.ts';
import type { ParsedRule } from './command.ts';

export const saveContext = (family: Family, protocol: number): ListContext => ({ family, numeric: true, protocol });

/** One rule of the product of sources and destinations. */
export function ruleSpec(family: Family, rule: ParsedRule, source: MaskedAddress, destination: MaskedAddress): RuleSpec {
  const whole = (pattern: InterfacePattern): InterfacePattern => (pattern === '+' ? '' : pattern);
  const selector: Selector = {
    ...rule.selector,
    source,
    destination,
    inInterface: whole(rule.selector.inInterface),
    outInterface: whole(rule.selector.outInterface),
  };
  const context = saveContext(family, selector.protocol);
  let conditions = selectorText(selector, family);
  for (const { extension, info } of rule.matches) conditions += ` -m ${extension.alias?.(info) ?? extension.name}${extension.save(info, context)}`;
  const { target, extension } = rule;
  let action = '';
  if (target !== null && extension !== null && isExtensionTarget(target))
    action = `-j ${extension.alias?.(target) ?? extension.name}${extension.save(target, context)}`;
  return { selector, matches: rule.matches.map((used) => used.info), target, conditions: conditions.slice(1), action };
}

function selectorText(selector: Selector, family: Family): string {
  const not = (invert: boolean): string => (invert ? ' !' : '');
  const address = (letter: string, value: MaskedAddress, invert: boolean): string => {
    const isAnything = isAny(value.mask) && (family === 'ip6' || isAny(value.address));
    return isAnything && !invert ? '' : `${not(invert)} -${letter} ${formatAddress(value.address)}${savedMask(value.mask)}`;
  };
  const device = (letter: string, pattern: InterfacePattern, invert: boolean): string => (pattern === '' ? '' : `${not(invert)} -${letter} ${pattern}`);
  let text = address('s', selector.source, selector.invertSource) + address('d', selector.destination, selector.invertDestination);
  text += device('i', selector.inInterface, selector.invertInInterface) + device('o', selector.outInterface, selector.invertOutInterface);
  if (selector.protocol > 0)
    text += `${not(selector.invertProtocol)} -p ${chainProtocolName(selector.protocol) ?? protocolName(selector.protocol) ?? selector.protocol}`;
  if (selector.fragment) text += `${not(selector.fragment.invert)} -f`;
  return text;
}
