/**
 * Goal: the programs of a simulated host answer as the real ones answered when `test/corpus/record` ran them, to the byte, output, errors and status.
 * Method: one fresh host a snippet, `script.sh` in an empty /root, output and errors in one stream. Process ids are the only thing replaced.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBlankHost } from '../../shared/lab/index.ts';

const CORPUS = new URL('../corpus/', import.meta.url);
const LIMIT_US = 60_000_000;

/** Title and rest of each part that begins with `#### TITLE`. */
const parts = (name: string): [string, string][] =>
  readFileSync(new URL(name, CORPUS), 'latin1')
    .split(/^#### /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]);

const withoutPids = (text: string): string =>
  text
    .replace(/(line \d+:) +\d+( [A-Z])/g, '$1 PID$2')
    .replace(/^(\[\d+\]) \d+$/gm, '$1 PID')
    .trimEnd();

function run(script: string): string {
  const lab = createBlankHost({ seed: 1, epochMs: Date.UTC(2024, 1, 3, 4, 5, 6) });
  const [target = ''] = lab.nodes;
  lab.writeFile(target, '/root/script.sh', script, 0o644);
  const command = 'rm -f .bashrc .profile; exec 2>&1 < /dev/null; bash script.sh; printf "\\n=> %s\\n" $?';
  const opened = lab.exec({ target, argv: ['bash', '-c', command], cwd: '/root', env: { LC_ALL: 'C', TERM: 'dumb' } });
  if (!opened.ok) throw new Error(opened.error.message);
  let out = '';
  const gather = (): void => {
    for (let text = opened.value.read(65536); text !== ''; text = opened.value.read(65536)) out += text;
  };
  opened.value.onReadable(gather);
  const { simulation } = lab;
  simulation.runFree(() => opened.value.exitStatus === undefined && simulation.nowUs < LIMIT_US);
  gather();
  lab.close();
  return out;
}

for (const file of readdirSync(CORPUS).filter((name) => name.endsWith('.sh'))) {
  describe(file, () => {
    const recorded = new Map(parts(file.replace(/\.sh$/, '.golden')));
    it('has a recorded answer to each snippet', () => expect([...recorded.keys()]).toEqual(parts(file).map(([title]) => title)));
    for (const [title, script] of parts(file)) it(title, () => expect(withoutPids(run(script))).toBe(withoutPids(recorded.get(title) ?? '')));
  });
}
