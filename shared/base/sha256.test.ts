/** Goal: the digest is the standard's. Method: FIPS 180-4's own examples, and two names of chains that every cluster has. */
import { expect, test } from 'vitest';
import { base32, sha256 } from './sha256.ts';

const hex = (text: string): string =>
  sha256(text)
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
])('of %j', (text, digest) => expect(hex(text)).toBe(digest));

test.each([
  ['default/kubernetes:httpstcp', 'NPX46M4PTMTKRN6Y'],
  ['kube-system/kube-dns:dnsudp', 'TCOU7JCQXEZGVUNU'],
])('of %s in base 32', (text, digits) => expect(base32(sha256(text), 16)).toBe(digits));
