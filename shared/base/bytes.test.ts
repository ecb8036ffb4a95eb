// Goal: text and bytes turn into each other as UTF-8 says. Method: Node's own encoder is the judge; laws over arbitrary input.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromUint8Array, toUint8Array, utf8Decode, utf8Encode } from './index.ts';

const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
const anyText = fc.string({ unit: 'binary' });
const anyBytes = fc.uint8Array({ maxLength: 64 }).map(fromUint8Array);
const isWellFormed = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

describe('utf8Encode', () => {
  test('gives what the platform gives, unpaired surrogates included', () => {
    fc.assert(fc.property(anyUnits, (text) => void expect(toUint8Array(utf8Encode(text))).toEqual(new TextEncoder().encode(text))));
  });
  test('is undone by utf8Decode', () => {
    fc.assert(fc.property(anyText, (text) => void expect(utf8Decode(utf8Encode(text))).toBe(text)));
  });
  test.each([
    ['a', 'a'],
    ['é', '\xc3\xa9'],
    ['网', '\xe7\xbd\x91'],
    ['🦆', '\xf0\x9f\xa6\x86'],
    ['\ud83e', '\xef\xbf\xbd'],
  ])('%j', (text, bytes) => expect(utf8Encode(text)).toBe(bytes));
});

describe('utf8Decode', () => {
  test('gives back well-formed bytes when encoded again', () => {
    const wellFormed = anyBytes.filter((bytes) => isWellFormed(toUint8Array(bytes)));
    fc.assert(fc.property(wellFormed, (bytes) => void expect(utf8Encode(utf8Decode(bytes))).toBe(bytes)));
  });
  test('shows a replacement exactly when bytes are malformed', () => {
    const without = anyBytes.filter((bytes) => !bytes.includes('\xef\xbf\xbd'));
    fc.assert(fc.property(without, (bytes) => void expect(utf8Decode(bytes).includes('\ufffd')).toBe(!isWellFormed(toUint8Array(bytes)))));
  });
  test.each([
    ['a lone continuation', 'a\x80b', 'a\ufffdb'],
    ['cut short at the end', 'a\xe7\xbd', 'a\ufffd\ufffd'],
    ['cut short before ASCII', '\xe7\xbdz', '\ufffd\ufffdz'],
    ['an overlong slash', '\xc0\xaf', '\ufffd\ufffd'],
    ['an overlong three-byte form', '\xe0\x80\xaf', '\ufffd\ufffd\ufffd'],
    ['a surrogate', '\xed\xa0\x80', '\ufffd\ufffd\ufffd'],
    ['beyond U+10FFFF', '\xf4\x90\x80\x80', '\ufffd\ufffd\ufffd\ufffd'],
    ['the last code point', '\xf4\x8f\xbf\xbf', '\u{10ffff}'],
  ])('%s', (_, bytes, text) => expect(utf8Decode(bytes)).toBe(text));
});

test('arrays of bytes and byte strings are the same, at any length', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (array) => void expect(toUint8Array(fromUint8Array(array))).toEqual(array)));
  const long = Uint8Array.from({ length: 300_000 }, (_, i) => i & 255);
  expect(toUint8Array(fromUint8Array(long))).toEqual(long);
});
