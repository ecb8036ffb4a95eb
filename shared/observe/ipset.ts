/**
 * `ipset save` and `ipset list` (with -t: without members).
 *
 *     create nets hash:net,port family inet hashsize 1024 maxelem 65536
 *     add nets 10.1.0.0/16,tcp:80 timeout 292
 */
import type { SetFact } from '../snapshot/index.ts';
import type { Draft, Facts } from './facts.ts';
import type { Input } from './input.ts';

type SetDraft = Draft<SetFact> & { members: string[] };

export function parseIpset(input: Input): Facts {
  const sets: SetDraft[] = [];
  const named = new Map<string, SetDraft>();
  let listed: SetDraft | undefined;
  let isMember = false;
  for (const line of input.lines()) {
    const { text } = line;
    const [, verb, name, rest = ''] = /^(create|add) (\S+) (.*\S)\s*$/.exec(text) ?? [];
    const [, key, value = ''] = /^([A-Z][A-Za-z ]*):\s*(.*?)\s*$/.exec(text) ?? [];
    if (verb === 'create') {
      const [type = '', ...header] = rest.split(' ');
      const set: SetDraft = { name: name!, type, header: header.join(' '), members: [] };
      named.set(set.name, set);
      sets.push(set);
    } else if (verb === 'add') {
      const set = named.get(name!);
      if (set) set.members.push(rest);
      else input.problem(line, `set ${name!} was not created`);
    } else if (key === 'Name') {
      listed = { name: value, type: '', header: '', members: [] };
      sets.push(listed);
      isMember = false;
    } else if (!listed) input.problem(line, 'belongs to no set');
    else if (isMember) listed.members.push(text.trim());
    else if (key === 'Type') listed.type = value;
    else if (key === 'Header') listed.header = value;
    else if (key === 'Members') isMember = true;
    else if (key === undefined) input.problem(line, 'unknown here');
  }
  return { sets };
}
