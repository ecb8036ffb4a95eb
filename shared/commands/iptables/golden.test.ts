/**
 * Goal: the iptables programs answer as the real ones. Method: golden/answers.json holds what the real programs answered to golden/cases.txt, in
 * order in one namespace; the same commands run here on an empty ruleset, and whole output and status are compared.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Ruleset } from '../../kernel/index.ts';
import { parseRestore, runIptables, runRestore, runSave, type Outcome, type Surroundings } from './run.ts';

interface Answer {
  readonly begin?: string;
  readonly command: string;
  readonly output: string;
  readonly status: number;
}
const answers = JSON.parse(readFileSync(new URL('golden/answers.json', import.meta.url), 'utf8')) as Answer[];

function words(text: string): string[] {
  const found: string[] = [];
  for (const [, ...parts] of text.matchAll(/((?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])+)/g)) {
    found.push(parts[0]!.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_, plain?: string, quoted?: string) => plain ?? quoted!.replace(/\\(["\\$`])/g, '$1')));
  }
  return found;
}
/** As both streams look on one pipe: standard output leaves at the end. */
const merged = (outcome: Outcome): string => [2, 1].flatMap((fd) => outcome.output.filter((each) => each.fd === fd).map((each) => each.text)).join('');
const undated = (text: string): string => text.replace(/( on) \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, '$1 DATE');

function machine(): (command: string) => { output: string; status: number } {
  const quiet = { changed: () => undefined, removed: () => undefined };
  const surroundings = (family: 'ip' | 'ip6'): Surroundings => ({
    ruleset: rulesets[family],
    lookupSet: () => undefined,
    calendar: 'Sat Nov 21 12:00:00 2026\n',
  });
  const rulesets = { ip: new Ruleset('ip', quiet), ip6: new Ruleset('ip6', quiet) };
  return (command) => {
    const [line = '', input = ''] = command.split(' <<< ');
    const argv = words(line);
    const family = argv[0]!.startsWith('ip6') ? 'ip6' : 'ip';
    const around = surroundings(family);
    let outcome: Outcome;
    if (argv[0]!.endsWith('-save')) outcome = runSave(argv, family, around);
    else if (argv[0]!.endsWith('-restore')) {
      const parsed = parseRestore(argv, family);
      if ('status' in parsed) outcome = parsed;
      else if (parsed.file !== undefined) outcome = { output: [{ fd: 2, text: `Can't open ${parsed.file}: No such file or directory\n` }], status: 1 };
      else outcome = runRestore(input.replaceAll('\\n', '\n'), parsed.options, family, around);
    } else outcome = runIptables(argv, family, around);
    return { output: undated(merged(outcome)), status: outcome.status };
  };
}

describe('iptables answers as recorded', () => {
  let run = machine();
  let part = '';
  for (const answer of answers) {
    if (answer.begin !== undefined) {
      part = answer.begin;
      const fresh = part;
      it(`${fresh}: begins empty`, () => {
        run = machine();
        expect(run('iptables -S').output).toBe('-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n');
      });
      continue;
    }
    it(`${part}: ${answer.command}`, () => {
      expect(run(answer.command)).toEqual({ output: undated(answer.output), status: answer.status });
    });
  }
});
