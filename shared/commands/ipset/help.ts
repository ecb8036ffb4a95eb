/**
 * What `ipset help` says: commands and options once, for the parser too. Authority: ipset 7.17.
 * Deviation: of each type the newest revision alone is listed; `help TYPENAME` says no more.
 */
import { TYPES } from './types.ts';

/** A command by all its names, what it wants, what it is for. */
export interface Command {
  readonly names: readonly string[];
  readonly usage: string;
  readonly help: string;
  /** How many words it must have, and may have. */
  readonly least: 0 | 1 | 2;
  readonly most: 0 | 1 | 2 | 'any';
}
const command = (names: string, usage: string, help: string, least: Command['least'], most: Command['most']): Command => ({
  names: names.split(' '),
  usage,
  help,
  least,
  most,
});
export const COMMANDS: readonly Command[] = [
  command('create --create -N n', 'SETNAME TYPENAME [type-specific-options]', 'Create a new set', 2, 'any'),
  command('add --add -A', 'SETNAME ENTRY', 'Add entry to the named set', 2, 'any'),
  command('del --del -D', 'SETNAME ENTRY', 'Delete entry from the named set', 2, 'any'),
  command('test --test -T', 'SETNAME ENTRY', 'Test entry in the named set', 2, 'any'),
  command('destroy --destroy -X x', '[SETNAME]', 'Destroy a named set or all sets', 0, 1),
  command('list --list -L l', '[SETNAME]', 'List the entries of a named set or all sets', 0, 1),
  command('save --save -S s', '[SETNAME]', 'Save the named set or all sets to stdout', 0, 1),
  command('restore --restore -R r', '', 'Restore a saved state', 0, 0),
  command('flush --flush -F f', '[SETNAME]', 'Flush a named set or all sets', 0, 1),
  command('rename --rename -E e', 'FROM-SETNAME TO-SETNAME', 'Rename two sets', 2, 2),
  command('swap --swap -W w', 'FROM-SETNAME TO-SETNAME', 'Swap the contect of two existing sets', 2, 2),
  command('help --help -H h', '[TYPENAME]', 'Print help, and settype specific help', 0, 1),
  command('version --version -V v', '', 'Print version information', 0, 0),
  command('quit', '', 'Quit interactive mode', 0, 0),
];

export interface Flag {
  readonly short: string;
  readonly long: string;
  readonly value: string;
  readonly help: readonly string[];
}
const flag = (short: string, long: string, value: string, ...help: readonly string[]): Flag => ({ short, long, value, help });
export const FLAGS: readonly Flag[] = [
  flag(
    '-o',
    '-output',
    'plain|save|xml',
    'Specify output mode for listing sets.',
    'Default value for "list" command is mode "plain"',
    'and for "save" command is mode "save".',
  ),
  flag('-s', '-sorted', '', 'Print elements sorted (if supported by the set type).'),
  flag('-q', '-quiet', '', 'Suppress any notice or warning message.'),
  flag('-r', '-resolve', '', 'Try to resolve IP addresses in the output (slow!)'),
  flag('-!', '-exist', '', 'Ignore errors when creating or adding sets or', 'elements that do exist or when deleting elements', "that don't exist."),
  flag('-n', '-name', '', 'When listing, just list setnames from the kernel.', ''),
  flag('-t', '-terse', '', 'When listing, list setnames and set headers', 'from kernel only.'),
  flag('-f', '-file', '', 'Read from the given file instead of standard', 'input (restore) or write to given file instead', 'of standard output (list/save).'),
];

export const VERSION_LINE = 'ipset v7.17, protocol version: 7\n';
const flagLines = FLAGS.map(
  ({ short, value, help }) => `${short} ${value}\n${help.map((line) => (line === '' ? '\n' : `${value === '' ? ' ' : ''}       ${line}\n`)).join('')}`,
).join('');
export const HELP = `ipset v7.17

Usage: ipset [options] COMMAND

Commands:
${COMMANDS.map(({ names, usage, help }) => `${names[0]} ${usage}\n        ${help}\n`).join('')}
Options:
${flagLines}
Supported set types:
${Object.entries(TYPES)
  .map(([name, { revision }]) => `    ${name.padEnd(15)}\t${revision}\n`)
  .join('')}`;
