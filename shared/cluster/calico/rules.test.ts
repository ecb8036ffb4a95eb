/**
 * Goal: Felix' rules are the real ones, to the hash. Method: the comments of a node of Calico 3.2x with IPIP, as iptables-save shows them there, beside
 * ours; a hash covers all rules before it in its chain, so one that is right proves them all.
 */
import { expect, test } from 'vitest';
import { vethName } from '../../cni/index.ts';
import { limitedName, renderChain, type Chain } from './rules.ts';
import { APPENDED, filterChains, INSERTED, natChains } from './static-chains.ts';

const CHAINS = new Map([...filterChains('ipip'), ...INSERTED.filter].map((chain) => [`filter ${chain.name}`, chain]));
for (const chain of [...natChains('ipip'), ...INSERTED.nat]) CHAINS.set(`nat ${chain.name}`, chain);
const hashes = (chain: Chain, hashedAs?: string): readonly string[] => renderChain(chain, hashedAs).map((rule) => /"cali:([^"]*)"/.exec(rule)![1]!);

test.each<readonly [string, readonly string[]]>([
  ['filter INPUT', ['Cz_u1IQiXIMmKD4c']],
  ['filter FORWARD', ['wUHhoiAYhphO9Mso']],
  ['filter OUTPUT', ['tVnHkvAo15HuiPy0']],
  ['nat PREROUTING', ['6gwbT8clXdHdC1b1']],
  ['nat POSTROUTING', ['O3lYWMrLQYEMJtB5']],
  ['filter cali-FORWARD', ['vjrMJCRpqwy5oRoX', 'A_sPAO0mcxbT9mOV', '8ZoYfO5HKXWbB3pk', 'jdEuaPBe14V2hutn', '12bc6HljsMKsmfr-', 'NOSxoaGx8OIstr1z']],
  [
    'filter cali-INPUT',
    ['PajejrV4aFdkZojI', '_wjq-Yrma8Ly1Svo', '8TZGxLWh_Eiz66wc', '6McIeIDvPdL6PE1T', 'YGPbrUms7NId8xVa', '2gmY7Bg2i0i84Wk_', 'q-Vz2ZT9iGE331LL'],
  ],
  ['filter cali-wl-to-host', ['Ee9Sbo10IpVujdIY', 'nSZbcOoG1xPONxb8']],
  ['nat cali-PREROUTING', ['r6XmIziWUJsdOK6Z']],
  ['nat cali-OUTPUT', ['GBTAv2p5CwevEyJm']],
  ['nat cali-POSTROUTING', ['Z-c7XtVd2Bq7s_hA', 'nYKhEzDlr11Jccal', 'SXWvdsbh4Mw7wOln']],
  ['nat cali-nat-outgoing', ['flqWnvo8yq4ULQLa']],
])('%s', (name, expected) => expect(hashes(CHAINS.get(name)!)).toEqual(expected));

test('the rules at the end of FORWARD', () => expect(hashes(APPENDED, 'FORWARD*appends*')).toEqual(['S93hcgKJrXEqnTfs', 'mp77cMpurHhyjLrM']));

test('names of chains that are too long are hashed, those of interfaces are a hash of the workload', () => {
  expect(limitedName('cali-pri-', 'kns.calico-system')).toBe('cali-pri-kns.calico-system');
  expect(limitedName('cali-pri-', 'ksa.kube-system.coredns')).toMatch(/^cali-pri-_[\w-]{18}$/);
  // printf default.web-1 | sha1sum
  expect(vethName('default', 'web-1')).toBe('cali0761ccbeace');
});
