/** Options of IPv4 headers, one station at a time: what is written where, when there is no more room, and what is not touched. */
import { expect, it } from 'vitest';
import { ip, TestLab } from '../test-lab.ts';
import { recordOptions } from './options.ts';

const bytes = (...values: number[]): string => String.fromCharCode(...values);
const hex = (text: string | undefined): string => [...(text ?? 'none')].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
const OWN = { ahead: ip('10.0.0.1'), back: ip('10.0.1.1') };

it.each([
  { name: 'an empty record of the route', options: bytes(1, 7, 7, 4, 0, 0, 0, 0), filled: '01 07 07 08 0a 00 00 01' },
  { name: 'a full one', options: bytes(1, 7, 7, 8, 1, 2, 3, 4), filled: '01 07 07 08 01 02 03 04' },
  { name: 'a full list of times counts who finds no room', options: bytes(68, 4, 5, 0), filled: '44 04 05 10' },
  { name: 'nothing after the end', options: bytes(0, 7, 7, 4, 0, 0, 0, 0), filled: '00 07 07 04 00 00 00 00' },
])('$name', ({ options, filled }) => {
  const lab = new TestLab();
  expect(hex(recordOptions(options, OWN, lab.root))).toBe(filled);
});

it('times stand behind addresses towards the sender', () => {
  const lab = new TestLab();
  const filled = recordOptions(bytes(68, 12, 5, 1) + '\0'.repeat(8), OWN, lab.root) ?? '';
  const time = [...filled.slice(8, 12)].reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0);
  expect([hex(filled.slice(0, 8)), time]).toEqual(['44 0c 0d 01 0a 00 01 01', 1_700_000_000_000 % 86_400_000]);
});

it.each([
  { name: 'a source route', options: bytes(131, 7, 4, 10, 0, 0, 9, 0) },
  { name: 'an option longer than the header', options: bytes(7, 39, 4, 0) },
])('$name is not handled', ({ options }) => {
  expect(recordOptions(options, OWN, new TestLab().root)).toBeUndefined();
});
