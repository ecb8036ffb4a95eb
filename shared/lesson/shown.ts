/**
 * Code blocks of a step's text that name a place to run at (```` ```bash run node-1 ````), and the output that is shown of one (```` ```text output ````
 * right behind it). In a shown output `…` stands for anything within a line, and a line `…` for any lines.
 */
export interface RunBlock {
  readonly node: string;
  readonly command: string;
  /** 1-based lines of the file, of the block and of its output. */
  readonly line: number;
  readonly output: { readonly lines: readonly string[]; readonly line: number } | undefined;
}

interface Fence {
  readonly words: readonly string[];
  readonly content: string[];
  readonly line: number;
}

/** `firstLine`: the line of the file at which `body` begins. */
export function readRunBlocks(body: readonly string[], firstLine: number): readonly RunBlock[] {
  const fences: Fence[] = [];
  let open: { readonly mark: string; readonly fence: Fence } | undefined;
  for (const [index, line] of body.entries()) {
    const mark = /^(`{3,}|~{3,})/.exec(line)?.[1];
    if (open) {
      if (mark !== undefined && mark.startsWith(open.mark) && line.trim() === mark) open = undefined;
      else open.fence.content.push(line);
    } else if (mark !== undefined) {
      open = { mark, fence: { words: line.slice(mark.length).trim().split(/\s+/), content: [], line: firstLine + index } };
      fences.push(open.fence);
    }
  }
  return fences.flatMap(({ words, content, line }, index): readonly RunBlock[] => {
    const at = words.indexOf('run');
    if (at < 0) return [];
    const next = fences[index + 1];
    const output = next?.words.includes('output') ? { lines: next.content, line: next.line } : undefined;
    return [{ node: words[at + 1] ?? '', command: content.join('\n'), line, output }];
  });
}

/** The first shown line that the output does not have, in order; undefined when it has all. Spaces count as one. */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const plain = (text: string): string => text.trim().replace(/\s+/g, ' ');
  const printed = output.split(/\r*\n/).map(plain);
  let at = 0;
  let mayskip = false;
  for (const line of shown.map(plain)) {
    if (line === '') continue;
    if (line === '…' || line === '...') {
      mayskip = true;
      continue;
    }
    while (printed[at] === '') at++;
    const pattern = new RegExp(`^${line.split('…').map(escape).join('.*')}$`);
    const found = mayskip ? printed.findIndex((one, index) => index >= at && pattern.test(one)) : pattern.test(printed[at] ?? '') ? at : -1;
    if (found < 0) return line;
    at = found + 1;
    mayskip = false;
  }
  return undefined;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
