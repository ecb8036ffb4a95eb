/**
 * One address of `ip addr`: `inet 10.9.0.1 peer 10.9.0.2/32 brd 10.9.0.255 scope global secondary va`. The label of an IPv4 address is its last
 * word; every other word without a value is a flag.
 */
import type { AddressFact } from '../snapshot/index.ts';
import { parseIpv4, parseIpv6 } from '../wire/index.ts';
import type { AddressDraft } from './facts.ts';
import type { Input, Line } from './input.ts';

const FLAGS = new Set(
  'secondary temporary tentative deprecated dadfailed home nodad optimistic mngtmpaddr noprefixroute autojoin stable-privacy permanent dynamic'.split(' '),
);

export const isAddress = (text: string): boolean => (text.includes(':') ? parseIpv6(text) : parseIpv4(text)) !== undefined;

/** `10.9.0.2/32`: address and length, the longest where none is said. */
export function splitPrefix(text: string): { readonly address: string; readonly length: number; readonly isGiven: boolean } | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  if (!isAddress(address)) return undefined;
  const most = address.includes(':') ? 128 : 32;
  if (slash === -1) return { address, length: most, isGiven: false };
  const digits = text.slice(slash + 1);
  return /^\d{1,3}$/.test(digits) && Number(digits) <= most ? { address, length: Number(digits), isGiven: true } : undefined;
}

export function readAddress(family: AddressFact['family'], words: readonly string[], line: Line, input: Input): AddressFact | undefined {
  const local = splitPrefix(words[1] ?? '');
  if (!local || local.address.includes(':') !== (family === 'inet6')) {
    input.problem(line, 'no address');
    return undefined;
  }
  const fact: AddressDraft = { family, local: local.address, prefixLength: local.length, scope: 'global', flags: [] };
  for (let i = 2; i < words.length; i++) {
    const word = words[i]!;
    const value = words[i + 1];
    if (word === 'peer') {
      const peer = splitPrefix(value ?? '');
      if (peer) {
        fact.peer = peer.address;
        if (!local.isGiven) fact.prefixLength = peer.length;
      } else input.problem(line, 'no address after peer');
      i++;
    } else if (word === 'brd' || word === 'scope') {
      if (value === undefined || (word === 'brd' && !isAddress(value))) input.problem(line, `${word} lacks its value`);
      else if (word === 'brd') fact.broadcast = value;
      else fact.scope = value;
      i++;
    } else if (word === 'metric' || word === 'proto' || word === 'any') i++;
    else if (FLAGS.has(word)) fact.flags.push(word);
    else if (word === 'flags')
      fact.flags.push(words[++i] ?? ''); // bits without a name
    else if (i === words.length - 1 && family === 'inet') fact.label = word;
    else input.problem(line, `unknown here: ${word}`);
  }
  return fact;
}
