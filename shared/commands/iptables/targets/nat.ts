/** `-j SNAT`, `DNAT`, `MASQUERADE`, `REDIRECT`, `NETMAP` (libxt_NAT, libipt_NETMAP). */
import { emptyNatRange, type Family, type NatRange, type NatTarget } from '../../../kernel/index.ts';
import { portOfService } from '../../names/services.ts';
import { applyMask, formatAddress, invertMask, maskLength, parseStrictAddress } from '../addresses.ts';
import { BOTH, defineTarget, type ParseContext, type TargetExtension } from '../extension.ts';
import { usage } from '../exit.ts';
import { scanWithin } from '../numbers.ts';
import type { OptionEntry } from '../option.ts';

const WITH_PORTS = [6, 17, 132, 33, 1];

/** `port[-port[/base]]`. */
function parsePorts(text: string, context: ParseContext, range: NatRange): void {
  if (!WITH_PORTS.includes(context.selector.protocol)) usage('Need TCP, UDP, SCTP or DCCP with port specification');
  const digits = scanWithin(text, 0, 65535);
  const low = digits?.value ?? portOfService(text) ?? usage(`Port \`${text}' not valid`);
  let rest = digits ? digits.rest : '';
  range.ports = { min: low, max: low };
  if (rest === '') return;
  if (rest.startsWith(':')) usage('Invalid port:port syntax - use dash');
  if (!rest.startsWith('-')) usage(`Garbage after port value: \`${rest}'`);
  rest = rest.slice(1);
  const high = scanWithin(rest, 0, 65535) ?? usage(`Port \`${rest}' not valid`);
  if (high.value < low) usage(`Port range \`${rest}' funky`);
  range.ports.max = high.value;
  if (high.rest === '') return;
  if (!high.rest.startsWith('/')) usage(`Garbage after port range: \`${high.rest}'`);
  rest = high.rest.slice(1);
  const base = scanWithin(rest, 1, 65535)?.value ?? portOfService(rest) ?? usage(`Port \`${rest}' not valid`);
  range.basePort = base;
}

/** `[address[-address]][:ports]`; an IPv6 address with ports stands in brackets. */
function parseTo(text: string, context: ParseContext, range: NatRange): void {
  const { family } = context;
  let addresses = text;
  let ports: string | undefined;
  const bracket = text.indexOf('[');
  if (bracket >= 0) {
    const close = text.indexOf(']', bracket);
    if (close < 0 || family === 'ip') usage('Invalid address format');
    addresses = text.slice(bracket + 1, close);
    const colon = text.indexOf(':', close + 1);
    if (colon >= 0) ports = text.slice(colon + 1);
  } else {
    const colon = text.indexOf(':');
    if (colon >= 0 && text.indexOf(':', colon + 1) < 0) {
      addresses = text.slice(0, colon);
      ports = text.slice(colon + 1);
    }
  }
  if (ports !== undefined) {
    parsePorts(ports, context, range);
    if (addresses === '') return;
  }
  const dash = addresses.indexOf('-');
  const address = (each: string) => parseStrictAddress(each, family) ?? usage(`Bad IP address "${each}"`);
  const min = address(dash < 0 ? addresses : addresses.slice(0, dash));
  range.addresses = { min, max: dash < 0 ? min : address(addresses.slice(dash + 1)) };
}

function rangeText(range: NatRange, family: Family): string {
  let text = '';
  if (range.addresses) {
    text = formatAddress(range.addresses.min);
    if (range.addresses.max !== range.addresses.min) text += `-${formatAddress(range.addresses.max)}`;
    if (family === 'ip6' && range.ports) text = `[${text}]`;
  }
  if (range.ports) {
    text += `:${range.ports.min}`;
    if (range.ports.max !== range.ports.min) text += `-${range.ports.max}`;
    if (range.basePort !== null) text += `/${range.basePort}`;
  }
  return text;
}
function flagsText(range: NatRange, prefix: string): string {
  return (range.random ? ` ${prefix}random` : '') + (range.randomFully ? ` ${prefix}random-fully` : '') + (range.persistent ? ` ${prefix}persistent` : '');
}

const FLAGS: Readonly<Record<'random' | 'random-fully' | 'persistent', OptionEntry>> = {
  random: { name: 'random', id: 'random', type: 'none' },
  'random-fully': { name: 'random-fully', id: 'randomFully', type: 'none' },
  persistent: { name: 'persistent', id: 'persistent', type: 'none' },
};

interface Shape {
  readonly name: 'SNAT' | 'DNAT' | 'MASQUERADE' | 'REDIRECT';
  readonly option: OptionEntry;
  readonly flags: readonly (keyof typeof FLAGS)[];
  readonly words: string;
  /** The kernel's revision of the target takes a shifted range. */
  readonly canShift?: true;
}
const natTarget = (shape: Shape): TargetExtension =>
  defineTarget<NatTarget>({
    name: shape.name,
    families: BOTH,
    options: [shape.option, ...shape.flags.map((flag) => FLAGS[flag])],
    init: () => ({ kind: shape.name, range: emptyNatRange() }),
    parse(info, call, context) {
      if (call.id === 'to') parseTo(call.argument, context, info.range);
      else if (call.id === 'ports') parsePorts(call.argument, context, info.range);
      else info.range[call.id as 'random' | 'randomFully' | 'persistent'] = true;
    },
    check(info) {
      if (info.range.basePort !== null && shape.name === 'REDIRECT') usage('Shifted portmap ranges not supported with this kernel');
      if (!shape.canShift) info.range.basePort = null;
    },
    save(info, context) {
      let text = rangeText(info.range, context.family);
      if (shape.option.id === 'ports') text = text.replace(/^:/, '');
      return (text === '' ? '' : ` --${shape.option.name} ${text}`) + flagsText(info.range, '--');
    },
    list(info, context) {
      let text = rangeText(info.range, context.family);
      if (shape.option.id === 'ports') text = text.replace(/^:/, '');
      return (text === '' ? '' : ` ${shape.words}${text}`) + flagsText(info.range, '');
    },
  });

export const snat = natTarget({
  name: 'SNAT',
  option: { name: 'to-source', id: 'to', type: 'string', mandatory: true },
  flags: ['random', 'random-fully', 'persistent'],
  words: 'to:',
});
export const dnat = natTarget({
  name: 'DNAT',
  option: { name: 'to-destination', id: 'to', type: 'string', mandatory: true },
  flags: ['random', 'persistent'],
  words: 'to:',
  canShift: true,
});
export const masquerade = natTarget({
  name: 'MASQUERADE',
  option: { name: 'to-ports', id: 'ports', type: 'string' },
  flags: ['random', 'random-fully'],
  words: 'masq ports: ',
});
export const redirect = natTarget({ name: 'REDIRECT', option: { name: 'to-ports', id: 'ports', type: 'string' }, flags: ['random'], words: 'redir ports ' });

function netmapText(range: NatRange): string {
  const { min, max } = range.addresses ?? { min: 0, max: 0 };
  const mask = invertMask(typeof min === 'number' ? min ^ (max as number) : xor6(min, max as string));
  return `${formatAddress(min)}/${maskLength(mask) ?? formatAddress(mask)}`;
}
const xor6 = (a: string, b: string): string => [...a].map((digit, i) => (parseInt(digit, 16) ^ parseInt(b[i]!, 16)).toString(16)).join('');
const or6 = (a: string, b: string): string => [...a].map((digit, i) => (parseInt(digit, 16) | parseInt(b[i]!, 16)).toString(16)).join('');

export const netmap = defineTarget<NatTarget>({
  name: 'NETMAP',
  families: BOTH,
  options: [{ name: 'to', id: 'to', type: 'host-mask', mandatory: true }],
  init: () => ({ kind: 'NETMAP', range: emptyNatRange() }),
  parse(info, call) {
    const { address, mask } = call.address;
    const min = applyMask(address, mask);
    const hole = invertMask(mask);
    info.range.addresses = { min, max: typeof min === 'number' ? min | (hole as number) : or6(min, hole as string) };
  },
  save: (info) => ` --to ${netmapText(info.range)}`,
  list: (info) => ` to:${netmapText(info.range)}`,
});
