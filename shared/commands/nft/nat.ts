/** Statements that translate: snat, dnat, masquerade, redirect, and where to. */
import { emptyNatRange, type Address, type NftFamily, type NftStatement } from '../../kernel/index.ts';
import { parseIpv4, parseIpv6 } from '../../wire/index.ts';
import { formatAddress } from '../iptables/index.ts';
import { portOfService } from '../names/services.ts';
import { mistakeAt, NftMistake, type Cursor, type Token } from './lexer.ts';

const same = (text: string): { text: string; numeric: string } => ({ text, numeric: text });
interface NatPlace {
  readonly addresses: { min: Address; max: Address } | null;
  readonly ports: { min: number; max: number } | null;
  readonly text: string;
}
function parseNatPlace(token: Token): NatPlace {
  const { text } = token;
  const bracket = /^\[([^\]]+)\](?::(.+))?$/.exec(text);
  const isV6 = bracket !== null || text.split(':').length > 2;
  const colon = isV6 ? -1 : text.lastIndexOf(':');
  const host = bracket ? bracket[1]! : colon < 0 ? text : text.slice(0, colon);
  const port = bracket ? bracket[2] : colon < 0 ? undefined : text.slice(colon + 1);
  const address = (one: string): Address => (isV6 ? parseIpv6(one) : parseIpv4(one)) ?? fail(token, 'Could not resolve hostname: Name or service not known');
  const number = (one: string): number =>
    /^\d+$/.test(one) ? Number(one) : (portOfService(one) ?? fail(token, 'Could not resolve service: Servname not found in nss_services file'));
  const [low = '', high = low] = host.split('-');
  const [first = '', last = first] = (port ?? '').split('-');
  const addresses = host === '' ? null : { min: address(low), max: address(high) };
  const ports = port === undefined ? null : { min: number(first), max: number(last) };
  const shownHost =
    addresses === null
      ? ''
      : addresses.min === addresses.max
        ? formatAddress(addresses.min)
        : `${formatAddress(addresses.min)}-${formatAddress(addresses.max)}`;
  const shownPort = ports === null ? '' : `:${ports.min === ports.max ? ports.min : `${ports.min}-${ports.max}`}`;
  return { addresses, ports, text: `${isV6 && ports !== null ? `[${shownHost}]` : shownHost}${shownPort}` };
}
function fail(token: Token, message: string): never {
  throw mistakeAt(message, token);
}
const NAT_KINDS = { snat: 'SNAT', dnat: 'DNAT', masquerade: 'MASQUERADE', redirect: 'REDIRECT' } as const;
export function parseNat(cursor: Cursor, ofTable: NftFamily, start: Token, before: readonly NftStatement[]): NftStatement {
  const range = emptyNatRange();
  let text = start.text;
  let family = '';
  if (cursor.is('ip', 'ip6')) family = cursor.next().text;
  if (cursor.take('to') || start.text === 'snat' || start.text === 'dnat') {
    const token = cursor.next();
    if (token.text === ':' || token.text.startsWith('@') || HEADS.includes(token.text))
      throw mistakeAt(`not modelled: ${start.text} to what is no address`, token);
    const place = parseNatPlace(token);
    if (place.ports !== null && !before.some((each) => /^(tcp|udp|th|meta l4proto|ip protocol|dccp|sctp)\b/.test(each.text))) {
      const at = { at: start.at, width: start.text.length };
      const skipped = token.text.startsWith(':') ? 1 : 0;
      throw new NftMistake('transport protocol mapping is only valid after transport protocol match', token.at + skipped, token.text.length - skipped, at);
    }
    const shownFamily =
      ofTable === 'inet' && place.addresses !== null ? ` ${family === '' ? (typeof place.addresses.min === 'number' ? 'ip' : 'ip6') : family}` : '';
    text += `${shownFamily} to ${place.text}`;
    Object.assign(range, { addresses: place.addresses, ports: place.ports });
  }
  const flags: string[] = [];
  while (cursor.is('random', 'fully-random', 'persistent')) {
    flags.push(cursor.next().text);
    cursor.take(',');
  }
  if (flags.includes('random')) range.random = true;
  if (flags.includes('fully-random')) range.randomFully = true;
  if (flags.includes('persistent')) range.persistent = true;
  const shown = ['random', 'fully-random', 'persistent'].filter((flag) => flags.includes(flag));
  return { kind: 'action', target: { kind: NAT_KINDS[start.text as 'snat'], range }, ...same(shown.length === 0 ? text : `${text} ${shown.join(',')}`) };
}
const HEADS = ['ip', 'ip6', 'tcp', 'udp', 'numgen', 'jhash', 'symhash', 'meta', 'ct'];
