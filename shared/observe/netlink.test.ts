/** Goal: the kernel's own answers tell what `ip` and `ss` print of the same namespace. Method: both of one real namespace (samples/netlink.txt), within a second. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseOutput } from './index.ts';
import { readNetlink } from './netlink.ts';

const sections = new Map(
  readFileSync(new URL('samples/netlink.txt', import.meta.url), 'utf8')
    .split(/^#### /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
);
const answers = readNetlink(sections.get('netlink')!);
const read = (command: string, text: string): unknown => {
  const { value, problems } = parseOutput(command, text)!;
  expect(problems).toEqual([]);
  return value;
};

it.each([
  ['ip -j -d -s addr show', JSON.stringify(answers.links)],
  ['ip -j route show table all', JSON.stringify(answers.routes)],
  ['ip -j neigh show', JSON.stringify(answers.neighbours)],
  ['ss -tuanH', answers.sockets.join('\n')],
])('%s', (command, text) => {
  expect(read(command, text)).toEqual(read(command, sections.get(command)!));
});

it('a message that is cut off, and what is none, do no harm', () => {
  const whole = sections.get('netlink')!.split('\n')[0]!;
  for (let length = whole.length; length > 0; length -= 7) readNetlink(whole.slice(0, length));
  expect(readNetlink('16 zz\n99 00\nno\n')).toEqual({ links: [], routes: [], neighbours: [], sockets: [] });
});
