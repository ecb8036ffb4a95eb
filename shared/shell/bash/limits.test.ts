/** Goal: no script throws, hangs or fills memory: each ends, or meets a limit that says its name. Method: scripts known to be bad, and random ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sandbox } from '../testing/sandbox.ts';

function run(script: string, limits = {}, seconds = 5): { output: string; status: number; isOver: boolean } {
  const box = new Sandbox({}, { limits });
  box.init.fs.writeFile('/tmp/s', script);
  const { merged, status, isOver } = box.run(['bash', '-c', 'exec 2>&1; exec bash /tmp/s'], { seconds });
  expect(box.errors).toEqual([]);
  return { output: merged.slice(0, 200), status, isOver };
}

describe('bad scripts', () => {
  it('recursion without end', () => {
    expect(run('f() { f; }; f; echo no\necho after').output).toBe('/tmp/s: line 1: f: maximum function nesting level exceeded (900)\nafter\n');
  });
  it('evaluation without end', () =>
    expect(run('x=\'eval "$x"\'; eval "$x"\necho after').output).toBe('/tmp/s: line 1: maximum evaluation nesting level exceeded (900)\nafter\n'));
  it('a script that sources itself', () => expect(run('. /tmp/s\n').isOver).toBe(true));
  it('a fork bomb', () => expect(run('f() { f | f & }; f; sleep 1', { processes: 60 }, 0.1).output).toContain('fork: Resource temporarily unavailable'));
  it('a value that doubles', () => expect(run('x=1234567890; while :; do x=$x$x; done').output).toMatch(/xrealloc: cannot allocate \d+ bytes/));
  it('an array of everything', () => expect(run('echo {1..2000000} | wc -c; echo {1..200000} | wc -c').output).toBe('13\n1288895\n'));
  it('aliases in a circle', () => expect(run('shopt -s expand_aliases\nalias a=b b=a\na\n').output).toBe('/tmp/s: line 3: a: command not found\n'));
  it('references in a circle', () => expect(run('declare -n a=b b=a; echo "$a"; a=1; echo done').output).toContain('done'));
  it('a loop in time', () => {
    const box = new Sandbox();
    box.init.fs.writeFile('/tmp/s', 'while :; do :; done');
    const before = box.sim.nowUs;
    expect(box.run(['bash', '/tmp/s'], { seconds: 1 }).isOver).toBe(false);
    expect(box.sim.nowUs - before).toBeGreaterThanOrEqual(1e6);
  });
  it('output that nobody reads to its end', () => expect(run('yes | head -3; seq 1 1000000 | head -1').output).toBe('y\ny\ny\n1\n'));
});

const PIECES = [
  ...[
    'echo',
    'a',
    '$x',
    '"$x"',
    "'q'",
    '$(echo a)',
    '`b`',
    '$((1+x))',
    '${x:-y}',
    '${x#*a}',
    '${x[@]}',
    '{a,b}',
    '*',
    '~',
    '<(:)',
    '|',
    '||',
    '&&',
    ';',
    '&',
    '(',
    ')',
  ],
  ...[
    '{',
    '}',
    'if',
    'then',
    'fi',
    'for',
    'in',
    'do',
    'done',
    'while',
    'case',
    'esac',
    ';;',
    'x=1',
    'x=(a b)',
    'x+=c',
    '> f',
    '< f',
    '2>&1',
    '<<E',
    '\n',
    'E\n',
    'f()',
  ],
  ...[
    'local x',
    'read y',
    'set -e',
    'trap "echo t" EXIT',
    'exit',
    'return',
    'break',
    '[[',
    ']]',
    '((',
    '))',
    '!',
    'shift',
    'unset x',
    'eval',
    'printf %d',
    'declare -A m',
    '\\',
    '"',
    "'",
    '$',
  ],
];

describe('random scripts', () => {
  it('end without a mistake of ours', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }), (pieces) => {
        run(pieces.join(' '), { processes: 40 }, 2);
      }),
      { numRuns: 400 },
    ));
  it('of any characters too', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('$(){}[]<>|&;"\'`\\!*?=+-#:/~ \nab01')), maxLength: 24 }), (text) => {
        run(text, { processes: 40 }, 2);
      }),
      { numRuns: 600 },
    ));
});
