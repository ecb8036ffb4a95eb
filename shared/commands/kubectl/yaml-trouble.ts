/** What is wrong with a YAML text, as libyaml (by go-yaml) says it; where our reader knows more, in its own words. */
import type { YAMLParseError } from 'yaml';

export function yamlTrouble(problem: YAMLParseError, content: string): string {
  const line = problem.linePos?.[0].line ?? 1;
  const { message } = problem;
  if (problem.code === 'BLOCK_AS_IMPLICIT_KEY' || /Nested mappings/.test(message)) {
    // at the colon that makes it one
    const colon = content.slice(problem.pos[0]).search(/:(\s|$)/);
    const at = content.slice(0, problem.pos[0] + Math.max(0, colon)).split('\n').length;
    return at === 1 ? NESTED : `line ${at}: ${NESTED}`;
  }
  const [, end] = /end with a ([\]}])/.exec(message) ?? [];
  if (end !== undefined) return `line ${line - 1}: did not find expected ',' or '${end}'`;
  if (problem.code === 'MULTILINE_IMPLICIT_KEY') return `line ${line - 1}: did not find expected key`;
  if (problem.code === 'TAB_AS_INDENT') return line === 1 ? 'found character that cannot start any token' : `line ${line}: ${TAB}`;
  if (/closing .quote/.test(message)) return `line ${line}: found unexpected end of stream`;
  if (/Implicit map keys/.test(message)) return `line ${line + 1}: could not find expected ':'`;
  return `line ${line}: ${message.split(/ at line \d+/)[0]!.replace(/\s*\n[\s\S]*$/, '')}`;
}

const NESTED = 'mapping values are not allowed in this context';
const TAB = 'found a tab character that violates indentation';
