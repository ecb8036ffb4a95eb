/**
 * Goal: our bash answers each script of corpus/ as bash 5.2 answered when `corpus/record` ran it, to the byte, output, errors and status.
 * Method: one fresh machine a snippet, `script.sh` in an empty directory, output and errors in one stream. Process ids are the only thing replaced.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Sandbox } from '../testing/sandbox.ts';

const CORPUS = new URL('./corpus/', import.meta.url);

/** Title and rest of each part that begins with `#### TITLE`. */
const parts = (name: string): [string, string][] =>
  readFileSync(new URL(name, CORPUS), 'latin1')
    .split(/^#### /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]);

const withoutPids = (text: string): string => text.replace(/(line \d+: +)\d+( [A-Z])/g, '$1PID$2').trimEnd();

function run(script: string): string {
  const box = new Sandbox();
  box.init.fs.mkdirs('/tmp/here');
  box.init.fs.writeFile('/tmp/here/script.sh', `${script.trimEnd()}\n`);
  const { merged, status } = box.run(['bash', '-c', 'exec 2>&1; exec bash script.sh'], { cwd: '/tmp/here', env: { LC_ALL: 'C' } });
  expect(box.errors).toEqual([]);
  return `${merged}\n=> ${status}`;
}

for (const file of readdirSync(CORPUS).filter((name) => name.endsWith('.sh'))) {
  describe(file, () => {
    const recorded = new Map(parts(file.replace(/\.sh$/, '.golden')));
    it('has a recorded answer to each snippet', () => expect([...recorded.keys()]).toEqual(parts(file).map(([title]) => title)));
    for (const [title, script] of parts(file)) {
      it(title, () => expect(withoutPids(run(script))).toBe(withoutPids(recorded.get(title) ?? '')));
    }
  });
}
