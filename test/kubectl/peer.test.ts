/**
 * Goal: the lab's own kubectl answers as the real one does: output, errors and exit status.
 * Method: two labs that began the same, the real one speaks to one over HTTPS, ours to the other inside; the same command lines in the same order.
 * Only what is chance is taken out, in its place and width: ages, addresses of pods, random ends of names, times.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LINES, MANIFESTS } from './peer-lines.ts';
import { ServedLab, type Ran } from './served-lab.ts';

let real: ServedLab;
let ours: ServedLab;
const folder = mkdtempSync(join(tmpdir(), 'podwalk-peer-'));

beforeAll(async () => {
  [real, ours] = await Promise.all([ServedLab.up(), ServedLab.up()]);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(MANIFESTS)) {
    writeFileSync(join(folder, name), text);
    await ours.run(['sh', '-c', `mkdir -p ${folder}; cat > ${folder}/${name}`], text);
  }
});
afterAll(async () => {
  await Promise.all([real.down(), ours.down()]);
  rmSync(folder, { recursive: true, force: true });
});

/** As a shell splits it: single quotes hold together. */
const words = (line: string): string[] => (line.replaceAll('DIR', folder).match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ''));

/** In a table the mark is as wide as what it stands for. */
const marked = (text: string, what: RegExp, mark: string): string =>
  text.replaceAll(what, (found: string) => {
    const bare = found.trimEnd();
    return bare === found ? mark : mark.padEnd(found.length);
  });
function steady(text: string): string {
  let out = text.replaceAll(folder, 'DIR').replaceAll(/\.[0-9a-f]{17}\b/g, '.EVENT');
  // what a library of the real one notes down, and nginx's clock
  out = out.replaceAll(/^W\d{4} .*reflector.*\n/gm, '').replaceAll(/^\d{4}\/\d\d\/\d\d [\d:]{8}/gm, 'WHEN');
  out = out.replaceAll(/\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, 'UID');
  out = out.replaceAll(/\b[0-9a-f]{64}\b/g, 'ID');
  out = out.replaceAll(/-([0-9a-f]{8,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-$1-RAND5');
  out = out.replaceAll(/\b(kube-[a-z-]+|coredns-[a-z0-9]+|kubernetes|shop|web)-[a-z0-9]{5}\b/g, '$1-RAND5');
  out = out.replaceAll(/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [-+]\d{4}/g, 'TIME');
  out = out.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:?\d\d)/g, 'TIME');
  out = out.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [-+]\d{4}/g, 'TIME');
  out = out.replaceAll(/resourceVersion: "\d+"/g, 'resourceVersion: N').replaceAll(/"resourceVersion": ?"\d+"/g, '"resourceVersion":N');
  out = marked(out, /\b10\.244\.\d+\.\d+\b *(?!\/)/g, '10.244.x');
  out = marked(out, /\b10\.(9[6-9]|1[01]\d)\.\d+\.\d+\b *(?!\/)/g, '10.96.x');
  out = marked(out, /\bnode-[12]\b *(?=\s|$)/gm, 'node-N');
  out = marked(out, /\b((\d+[dhm])?\d+(\.\d+)?(ms|[smhd])|<invalid>|<unknown>)(?![\w%]) */g, 'AGE');
  out = out.replaceAll(/(\d{5})\/TCP/g, 'NPORT/TCP').replaceAll(/(LIVE|MERGED)-\d+/g, '$1-N');
  // the peer's own: its address, its build, and how builds before and after a change of cobra begin an error
  out = out
    .replaceAll(/https:\/\/[\d.]+:\d+/g, 'https://SERVER')
    .replaceAll(/v1\.32\.4-dispatcher|"32\+"/g, (found) => (found.startsWith('v') ? 'v1.32.4' : '"32"'));
  out = out.replaceAll(/"(gitCommit|goVersion)": "[^"]*"/g, '"$1": X');
  out = out.replaceAll(/^Error: (?=unknown|invalid argument|flag needs|bad flag)/gm, 'error: ');
  out = inOneOrder(out);
  return out.replaceAll(/^E\d{4} .*"command failed" err="(.*)"$/gm, (_, text: string) => `error: ${text.replaceAll('\\"', '"')}`);
}
/** Why pods are not drained is kept by the real one in a map of Go, whose order is chance. */
function inOneOrder(text: string): string {
  const reason = /cannot delete .*?(?=, cannot delete |\]|$)/g;
  return text
    .replace(/(?<=due to error: \[).*(?=\])/g, (list) =>
      [...list.matchAll(reason)]
        .map(([one]) => one)
        .sort()
        .join(', '),
    )
    .replace(/(?:^cannot delete .*\n)+/gm, (lines) =>
      lines
        .split(/(?<=\n)/)
        .sort()
        .join(''),
    );
}
const seen = ({ status, out, err }: Ran): string => `${steady(out)}--- stderr\n${steady(err)}--- ${status}`;

it.each(LINES.map((line, index) => ({ line, index })))('$index $line', async ({ line }) => {
  const args = words(line.replace(/^~ /, ''));
  const [a, b] = await Promise.all([real.kubectl(args), ours.simulated(args)]);
  if (!line.startsWith('~ ')) expect(seen(b)).toBe(seen(a));
});
