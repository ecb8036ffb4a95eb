/** docs/programs.md: what each program supports, from the declarations that the programs themselves read their command lines by. */
import type { InstalledProgram } from '../machine/index.ts';
import { BUSYBOX_NET } from './busybox-net.ts';
import { declarationOf, type Declaration, type DeclaredCommand, type DeclaredOption } from './declaration.ts';
import { PROGRAMS } from './index.ts';
import { KUBECTL } from './kubectl/index.ts';
import { NODE_TOOLS } from './node-tools/index.ts';

const HEAD = `# Programs

What the programs of a simulated machine take. Written by \`npm run docs\` from the tables that the programs read their command lines by; a test fails
when it is older than they are. An option that is not here is refused as the real program refuses what it does not know; one marked **not modelled** is
known and says so, with a status other than 0.
`;

/** Programs that are one program under several names, or of one declaration, stand together. */
interface Entry {
  readonly names: readonly string[];
  readonly origin: string;
  readonly declares: Declaration;
}

function entriesOf(programs: readonly Pick<InstalledProgram, 'path' | 'main' | 'origin'>[]): readonly Entry[] {
  const found = new Map<string, Entry>();
  for (const { path, main, origin } of programs) {
    const declares = declarationOf(main);
    if (!declares) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const key = `${origin} ${JSON.stringify(declares)}`;
    const known = found.get(key);
    found.set(key, { names: [...new Set([...(known?.names ?? []), name])], origin, declares });
  }
  return [...found.values()].sort((a, b) => (a.names[0]! < b.names[0]! ? -1 : 1));
}

export function programTable(): string {
  const kubectl = { path: '/usr/bin/kubectl', ...KUBECTL };
  const debian = entriesOf([...PROGRAMS]).concat(
    [kubectl, ...NODE_TOOLS].map(({ path, origin, declares }) => ({ names: [path.slice(path.lastIndexOf('/') + 1)], origin, declares })),
  );
  const sorted = [...debian].sort((a, b) => (a.names[0]! < b.names[0]! ? -1 : 1));
  const busybox = entriesOf(BUSYBOX_NET);
  const list = sorted.map(({ names: [name = ''] }) => `[${name}](#${anchor(name)})`).join(' · ');
  return `${[HEAD, `${list}\n`, ...sorted.map(section), '# In busybox images\n', ...busybox.map(section)].join('\n').trimEnd()}\n`;
}
const anchor = (name: string): string => name.toLowerCase().replace(/[^\w-]/g, '');

function section({ names, origin, declares }: Entry): string {
  const { synopsis = '', summary, options, commands = [], missing = [] } = declares;
  const lines = [`## ${names[0] ?? ''}\n`];
  const others = names.slice(1).map((name) => `\`${name}\``);
  lines.push(`${origin}${others.length > 0 ? `; also ${others.join(', ')}` : ''}${summary === undefined || summary === '' ? '' : `. ${escaped(summary)}`}\n`);
  if (synopsis !== '')
    lines.push(
      '```\n' +
        synopsis
          .split('\n')
          .map((line, i) => (i === 0 ? `${names[0] ?? ''} ${line}` : line.trim()))
          .join('\n') +
        '\n```\n',
    );
  if (options.length > 0)
    lines.push(
      `${table(
        ['option', 'what'],
        options.map((option) => [namesOf(option), whatOf(option)]),
      )}\n`,
    );
  if (commands.length > 0) lines.push(commandTable(commands));
  if (missing.length > 0) lines.push(`Not modelled: ${missing.map(escaped).join('; ')}.\n`);
  return lines.join('\n');
}

function commandTable(commands: readonly DeclaredCommand[]): string {
  const rows = commands.map(({ name, aliases = [], help = '', verbs = [], options = [], isMissing = false }) => {
    const parts = [isMissing ? '**not modelled**' : '', escaped(help), verbs.map((verb) => `\`${verb}\``).join(' '), options.map(namesOf).join(' ')];
    return [[name, ...aliases].map(code).join(', '), parts.filter((part) => part !== '').join('; ')];
  });
  return rows.every(([, what]) => what === '') ? `Commands: ${rows.map(([name = '']) => name).join(' ')}\n` : `${table(['command', 'what'], rows)}\n`;
}

const escaped = (text: string): string => text.replace(/\s+/g, ' ').replace(/[|<>*_`[\]\\]/g, '\\$&');
const code = (text: string): string => `\`${text.replace(/\|/g, '\\|')}\``;
function namesOf({ names, value, isOptional = false }: DeclaredOption): string {
  const suffix = value === undefined ? '' : isOptional ? `[${value}]` : ` ${value}`;
  return names.map((name, i) => code(i === names.length - 1 ? name + suffix : name)).join(', ');
}
const whatOf = ({ help = '', isMissing = false }: DeclaredOption): string => `${isMissing ? `**not modelled**${help === '' ? '' : ': '}` : ''}${escaped(help)}`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
