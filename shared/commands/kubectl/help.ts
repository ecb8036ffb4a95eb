/** What `kubectl` and `kubectl COMMAND --help` print, made from the tables of flags. */
import type { Command } from './context.ts';

export const overview = (commands: readonly Command[]): string =>
  `kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\nCommands:\n${commands
    .map((command) => `  ${command.name.padEnd(15)} ${command.summary}\n`)
    .join('')}\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\n`;

/** Of a word that only begins commands: `rollout`. */
export function groupHelp(name: string, commands: readonly Command[]): string {
  const own = commands.filter((command) => command.name.startsWith(`${name} `));
  const lines = own.map((command) => `  ${command.name.slice(name.length + 1).padEnd(15)} ${command.summary}\n`);
  return `Available Commands:\n${lines.join('')}\nUsage:\n  kubectl ${name} [flags] [options]\n\nUse "kubectl ${name} <command> --help" for more information about a given command.\n`;
}

export function helpOf(command: Command): string {
  const flags = [...command.flags].filter((flag) => flag.name !== 'help').sort((a, b) => (a.name < b.name ? -1 : 1));
  const value = { bool: 'false', string: "''", int: '0', duration: '0s', list: '[]', array: '[]' };
  const options = flags.map((flag) => `    ${flag.short === undefined ? '' : `-${flag.short}, `}--${flag.name}=${value[flag.kind]}:\n\t${flag.usage}\n`);
  return `${command.summary}.\n\nOptions:\n${options.join('\n')}\nUsage:\n  kubectl ${command.name} ${command.usage}\n`;
}
