/** A rule of INPUT drops what is for the machine itself. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const INPUT_DROP: Diagnosis = {
  code: 'input-drop',
  words: {
    en: { title: '{node} drops packets that are for itself', cause: 'In INPUT, “{rule}” of {node} drops what comes to the machine itself.' },
    zh: { title: '{node} 丢弃发给它自己的包', cause: '在 INPUT 处，{node} 的“{rule}”丢弃发给这台机器自己的包。' },
  },
  find(situation) {
    return filterFindings(situation, 'input-drop');
  },
};
