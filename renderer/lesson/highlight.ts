/** Colours for commands and what they print. Loaded when the first block of code is shown; until then the block is plain. */
import { createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createCssVariablesTheme } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

export interface Coloured {
  readonly text: string;
  readonly colour: string | undefined;
}

const theme = createCssVariablesTheme({
  name: 'podwalk',
  variablePrefix: '--shiki-',
  variableDefaults: {
    foreground: 'var(--code-text)',
    'token-constant': 'var(--code-number)',
    'token-string': 'var(--code-string)',
    'token-comment': 'var(--code-comment)',
    'token-keyword': 'var(--code-keyword)',
    'token-parameter': 'var(--code-text)',
    'token-function': 'var(--code-function)',
    'token-string-expression': 'var(--code-string)',
    'token-punctuation': 'var(--code-text)',
    'token-link': 'var(--code-function)',
  },
});

const LANGUAGES: Readonly<Record<string, string>> = { sh: 'bash', shell: 'bash', yml: 'yaml' };
let highlighter: Promise<HighlighterCore> | undefined;

/** Lines of coloured pieces; undefined for a language without colours. */
export async function highlight(text: string, language: string): Promise<readonly (readonly Coloured[])[] | undefined> {
  const name = LANGUAGES[language] ?? language;
  if (!['bash', 'yaml', 'json', 'console'].includes(name)) return undefined;
  highlighter ??= createHighlighterCore({
    themes: [theme],
    langs: [import('shiki/langs/bash.mjs'), import('shiki/langs/yaml.mjs'), import('shiki/langs/json.mjs'), import('shiki/langs/shellsession.mjs')],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const { tokens } = (await highlighter).codeToTokens(text, { lang: name === 'console' ? 'shellsession' : name, theme: 'podwalk' });
  return tokens.map((line) => line.map((token) => ({ text: token.content, colour: token.color })));
}
