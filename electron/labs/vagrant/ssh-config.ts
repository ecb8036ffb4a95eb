/**
 * What `vagrant ssh-config` prints: one block of ssh_config(5) a machine, each keyword at most once but IdentityFile. A value with a blank stands in
 * double quotes. Authority: vagrant/templates/commands/ssh_config/config.erb.
 */

export interface MachineLogin {
  /** As `vagrant status` names it. */
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Only these keys, not the agent's. */
  readonly identitiesOnly: boolean;
  readonly forwardAgent: boolean;
  readonly proxyCommand?: string;
  /** The machine is made anew now and then, so its key is not held against it. */
  readonly checksHostKey: boolean;
}

export interface SshConfigReading {
  readonly logins: readonly MachineLogin[];
  readonly problems: readonly { readonly line: number; readonly text: string; readonly message: string }[];
}

type Block = Map<string, string[]>;

export function parseSshConfig(text: string): SshConfigReading {
  const problems: { line: number; text: string; message: string }[] = [];
  const blocks: { readonly line: number; readonly machine: string; readonly block: Block }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, keyword, value] = /^([A-Za-z]+)(?:\s+|\s*=\s*)(.*)$/.exec(trimmed) ?? [];
    if (keyword === undefined) {
      problems.push({ line: index + 1, text: line, message: 'no keyword with a value' });
      continue;
    }
    const bare = unquoted(value!);
    if (keyword.toLowerCase() === 'host') blocks.push({ line: index + 1, machine: bare, block: new Map() });
    else {
      const block = blocks.at(-1)?.block;
      if (!block) problems.push({ line: index + 1, text: line, message: 'it stands before any Host' });
      else block.set(keyword.toLowerCase(), [...(block.get(keyword.toLowerCase()) ?? []), bare]);
    }
  }
  const logins = blocks.flatMap(({ line, machine, block }) => {
    const host = block.get('hostname')?.[0];
    const port = Number(block.get('port')?.[0] ?? 22);
    if (host === undefined || !(port >= 1 && port <= 65535)) {
      problems.push({ line, text: `Host ${machine}`, message: host === undefined ? 'it has no HostName' : 'its Port is none' });
      return [];
    }
    return [loginOf(machine, host, port, block)];
  });
  return { logins, problems };
}

function loginOf(machine: string, host: string, port: number, block: Block): MachineLogin {
  const says = (keyword: string, value: string): boolean => block.get(keyword)?.[0]?.toLowerCase() === value;
  const proxyCommand = block.get('proxycommand')?.[0];
  return {
    machine,
    host,
    port,
    user: block.get('user')?.[0] ?? 'vagrant',
    identityFiles: block.get('identityfile') ?? [],
    identitiesOnly: says('identitiesonly', 'yes'),
    forwardAgent: says('forwardagent', 'yes'),
    ...(proxyCommand !== undefined && { proxyCommand }),
    checksHostKey: !says('stricthostkeychecking', 'no') && !says('userknownhostsfile', '/dev/null'),
  };
}

const unquoted = (value: string): string => (/^".*"$/.test(value) ? value.slice(1, -1).replaceAll('\\"', '"') : value);
