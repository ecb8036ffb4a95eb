/**
 * Goal: what programs declare is what they do. Method: every program declares; each declared option is taken by its program (it is never called
 * unknown), a made-up one is refused or is an operand; each verb of ip, bridge and tc is understood; the published table is what the declarations say.
 */
import { expect, test } from 'vitest';
import { makeWorld } from '../kernel/index.ts';
import { Machine } from '../machine/index.ts';
import { declarationOf } from './declaration.ts';
import { PROGRAMS } from './index.ts';
import { programTable } from './published.ts';

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

test('each program declares what it takes', () => {
  expect(PROGRAMS.filter(({ main }) => !declarationOf(main)).map(({ path }) => nameOf(path))).toEqual([]);
});

/** `npm run docs` writes it. */
test('the published table is made from the declarations', async () => {
  await expect(programTable()).toMatchFileSnapshot('../../docs/programs.md');
});

const makeMachine = (): Machine =>
  new Machine(makeWorld(7, 1_700_000_000_000), { hostname: 'node-1', users: [], hosts: [], nameservers: [], seed: 1, programs: PROGRAMS });
let machine = makeMachine();
/** What is said to a command line without input, within two seconds. */
function said(argv: readonly string[]): string {
  // `find -delete` was there.
  if (!machine.init.fs.exists('/tmp')) machine = makeMachine();
  const { simulation } = machine.netns;
  // What an option before wrote.
  machine.init.fs.unlink('/1');
  const output = machine.init.fs.open('/tmp/out', { read: true, write: true, create: true, truncate: true, append: true });
  const input = machine.init.fs.open('/dev/null', { read: true });
  if (!output.ok || !input.ok) throw new Error('no files');
  const child = machine.spawn(argv, {
    prepare(p) {
      p.fds.put(0, input.value);
      [1, 2].forEach((fd) => p.fds.put(fd, output.value));
    },
  });
  if (!child.ok) return child.error;
  let turns = 0;
  simulation.runUntil(simulation.nowUs + 2e6, () => child.value.ending === undefined && ++turns < 200_000);
  machine.os.signal(child.value, 'KILL');
  simulation.runUntil(simulation.nowUs + 1000, () => child.value.ending === undefined);
  const text = machine.init.fs.readFile('/tmp/out');
  return text.ok ? text.value : '';
}
const UNKNOWN =
  /unknown option|invalid option|[Uu]nrecogni[sz]ed option|[Bb]ad option|not an option|is unknown|not recognised|Illegal option(?! `--[\w-]+' with this command)|unknown predicate|Unknown option/;
/** Where wrong options are not told of as such; editors are not modelled, and say so to everything. */
const SILENT = new Set(
  'true false sync echo test [ printf tput less expr dd lsmod nslookup stty nmap ipset ethtool unlink link sleep uname ps kill ash vi vim nano'.split(' '),
);

const options = PROGRAMS.flatMap(({ path, main }) => {
  const name = nameOf(path);
  return (declarationOf(main)?.options ?? []).flatMap(({ names, value, isOptional }) =>
    names.filter((option) => /^--?[\w-]*$/.test(option)).map((option) => ({ name, option, takes: value !== undefined && isOptional !== true })),
  );
});
test('each declared option is taken', () => {
  const refused = options.filter(({ name, option, takes }) =>
    UNKNOWN.test(
      said([name, option, ...(takes ? ['1'] : [])])
        .split('\n')
        .slice(0, 2)
        .join('\n'),
    ),
  );
  expect(refused.map(({ name, option }) => `${name} ${option}`)).toEqual([]);
}, 120_000);

test('an option that nobody has is refused', () => {
  const taken = PROGRAMS.map(({ path }) => nameOf(path)).filter((name) => !SILENT.has(name) && !UNKNOWN.test(said([name, '--no-such-thing'])));
  expect(taken).toEqual([]);
}, 60_000);

test.each(['ip', 'bridge', 'tc'])('%s understands the verbs of its objects', (name) => {
  const commands = declarationOf(PROGRAMS.find(({ path }) => nameOf(path) === name)!.main)?.commands ?? [];
  const lines = commands.flatMap(({ name: object, verbs = [] }) => verbs.map((verb) => [name, object, verb]));
  expect(lines.filter((line) => /is unknown|not modelled/.test(said(line)))).toEqual([]);
});
