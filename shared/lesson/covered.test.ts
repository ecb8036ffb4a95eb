/** Goal: what lessons are to cover they do. Method: the table of resources/lessons/covered.yaml, looked up in the lessons it names. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseCourses } from './courses.ts';

const read = (path: string): string => readFileSync(new URL(`../../resources/lessons/${path}`, import.meta.url), 'utf8');
const table = parse(read('covered.yaml')) as { readonly commands: Readonly<Record<string, string>>; readonly networks: Readonly<Record<string, string>> };
const lessonsOf = (text: string): readonly string[] => [...text.matchAll(/^ +- (?:\{ id: )?([a-z0-9-]+)(?:,|$)/gm)].map((match) => match[1]!);

test.each(Object.entries({ ...table.commands, ...table.networks }))('%s is in %s', (what, lesson) => {
  for (const file of ['en.md', 'zh.md']) expect(read(`${lesson}/${file}`)).toContain(what);
});

test('a course names lessons that are there, each once, and after what it builds on', () => {
  const source = read('courses.yaml');
  const all = lessonsOf(source);
  expect(parseCourses(source, all).problems).toEqual([]);
  expect(parseCourses(source.replace('{ id: veth-pair, after: [namespaces] }', '{ id: veth-pair, after: [services] }'), all).problems).toEqual([
    expect.stringMatching(/^courses\.yaml:\d+:\d+: "veth-pair" builds on "services", which is not before it$/),
  ]);
  expect(
    parseCourses(
      source,
      all.filter((id) => id !== 'services'),
    ).problems,
  ).toEqual([expect.stringMatching(/^courses\.yaml:\d+:\d+: there is no lesson "services"$/)]);
});
