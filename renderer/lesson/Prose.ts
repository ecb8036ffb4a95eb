/** Text of a lesson as components. */
import { computed, defineComponent, h, type PropType, type VNodeChild } from 'vue';
import type { Lesson } from '../../shared/ipc/index.ts';
import Tip from '../ui/Tip.vue';
import CodeBlock from './CodeBlock.vue';
import { joinChinese, parseMarkdown, type Piece } from './markdown.ts';

const HEADINGS: Readonly<Record<string, string>> = { h1: 'h4', h2: 'h4', h3: 'h5', h4: 'h5' };

export default defineComponent({
  name: 'LessonProse',
  props: { text: { type: String, required: true }, terms: { type: Object as PropType<Lesson['terms']>, default: () => ({}) } },
  setup(props) {
    const pieces = computed(() => parseMarkdown(joinChinese(props.text)));
    return () =>
      h(
        'div',
        { class: 'prose' },
        pieces.value.map((piece) => render(piece, props.terms)),
      );
  },
});

function render(piece: Piece, terms: Lesson['terms']): VNodeChild {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'code':
      return h('code', { class: { short: piece.text.length < 30 } }, piece.text);
    case 'break':
      return h('br');
    case 'block':
      return h(CodeBlock, { text: piece.text, language: piece.language, runOn: piece.runOn });
    case 'element': {
      const inside = piece.children.map((child) => render(child, terms));
      const term = piece.attributes['href']?.startsWith('term:') ? terms[piece.attributes['href'].slice(5)] : undefined;
      if (term) return h(Tip, { text: term.text, side: 'top' }, () => h('span', { class: 'term', tabindex: 0, 'data-testid': 'term' }, inside));
      const link = piece.tag === 'a' ? { ...piece.attributes, target: '_blank', rel: 'noopener noreferrer' } : {};
      const element = h(HEADINGS[piece.tag] ?? piece.tag, link, inside);
      return piece.tag === 'table' ? h('div', { class: 'wide', tabindex: 0 }, element) : element;
    }
  }
}
