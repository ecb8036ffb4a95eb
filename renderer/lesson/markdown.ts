/**
 * A lesson's text as a tree of elements. markdown-it reads it (HTML in it stays text); the tree is made into components by `Prose.vue`,
 * so that no markup is ever put into the page as a string.
 */
import MarkdownIt, { type Token } from 'markdown-it';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'element'; readonly tag: string; readonly attributes: Readonly<Record<string, string>>; readonly children: readonly Piece[] }
  | { readonly kind: 'block'; readonly language: string; readonly text: string; readonly runOn: string | undefined };

const reader = new MarkdownIt({ html: false, linkify: false, typographer: false });

export function parseMarkdown(text: string): readonly Piece[] {
  return nest(reader.parse(text, {}));
}

/** Tokens open and close; what stands between is inside. */
function nest(tokens: readonly Token[]): readonly Piece[] {
  const root: Piece[] = [];
  const stack: { readonly tag: string; readonly attributes: Readonly<Record<string, string>>; readonly children: Piece[]; readonly hidden: boolean }[] = [];
  const add = (...pieces: readonly Piece[]): void => void (stack.at(-1)?.children ?? root).push(...pieces);
  for (const token of tokens) {
    if (token.nesting === 1) stack.push({ tag: token.tag, attributes: attributesOf(token), children: [], hidden: token.hidden });
    else if (token.nesting === -1) {
      const { tag, attributes, children, hidden } = stack.pop()!;
      add(...(hidden ? children : [{ kind: 'element' as const, tag, attributes, children }]));
    } else add(...leaf(token));
  }
  return root;
}
function leaf(token: Token): readonly Piece[] {
  switch (token.type) {
    case 'inline':
      return nest(token.children ?? []);
    case 'code_inline':
      return [{ kind: 'code', text: token.content }];
    case 'softbreak':
      return [{ kind: 'text', text: ' ' }];
    case 'hardbreak':
      return [{ kind: 'break' }];
    case 'fence':
    case 'code_block': {
      const [language = '', ...words] = token.info.trim().split(/\s+/);
      const run = words.indexOf('run');
      return [{ kind: 'block', language, text: token.content.replace(/\n$/, ''), runOn: run >= 0 ? words[run + 1] : undefined }];
    }
    case 'hr':
      return [{ kind: 'element', tag: 'hr', attributes: {}, children: [] }];
    default:
      return token.content === '' ? [] : [{ kind: 'text', text: token.content }];
  }
}
function attributesOf(token: Token): Record<string, string> {
  const href = token.attrGet('href');
  return href === null ? {} : { href: String(href) };
}

/** Chinese needs no space where a line of the source ended. */
export function joinChinese(text: string): string {
  return text.replace(/([\u3000-\u9fff\uff00-\uffef])[ ]*\n[ ]*([\u3000-\u9fff\uff00-\uffef])/g, '$1$2');
}
