/** The commands of `brctl`, their operands and what they do, in one table: parser, usage and support come from it. Authority: bridge-utils 1.7. */

export interface BrctlCommand {
  readonly name: string;
  /** Operands that must be there; more are taken by commands that act on each. */
  readonly operands: number;
  readonly help: string;
}
export const BRCTL_COMMANDS = [
  { name: 'addbr', operands: 1, help: '<bridge>\t\tadd bridge' },
  { name: 'delbr', operands: 1, help: '<bridge>\t\tdelete bridge' },
  { name: 'addif', operands: 2, help: '<bridge> <device>\tadd interface to bridge' },
  { name: 'delif', operands: 2, help: '<bridge> <device>\tdelete interface from bridge' },
  { name: 'hairpin', operands: 3, help: '<bridge> <port> {on|off}\tturn hairpin on/off' },
  { name: 'setageing', operands: 2, help: '<bridge> <time>\t\tset ageing time' },
  { name: 'setbridgeprio', operands: 2, help: '<bridge> <prio>\t\tset bridge priority' },
  { name: 'setfd', operands: 2, help: '<bridge> <time>\t\tset bridge forward delay' },
  { name: 'sethello', operands: 2, help: '<bridge> <time>\t\tset hello time' },
  { name: 'setmaxage', operands: 2, help: '<bridge> <time>\t\tset max message age' },
  { name: 'setpathcost', operands: 3, help: '<bridge> <port> <cost>\tset path cost' },
  { name: 'setportprio', operands: 3, help: '<bridge> <port> <prio>\tset port priority' },
  { name: 'show', operands: 0, help: '[ <bridge> ]\t\tshow a list of bridges' },
  { name: 'showmacs', operands: 1, help: '<bridge>\t\tshow a list of mac addrs' },
  { name: 'showstp', operands: 1, help: '<bridge>\t\tshow bridge stp info' },
  { name: 'stp', operands: 2, help: '<bridge> {on|off}\tturn stp on/off' },
] as const satisfies readonly BrctlCommand[];
export type BrctlName = (typeof BRCTL_COMMANDS)[number]['name'];

export const brctlUsage = (): string =>
  `Usage: brctl [commands]\ncommands:\n${BRCTL_COMMANDS.map(({ name, help }) => `\t${name.padEnd(10)}\t${help}\n`).join('')}`;
