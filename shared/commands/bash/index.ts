/** bash and sh, with what this machine adds to them: the completion of interfaces, namespaces and sub-commands, and /dev/tcp. */
import type { Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { BASH_OPTIONS, BUILTIN_USAGE, builtinsOf, createBash, SET_OPTIONS } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { completeArguments } from './completion.ts';
import { connectPath } from '../net/index.ts';

const bash = createBash({ complete: completeArguments, connect: connectPath });
const DECLARATION: Declaration = {
  synopsis: '[GNU long option] [option] [script-file] ...',
  options: [
    ...BASH_OPTIONS.map(([name, value, help]) => ({ names: [name], value, help })),
    ...SET_OPTIONS.map(([name, letter]) => ({ names: letter === '' ? [`-o ${name}`] : [`-${letter}`, `-o ${name}`], help: `set -o ${name}` })),
  ],
  commands: Object.entries(BUILTIN_USAGE).map(([name, usage]) => ({ name, help: usage })),
  missing: ['loadable builtins (enable -f)', 'restricted shells', 'locales but C.UTF-8'],
};
const at = (path: Bytes): InstalledProgram => ({ path, main: declared(DECLARATION, bash), origin: 'bash 5.2.15' });
/** The letters that dash and ash take, and their builtins: what they have of bash's. */
const plain = (dialect: 'dash' | 'ash', path: Bytes, origin: string): InstalledProgram => ({
  path,
  main: declared(
    {
      synopsis: '[-abCefIimnuvx] [-c command_string [command_name]] [script] [argument ...]',
      options: [
        ...BASH_OPTIONS.filter(([name]) => /^-[cis]$/.test(name)).map(([name, value, help]) => ({ names: [name], value, help })),
        ...SET_OPTIONS.filter(([, letter]) => 'abCefmnuvx'.includes(letter) && letter !== '').map(([name, letter]) => ({
          names: [`-${letter}`, `-o ${name}`],
          help: `set -o ${name}`,
        })),
      ],
      commands: Object.entries(BUILTIN_USAGE).flatMap(([name, usage]) => (builtinsOf(dialect)?.has(name) ? [{ name, help: usage }] : [])),
    },
    createBash({ complete: completeArguments }, dialect),
  ),
  origin,
});
export const BASH_PROGRAMS: readonly InstalledProgram[] = [
  at('/usr/bin/bash'),
  plain('dash', '/usr/bin/sh', 'dash 0.5.12'),
  plain('dash', '/usr/bin/dash', 'dash 0.5.12'),
  // Not in anybody's PATH: images that busybox makes have it as /bin/sh.
  plain('ash', '/usr/lib/busybox/ash', 'busybox 1.36.1'),
];
