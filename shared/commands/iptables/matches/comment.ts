/** `-m comment` (libxt_comment). */
import type { CommentInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch, quote } from '../extension.ts';

/** XT_MAX_COMMENT_LEN, its end included. */
const MAXIMUM = 256;

export const comment = defineMatch<CommentInfo>({
  name: 'comment',
  families: BOTH,
  options: [{ name: 'comment', id: 'comment', type: 'string', mandatory: true }],
  init: () => ({ kind: 'comment', text: '' }),
  parse(info, call) {
    info.text = call.argument.slice(0, MAXIMUM - 1);
  },
  save: (info) => ` --comment${quote(info.text)}`,
  list: (info) => ` /* ${info.text} */`,
});
