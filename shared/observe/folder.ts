/**
 * A snapshot from files of captured output: `NODE/COMMAND` for a node's own namespace, `NODE/NETNS/COMMAND` for others. COMMAND is the command line with
 * blanks or `_` between its words, with or without an ending: `ip_-d_addr.txt`, `iptables-save -c.log`, `collected` for what the script printed.
 */
import type { NetnsSnapshot, NodeSnapshot, Snapshot } from '../snapshot/index.ts';
import { readCollected, readOutput } from './collect.ts';
import { parseCommandLine } from './command-line.ts';
import type { Facts } from './facts.ts';
import type { Problem } from './input.ts';
import { joinVeths, segmentsOf } from './join.ts';
import { netnsOf } from './netns-facts.ts';
import { parserOf } from './programs.ts';

export interface CapturedFile {
  /** Below the folder. */
  readonly path: readonly string[];
  readonly text: string;
}
export interface FolderProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

export function readFolder(files: readonly CapturedFile[]): { readonly snapshot: Snapshot; readonly problems: readonly FolderProblem[] } {
  const problems: FolderProblem[] = [];
  const found = new Map<string, { readonly netns: Map<string, Facts[]>; readonly collected: string[] }>();
  for (const { path, text } of [...files].sort((a, b) => (a.path.join('/') < b.path.join('/') ? -1 : 1))) {
    const file = path.join('/');
    const [node, second, third] = path;
    const [netns, name] = third === undefined ? ['', second] : [second!, third];
    if (node === undefined || name === undefined || path.length > 3) {
      problems.push({ file, message: 'stands in no folder of a node' });
      continue;
    }
    const entry = found.get(node) ?? { netns: new Map<string, Facts[]>(), collected: [] };
    found.set(node, entry);
    const command = name.replace(/\.(?:txt|json|log|out)$/, '').replaceAll('_', ' ');
    if (command === 'collected') {
      entry.collected.push(text);
      continue;
    }
    if (!parserOf(parseCommandLine(command), text)) {
      problems.push({ file, message: `nothing here reads what "${command}" prints` });
      continue;
    }
    const said: (Problem & { readonly command: string })[] = [];
    const facts = readOutput(command, text, said);
    for (const { line, message } of said) problems.push({ file, line, message });
    entry.netns.set(netns, [...(entry.netns.get(netns) ?? []), ...facts]);
  }
  const nodes = [...found].map(([name, { netns, collected }]): NodeSnapshot => {
    if (collected.length > 0) {
      const whole = readCollected(name, collected);
      for (const { command, line, message } of whole.problems) problems.push({ file: `${name}/collected`, line, message: `${command}: ${message}` });
      return whole.node;
    }
    // no program tells numbers that hold for all of them
    const named = [...netns].map(([one, facts], i): NetnsSnapshot => netnsOf(facts, { id: one === '' ? 0 : i + 1, inode: i + 1, name: one }));
    return { name, namespaces: joinVeths(named) };
  });
  return { snapshot: { atUs: 0, nodes, segments: segmentsOf(nodes) }, problems };
}
