/**
 * Goal: the trie of a namespace's routes has the kernel's shape. Method: the same addresses and routes as in a namespace of Linux 6.18, whose
 * /proc/net/fib_trie and fib_triestat stand here.
 */
import { expect, it } from 'vitest';
import { addAddress, addLink, addRoute, Iff, makeHost, makeWorld, setLink, type Netns } from '../kernel/index.ts';
import { parseIpv4Prefix } from '../wire/index.ts';
import { fibTrie, fibTrieStatistics } from './fib-trie.ts';

const TRIE = `  +-- 0.0.0.0/0 3 0 4
     +-- 0.0.0.0/4 2 0 2
        |-- 0.0.0.0
           /0 universe UNICAST
        +-- 10.1.0.0/16 2 0 2
           +-- 10.1.0.0/22 3 0 4
              |-- 10.1.0.0
                 /16 link UNICAST
              +-- 10.1.2.0/30 2 0 2
                 |-- 10.1.2.0
                    /24 link UNICAST
                 |-- 10.1.2.3
                    /32 host LOCAL
              |-- 10.1.2.255
                 /32 link BROADCAST
              |-- 10.1.3.3
                 /32 host LOCAL
           |-- 10.1.255.255
              /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     |-- 172.16.0.0
        /12 universe BLACKHOLE
     |-- 192.168.0.0
        /16 universe UNICAST
`;
const STATISTICS = `	Aver depth:     3.08
	Max depth:      5
	Leaves:         12
	Prefixes:       12
	Internal nodes: 7
	  1: 1  2: 4  3: 2
	Pointers: 34
Null ptrs: 16
Total size: 2  kB
`;

function address(netns: Netns, name: string, text: string): void {
  const { address: local, length } = parseIpv4Prefix(text)!;
  addAddress(netns, { device: netns.device(name)!.index, local, prefixLength: length, create: true, exclusive: true });
}
function route(netns: Netns, text: string, more: Partial<Parameters<typeof addRoute>[1]>): void {
  const { address: destination, length } = parseIpv4Prefix(text)!;
  expect(addRoute(netns, { destination, length, create: true, exclusive: true, ...more })).toMatchObject({ ok: true });
}

it('is built as the kernel builds it', () => {
  const netns = makeHost(makeWorld(1, 0), 'node').initNetns;
  const up = (name: string): void => void setLink(netns, name, { flagsMask: Iff.UP, flags: Iff.UP });
  up('lo');
  addLink(netns, { name: 'v0', info: { kind: 'veth', peer: { name: 'v1' } } });
  address(netns, 'v0', '10.1.2.3/24');
  address(netns, 'v1', '10.1.3.3/16');
  up('v0');
  up('v1');
  route(netns, '192.168.0.0/16', { gateway: parseIpv4Prefix('10.1.2.1/32')!.address });
  route(netns, '0.0.0.0/0', { gateway: parseIpv4Prefix('10.1.2.254/32')!.address });
  route(netns, '172.16.0.0/12', { type: 'blackhole' });
  expect(fibTrie(netns)).toBe(`Main:\n${TRIE}Local:\n${TRIE}`);
  const head = 'Basic info: size of leaf: 48 bytes, size of tnode: 40 bytes.\n';
  expect(fibTrieStatistics(netns)).toBe(`${head}Main:\n${STATISTICS}Local:\n${STATISTICS}`);
});
