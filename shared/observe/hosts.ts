/**
 * `ethtool -S CARD` (the driver's counters; of a veth also the index of its peer) and `lsns` (table and -J).
 */
import { valueAfter } from './command-line.ts';
import type { Facts, NamespaceFacts } from './facts.ts';
import { wholeNumber, wordsOf, type Input } from './input.ts';
import { jsonObjects, numberIn, textIn } from './json.ts';

export function parseEthtoolStatistics(input: Input): Facts {
  const counters: Record<string, number> = {};
  for (const line of input.lines()) {
    if (/^(?:NIC|Standard) statistics(?: for \S+)?:$|^no stats available$/.test(line.text.trim())) continue;
    const [, name, value] = /^\s*(\S.*?):\s+(\d+)\s*$/.exec(line.text) ?? [];
    if (name === undefined || name === '__proto__') input.problem(line, 'no counter');
    else counters[name] = Number(value);
  }
  const name = valueAfter(input.command, '-S', '--statistics');
  const peer = counters['peer_ifindex'];
  return { counters, ...(name !== undefined && peer !== undefined && { links: [{ name, kind: 'veth', link: { ifindex: peer } }] }) };
}

/** Columns by their titles; a cell may be empty (NETNSID, NSFS), then only the first ones and the command are taken. */
export function parseLsns(input: Input): Facts {
  const namespaces: NamespaceFacts[] = [];
  let titles: readonly string[] = [];
  for (const line of input.lines()) {
    const words = wordsOf(line.text);
    if (words[0] === 'NS') {
      titles = words;
      continue;
    }
    const cell = (title: string): string | undefined => (titles.includes(title) ? words[titles.indexOf(title)] : undefined);
    const inode = wholeNumber(cell('NS') ?? words[0]);
    if (inode === undefined || titles.length === 0) {
      input.problem(line, titles.length === 0 ? 'columns without titles' : 'no namespace');
      continue;
    }
    const [type, processes, pid, user, netnsid] = [
      cell('TYPE'),
      wholeNumber(cell('NPROCS')),
      wholeNumber(cell('PID')),
      cell('USER'),
      wholeNumber(cell('NETNSID')),
    ];
    const [path] = /\/run\/(?:docker\/)?netns\/\S+/.exec(line.text) ?? [];
    const commandAt = titles.indexOf('COMMAND') - (titles.includes('NSFS') && path === undefined ? 1 : 0);
    const command = titles.includes('COMMAND') ? words.slice(commandAt).join(' ') : '';
    namespaces.push({
      inode,
      ...(type !== undefined && { type }),
      ...(processes !== undefined && { processes }),
      ...(pid !== undefined && { pid }),
      ...(user !== undefined && { user }),
      ...(netnsid !== undefined && { netnsid }),
      ...(path !== undefined && { path }),
      ...(command !== '' && { command }),
    });
  }
  return { namespaces };
}

export function parseLsnsJson(input: Input): Facts {
  const namespaces: NamespaceFacts[] = [];
  for (const { value, line } of jsonObjects(input, 'namespaces')) {
    const inode = numberIn(value, 'ns');
    if (inode === undefined) {
      input.problem(line, 'no namespace: ns is missing');
      continue;
    }
    const [type, processes, pid, user] = [textIn(value, 'type'), numberIn(value, 'nprocs'), numberIn(value, 'pid'), textIn(value, 'user')];
    const [netnsid, path, command] = [numberIn(value, 'netnsid'), textIn(value, 'nsfs'), textIn(value, 'command')];
    namespaces.push({
      inode,
      ...(type !== undefined && { type }),
      ...(processes !== undefined && { processes }),
      ...(pid !== undefined && { pid }),
      ...(user !== undefined && { user }),
      ...(netnsid !== undefined && { netnsid }),
      ...(path !== undefined && path !== '' && { path }),
      ...(command !== undefined && { command }),
    });
  }
  return { namespaces };
}
