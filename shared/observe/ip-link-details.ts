/**
 * What `ip -d link` says of each kind of interface: `vxlan id 1 local 10.9.1.1 dev vb srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 …`.
 * Of the many words those are kept that a snapshot has a place for.
 *
 * Authority: iproute2's ip/iplink_*.c.
 */
import type { LinkDraft } from './link-list.ts';
import { wholeNumber } from './input.ts';

const KINDS = new Set(
  (
    'amt bareudp batadv bond bridge can dsa dummy erspan geneve gre gretap gtp hsr ifb ip6erspan ip6gre ip6gretap ip6tnl ipip ipoib ipvlan ipvtap lowpan ' +
    'macsec macvlan macvtap netdevsim netkit nlmon openvswitch ovpn rmnet sit team tun vcan veth virt_wifi vlan vrf vti vti6 vxcan vxlan wireguard wwan xfrm'
  ).split(' '),
);

/** After the details of the card, anything that looks like a word is the name of a kind. */
export const isKind = (word: string, hasDetails: boolean): boolean =>
  KINDS.has(word) || word.endsWith('_slave') || (hasDetails && /^[a-z][\w-]+$/.test(word) && !/^(?:valid_lft|prog|parentbus|vf)$/.test(word));

export function readKind(link: LinkDraft, words: readonly string[]): void {
  const [kind = ''] = words;
  const after = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at === -1 ? undefined : words[at + 1];
  };
  const number = (name: string): number => wholeNumber(after(name)) ?? 0;
  if (kind === 'bridge_slave') {
    const state = after('state');
    if (state !== undefined)
      link.port = {
        state,
        hairpin: after('hairpin') === 'on',
        isolated: after('isolated') === 'on',
        learning: after('learning') !== 'off',
        flood: after('flood') !== 'off',
      };
  }
  if (kind.endsWith('_slave')) return;
  link.kind = kind;
  if (kind === 'bridge' && words.length > 1) {
    link.bridge = { stp: number('stp_state') !== 0, vlanFiltering: number('vlan_filtering') !== 0, ageingTimeS: number('ageing_time') / 100 };
  } else if (kind === 'vxlan') {
    const [local, remote, group, device] = [after('local'), after('remote'), after('group'), after('dev')];
    link.vxlan = {
      vni: number('id'),
      port: number('dstport'),
      learning: !words.includes('nolearning'),
      ...(local !== undefined && { local }),
      ...(remote !== undefined && { remote }),
      ...(group !== undefined && { group }),
      ...(device !== undefined && { device }),
    };
  } else if (kind === 'vlan') link.vlan = { id: number('id'), device: '' };
  else if (after('remote') !== undefined) link.tunnel = tunnelOf(after('local'), after('remote'), after('ttl'));
}

/** `any` is no address; `inherit` is 0, as the kernel has it. */
export function tunnelOf(local: string | undefined, remote: string | undefined, ttl: string | undefined): NonNullable<LinkDraft['tunnel']> {
  const isGiven = (address: string | undefined): address is string => address !== undefined && address !== 'any' && address !== '0.0.0.0' && address !== '::';
  return { ttl: wholeNumber(ttl) ?? 0, ...(isGiven(local) && { local }), ...(isGiven(remote) && { remote }) };
}
