/**
 * Output whose line breaks were lost, as web pages and chats lose them: they are put back where only a new line can begin.
 *
 *     … qlen 1    link/loopback … preferred_lft forever2: eth0: <…
 *
 * The index of an interface then touches the word before it; indexes grow, so of `211: cali1@if3` after interface 10 the index is 11.
 */
const HEADER = /(\d+)(?=: [^\s:]+: <[A-Z0-9_,-]*>)/g;
const PROMPT = /\[[\w.-]+@[\w.-]+ [^\]]*\]# ?/g;

/** Whether an interface and its hardware address stand in one line. `-o` has a backslash between them. */
export function hasLostBreaks(text: string): boolean {
  for (let at = text.indexOf('    link/'); at !== -1; at = text.indexOf('    link/', at + 1)) {
    const before = text[at - 1];
    if (before === undefined || before === '\n' || before === '\r' || before === '\\') continue;
    if (/\d: [^\s:]+: <[A-Z0-9_,-]*>/.test(text.slice(text.lastIndexOf('\n', at) + 1, at))) return true;
  }
  return false;
}

export function restoreBreaks(text: string): string {
  let previous = 0;
  return text
    .replace(PROMPT, '\n$&')
    .replace(HEADER, (digits: string, _: string, at: number, whole: string) => {
      const isWord = at === 0 || /\s/.test(whole[at - 1]!);
      const keep = isWord && /\b(?:qlen|link-netnsid)\s$/.test(whole.slice(Math.max(0, at - 14), at)) ? 1 : 0;
      for (let cut = digits.length - 1; cut >= keep; cut--) {
        const index = Number(digits.slice(cut));
        if (digits[cut] === '0' || index <= previous) continue;
        previous = index;
        return `${digits.slice(0, cut)}\n${digits.slice(cut)}`;
      }
      previous = Number(digits);
      return `\n${digits}`;
    })
    .replace(/[ \t]{2,}(?=(?:link\/[a-z0-9_]+|inet6?) [0-9a-f:]|valid_lft |alias |altname )/g, '\n    ');
}
