import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  ipv4InPrefix,
  ipv4Mask,
  ipv4MaskLength,
  ipv6LinkLocalFromMac,
  ipv6Network,
  isMulticastMac,
  macByte,
  parseIpv4,
  parseIpv4Prefix,
  parseIpv6,
  parseMac,
} from './address.ts';

const ipv4 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const mac = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const ipv6 = fc.array(fc.constantFrom('0000', '0001', 'fe80', 'ffff', '0a58', 'abcd'), { minLength: 8, maxLength: 8 }).map((groups) => groups.join(''));

describe('format, then parse, is the identity', () => {
  it('of IPv4', () => fc.assert(fc.property(ipv4, (address) => parseIpv4(formatIpv4(address)) === address)));
  it('of MAC', () => fc.assert(fc.property(mac, (address) => parseMac(formatMac(address)) === address)));
  it('of IPv6', () => fc.assert(fc.property(ipv6, (address) => parseIpv6(formatIpv6(address)) === address)));
  it('of masks', () => {
    for (let length = 0; length <= 32; length++) expect(ipv4MaskLength(ipv4Mask(length))).toBe(length);
  });
});

it.each([
  ['1.2.3.4', true],
  ['01.2.3.4', false],
  ['1.2.3', false],
  ['1.2.3.256', false],
  ['1.2.3.4.5', false],
  ['1..2.3', false],
  ['', false],
  [' 1.2.3.4', false],
])('%s is an IPv4 address: %s', (text, yes) => {
  expect(parseIpv4(text) !== undefined).toBe(yes);
});

it.each([
  ['::', '::'],
  ['::1', '::1'],
  ['FE80::0:1', 'fe80::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['1::2::3', undefined],
  ['12345::', undefined],
  ['1:2:3', undefined],
])('%s in its canonical form', (text, canonical) => {
  const address = parseIpv6(text);
  expect(address === undefined ? undefined : formatIpv6(address)).toBe(canonical);
});

it('knows prefixes', () => {
  expect(parseIpv4Prefix('10.0.0.5/24')).toEqual({ address: parseIpv4('10.0.0.5'), length: 24 });
  expect(parseIpv4Prefix('10.0.0.5/33')).toBeUndefined();
  expect(ipv4InPrefix(parseIpv4('10.0.0.255')!, parseIpv4('10.0.0.0')!, 24)).toBe(true);
  expect(ipv4InPrefix(parseIpv4('10.0.1.0')!, parseIpv4('10.0.0.0')!, 24)).toBe(false);
  expect(formatIpv6(ipv6Network(parseIpv6('fe80::ffff:1')!, 121))).toBe('fe80::ffff:0');
});

it('makes link-local addresses and reads MACs byte by byte', () => {
  expect(formatIpv6(ipv6LinkLocalFromMac(parseMac('f2:a9:47:61:97:44')!))).toBe('fe80::f0a9:47ff:fe61:9744');
  expect([0, 1, 2, 3, 4, 5].map((i) => macByte(parseMac('ff:01:80:7f:00:a5')!, i))).toEqual([0xff, 1, 0x80, 0x7f, 0, 0xa5]);
  expect([isMulticastMac(parseMac('01:00:5e:00:00:01')!), isMulticastMac(parseMac('02:00:00:00:00:01')!)]).toEqual([true, false]);
});
