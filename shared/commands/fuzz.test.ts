/**
 * Goal: nothing that a user types, and no frame that comes in, throws or hangs. Method: random command lines of all programs, of what they declare and of anything, random scripts made of
 * pieces of bash, random frames on a wire with everything listening; each must end, or be ended by a signal after two seconds of the lab's clock, within
 * a bound of simulated work. A mistake of ours in a program throws and fails the test.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeWorld, PacketSocket } from '../kernel/index.ts';
import { Machine } from '../machine/index.ts';
import { decodeFrame } from '../wire/index.ts';
import { declarationOf, type Declaration } from './declaration.ts';
import { PROGRAMS } from './index.ts';

const LIMIT_US = 2e6;
/** Turns of the simulation: far more than any of these needs. */
const MOST_TURNS = 3_000_000;
const ENDS = ['exited', 'signaled', 'killed', 'EACCES', 'ENOENT'];

function makeMachine(): { machine: Machine; run: (argv: readonly string[]) => string } {
  const world = makeWorld(7, 1_700_000_000_000);
  const machine = new Machine(world, { hostname: 'node-1', users: [], hosts: [], nameservers: [], seed: 1, programs: PROGRAMS });
  const { simulation } = world;
  /** How it ended. */
  const run = (argv: readonly string[]): string => {
    const files = machine.init.fs.open('/tmp/out', { write: true, create: true, truncate: true, append: true });
    const input = machine.init.fs.open('/dev/null', { read: true });
    // What came before may have taken them away.
    if (!files.ok || !input.ok) return 'no files';
    const child = machine.spawn(argv, {
      prepare(p) {
        p.fds.put(0, input.value);
        [1, 2].forEach((fd) => p.fds.put(fd, files.value));
      },
    });
    if (!child.ok) return child.error;
    let turns = 0;
    for (const signal of ['none', 'TERM', 'KILL'] as const) {
      if (signal !== 'none') machine.os.signal(child.value, signal);
      const untilUs = simulation.nowUs + LIMIT_US;
      simulation.runUntil(untilUs, () => child.value.ending === undefined && ++turns < MOST_TURNS);
      if (child.value.ending !== undefined) return child.value.ending.kind;
      if (turns >= MOST_TURNS) return 'too much work';
    }
    return 'hangs';
  };
  run(['bash', '-c', 'ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip addr add 10.0.0.1/24 dev v0']);
  return { machine, run };
}

const words = [
  ...'-a -i -n -t -v -1 -- - --help --version --all --nosuch --json'.split(' '),
  ...'add del delete show list set get link addr route rule neigh netns dev via to from table type veth bridge vlan vxlan dummy name peer master up down mtu default'.split(
    ' ',
  ),
  ...'lo v0 v1 eth0 br0 nosuch 0 1 -1 5 99999 4294967296 1e9 0x10 3.5 10.0.0.1 10.0.0.0/8 10.0.0.1/33 256.1.1.1 fe80::1 ::/0 02:00:00:00:00:01 any all'.split(
    ' ',
  ),
  ...'INPUT FORWARD nat filter ACCEPT DROP tcp udp icmp 80 80:90 http ESTABLISHED LISTEN TCP:10.0.0.1:80 TCP-LISTEN:80 UDP:10.0.0.1:53 EXEC:cat STDIO - http://10.0.0.1/'.split(
    ' ',
  ),
  ...[
    '',
    ' ',
    '*',
    '$x',
    '[',
    '(',
    ')',
    '{',
    '"',
    "'",
    '\\',
    '%s',
    '%d',
    's/a/b/',
    '.a[0]',
    '{print $1}',
    '/etc/hosts',
    '/nosuch/x',
    '/tmp',
    '/proc/self/status',
    '\u00e4\u0000'.slice(0, 1),
  ],
];
/** What a program declares that it takes: options, with something behind those that want it, sub-commands and their verbs and options. */
function wordsOf({ options, commands = [] }: Declaration): readonly (readonly string[])[] {
  const given = [...options, ...commands.flatMap((command) => command.options ?? [])];
  return [
    ...given.flatMap(({ names, value }) => names.flatMap((name) => (value === undefined ? [[name]] : [[name, ''], [`${name}=`], [name]]))),
    ...commands.flatMap(({ name, aliases = [], verbs = [] }) => [name.split(' '), ...aliases.map((alias) => [alias]), ...verbs.map((verb) => [name, verb])]),
  ];
}
const anything = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...words) }, fc.string({ maxLength: 6 }));
/** A program's own words, each '' or trailing `=` of them with anything in its place, among any others. */
const commandLines = fc.constantFrom(...PROGRAMS).chain(({ path, main }) => {
  const own = wordsOf(declarationOf(main) ?? { options: [] });
  const group =
    own.length === 0
      ? anything.map((word) => [word])
      : fc.tuple(fc.constantFrom(...own), anything).map(([list, word]) => list.map((each) => (each === '' ? word : each.replace(/=$/, `=${word}`))));
  const groups = fc.array(fc.oneof({ weight: 3, arbitrary: group }, { weight: 2, arbitrary: anything.map((word) => [word]) }), { maxLength: 5 });
  return groups.map((list) => [path.slice(path.lastIndexOf('/') + 1), list.flat()] as const);
});

it('any program with any words ends', () => {
  let { run } = makeMachine();
  fc.assert(
    fc.property(commandLines, ([name, args]) => {
      const argv = [name, ...args.map((word) => word.replaceAll('\0', ''))].map((word) => Buffer.from(word).toString('latin1'));
      let end = run(argv);
      if (end === 'no files') {
        ({ run } = makeMachine());
        end = run(argv);
      }
      expect(ENDS).toContain(end);
    }),
    { numRuns: 600 },
  );
});

const pieces = [
  ...[
    'if',
    'then',
    'else',
    'fi',
    'for i in 1 2 3',
    'do',
    'done',
    'while',
    'until',
    'case x in',
    'esac',
    ';;',
    'x)',
    '{',
    '}',
    '(',
    ')',
    '((',
    '))',
    '[[',
    ']]',
    '[',
    ']',
    'function f',
    'f()',
    'f',
  ],
  ...['&&', '||', '|', ';', '&', '\n', '!', '>', '>>', '<', '<<<', '2>&1', '>/tmp/x', '<<E\nx\nE\n', '<(', '>(', 'time', 'select x in a b'],
  ...[
    'echo',
    '$x',
    '${x:-y}',
    '${x[@]}',
    '${#x}',
    '${x/a/b}',
    '$((1+1))',
    '$((1/0))',
    '$(echo x)',
    '`echo y`',
    '"$@"',
    "'q'",
    '"',
    "'",
    '\\',
    '*',
    '~',
    '{1..3}',
    'x=1',
    'x=(a b)',
    'x+=c',
  ],
  ...[
    'read x',
    'exit 3',
    'return',
    'break',
    'continue',
    'trap : EXIT',
    'set -e',
    'set -u',
    'shift',
    'eval',
    'exec',
    'local y',
    'declare -A m',
    'wait',
    'jobs',
    'kill %1',
    'sleep 1',
    'true',
    'false',
    'cat',
    'ip link',
    'seq 5',
  ],
];
it('any script ends, or is ended', () => {
  const { run } = makeMachine();
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 14 }), (script) => {
      expect(ENDS).toContain(run(['bash', '-c', script.join(' ')]));
    }),
    { numRuns: 400 },
  );
});

/** Headers that reach deep into the stack, then chance. */
const beginnings = [
  'ffffffffffff0200000000010806000108000604000102000000000a0a0000020000000000000a000001',
  '02000000000b02000000000a08004500',
  '02000000000b02000000000a080045000054000040004001',
  '02000000000b02000000000a08004500003c000040004006000a000002',
  '02000000000b02000000000a0800450000240000400040110000',
  '02000000000b02000000000a86dd60000000',
  '33330000000102000000000a86dd6000000000203aff',
  '02000000000b02000000000a8100000508004500',
  '0180c200000002000000000a0026424203',
  '',
];
const frames = fc
  .tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 120 }))
  .map(([start, rest]) => Uint8Array.from([...Buffer.from(start, 'hex'), ...rest]));

it('any frame is taken in, filtered, tracked, shown and dropped without a word', () => {
  const { machine, run } = makeMachine();
  run([
    'bash',
    '-c',
    'ip link add br0 type bridge stp_state 1; ip link set v1 master br0; ip link set br0 up; ip addr add 10.0.0.9/24 dev br0; sysctl -qw net.ipv4.ip_forward=1',
  ]);
  run([
    'bash',
    '-c',
    'iptables -A INPUT -m conntrack --ctstate NEW -j LOG; iptables -t nat -A POSTROUTING -j MASQUERADE; ip6tables -A INPUT -m conntrack --ctstate INVALID -j DROP',
  ]);
  run(['bash', '-c', 'tcpdump -i v0 -vv -e -XX -w /dev/null --print > /dev/null 2>&1 & tcpdump -i any -n -v > /dev/null 2>&1 & sleep 0.1']);
  const device = machine.netns.device('v0')!;
  const socket = new PacketSocket(machine.netns, 'raw');
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 8 }), (sent) => {
      for (const bytes of sent) socket.sendFrame(decodeFrame(bytes), device);
      let turns = 0;
      const { simulation } = machine.netns;
      simulation.runUntil(simulation.nowUs + 3e6, () => ++turns < MOST_TURNS);
      expect(turns).toBeLessThan(MOST_TURNS);
    }),
    { numRuns: 100 },
  );
});
