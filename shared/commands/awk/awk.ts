/**
 * awk(1): mawk 1.3.4 of Debian, in the C locale. Records go through as they come.
 * Deviation: `for (k in a)` visits keys in the order they were made; mawk's order is its hash table's.
 */
import type { InstalledProgram } from '../../machine/index.ts';
import { strerror, type Bytes } from '../../base/index.ts';
import type { Program } from '../../shell/index.ts';
import { declared, type Declaration, type DeclaredOption } from '../declaration.ts';
import { AwkError, AwkMachine } from './machine.ts';
import { AwkRun } from './run.ts';
import { unescape } from './lexer.ts';
import { parseAwk } from './syntax.ts';
import { TooFewArguments, fromInput } from './value.ts';

const OPTIONS: readonly DeclaredOption[] = [
  { names: ['-F'], value: 'sep', help: 'the field separator' },
  { names: ['-f'], value: 'program-file', help: 'the program from a file' },
  { names: ['-v'], value: 'name=value', help: 'a variable, before the program begins' },
  { names: ['-W'], value: 'option', help: 'version' },
];
const isOption = (letter: string): boolean => OPTIONS.some(({ names: [name] }) => name === `-${letter}`);
const awk: Program = function* (p) {
  const rest = p.argv.slice(1);
  const scripts: Bytes[] = [];
  const assignments: (readonly [Bytes, Bytes])[] = [];
  let separator: Bytes | undefined;
  while (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    const letter = word[1] ?? '';
    if (!isOption(letter)) return (yield* p.error(`${p.name}: not an option: ${word}\n`), 2);
    if (letter === 'W') {
      yield* p.print('mawk 1.3.4 20200120\nCopyright 2008-2019,2020, Thomas E. Dickey\nCopyright 1991-1996,2014, Michael D. Brennan\n');
      return 0;
    }
    const value = word.length > 2 ? word.slice(2) : rest.shift();
    if (value === undefined) return (yield* p.error(`${p.name}: option requires an argument -- ${letter}\n`), 2);
    if (letter === 'F') separator = value === 't' ? '\t' : unescape(value);
    else if (letter === 'v') {
      const at = value.indexOf('=');
      if (at < 1) return (yield* p.error(`${p.name}: improper assignment: -v ${value}\n`), 2);
      assignments.push([value.slice(0, at), unescape(value.slice(at + 1))]);
    } else {
      const file = value === '-' ? yield* p.readAll(0) : p.fs.readFile(value);
      if (!file.ok) return (yield* p.error(`${p.name}: cannot open ${value} (${strerror(file.error)})\n`), 2);
      scripts.push(file.value);
    }
  }
  if (scripts.length === 0) {
    const script = rest.shift();
    if (script === undefined) return (yield* p.error(`Usage: ${p.name} [Options] [Program] [file ...]\n`), 2);
    scripts.push(script);
  }
  const program = parseAwk(scripts.join('\n'));
  if (!program.ok) return (yield* p.error(`${p.name}: ${program.error}\n`), 2);
  const machine = new AwkMachine(p);
  if (separator !== undefined) machine.globals.set('FS', separator);
  for (const [name, value] of assignments) machine.set(name, fromInput(value));
  const argv = machine.array('ARGV');
  for (const [i, word] of [p.name, ...rest].entries()) argv.set(String(i), fromInput(word));
  machine.globals.set('ARGC', rest.length + 1);
  try {
    return yield* new AwkRun(program.value, machine).run();
  } catch (error) {
    if (error instanceof TooFewArguments) {
      yield* p.flush();
      const state = ['FILENAME', 'FNR', 'NR'].map(
        (name) => `${name}=${name === 'FILENAME' ? `"${machine.text(machine.get(name))}"` : machine.text(machine.get(name)) || '0'}`,
      );
      return (yield* p.error(`${p.name}: run time error: not enough arguments passed to printf("${error.format}")\n\t${state.join(' ')}\n`), 2);
    }
    if (!(error instanceof AwkError)) throw error;
    yield* p.flush();
    return (yield* p.error(`${p.name}: run time error: ${error.message}\n`), 2);
  }
};

const DECLARATION: Declaration = {
  synopsis: '[Options] [Program] [file ...]',
  options: OPTIONS,
  missing: ['functions that only gawk has (gensub, asort, strtonum, …), which mawk lacks as well'],
};
const at = (name: string): InstalledProgram => ({ path: `/usr/bin/${name}`, main: declared(DECLARATION, awk), origin: 'mawk 1.3.4' });
export const AWK_PROGRAMS: readonly InstalledProgram[] = [at('awk'), at('mawk')];
