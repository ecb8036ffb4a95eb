/** Text of a lesson as components. */
import { computed, defineComponent, h, type VNodeChild } from 'vue';
import CodeBlock from './CodeBlock.vue';
import { joinChinese, parseMarkdown, type Piece } from './markdown.ts';

const HEADINGS: Readonly<Record<string, string>> = { h1: 'h4', h2: 'h4', h3: 'h5', h4: 'h5' };

export default defineComponent({
  name: 'LessonProse',
  props: { text: { type: String, required: true } },
  setup(props) {
    const pieces = computed(() => parseMarkdown(joinChinese(props.text)));
    return () => h('div', { class: 'prose' }, pieces.value.map(render));
  },
});

function render(piece: Piece): VNodeChild {
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
      const link = piece.tag === 'a' ? { ...piece.attributes, target: '_blank', rel: 'noopener noreferrer' } : {};
      const element = h(HEADINGS[piece.tag] ?? piece.tag, link, piece.children.map(render));
      return piece.tag === 'table' ? h('div', { class: 'wide', tabindex: 0 }, element) : element;
    }
  }
}
