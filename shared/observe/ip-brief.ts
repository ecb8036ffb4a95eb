/**
 * `ip -br addr` and `ip -br link`: columns of name, state and addresses; or of name, state, hardware address and flags.
 *
 *     veth1@if2        UP             10.9.0.1 peer 10.9.0.2/32 fe80::c0ea:21ff:fe17:fe6e/64
 *     veth1@if2        UP             c2:ea:21:17:fe:6e <BROADCAST,MULTICAST,UP,LOWER_UP>
 */
import type { AddressFact } from '../snapshot/index.ts';
import type { Facts } from './facts.ts';
import { wordsOf, type Input, type Line } from './input.ts';
import { splitPrefix } from './ip-address.ts';
import { LinkList, type LinkDraft } from './link-list.ts';

const STATES = new Set(['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP']);

export function parseIpBrief(input: Input): Facts {
  const list = new LinkList();
  for (const line of input.lines()) {
    const [shown = '', state = '', ...rest] = wordsOf(line.text);
    if (!STATES.has(state)) {
      input.problem(line, 'the second word is no state of an interface');
      continue;
    }
    const at = shown.indexOf('@');
    const peer = at === -1 ? 'NONE' : shown.slice(at + 1);
    const link: LinkDraft = { name: at === -1 ? shown : shown.slice(0, at), operstate: state };
    list.peerOf(link, peer);
    const flags = /<([^>]*)>/.exec(line.text);
    if (flags) {
      link.flags = flags[1] === '' ? [] : flags[1]!.split(',');
      if (rest.length > 1) link.mac = rest[0]!;
    } else link.addresses = readAddresses(rest, line, input);
    list.links.push(link);
  }
  return { links: list.finish() };
}

function readAddresses(words: readonly string[], line: Line, input: Input): AddressFact[] {
  const addresses: AddressFact[] = [];
  for (let i = 0; i < words.length; i++) {
    const local = splitPrefix(words[i]!);
    const hasPeer = words[i + 1] === 'peer';
    const peer = hasPeer ? splitPrefix(words[i + 2] ?? '') : undefined;
    if (words[i] === 'metric') i++;
    else if (!local || (hasPeer && !peer)) input.problem(line, `no address: ${words[i]!}`);
    else {
      const family = local.address.includes(':') ? 'inet6' : 'inet';
      addresses.push({
        family,
        local: local.address,
        prefixLength: (peer ?? local).length,
        ...(peer && { peer: peer.address }),
        scope: local.address.startsWith('fe80') ? 'link' : local.address === '::1' || local.address.startsWith('127.') ? 'host' : 'global',
        flags: [],
      });
    }
    if (hasPeer) i += 2;
  }
  return addresses;
}
