/** A rule or policy drops what a node passes on. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const FORWARD_DROP: Diagnosis = {
  code: 'forward-drop',
  words: {
    en: { title: '{node} drops what it should pass on', cause: 'In {hook}, “{rule}” of {node} drops the packets.' },
    zh: { title: '{node} 丢弃了本应转发的包', cause: '在 {hook} 处，{node} 的“{rule}”把包丢弃了。' },
  },
  find(situation) {
    return filterFindings(situation, 'forward-drop');
  },
};
