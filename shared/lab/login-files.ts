/** What shells read when they start, as Debian has it for root: the prompt that names user and machine, and a few habits. */
import type { FileView } from '../shell/index.ts';

const PROMPT = "PS1='\\u@\\h:\\w\\$ ' ";

export const LOGIN_FILES: Readonly<Record<string, string>> = {
  '/etc/profile': `if [ "$BASH" ] && [ -f /etc/bash.bashrc ]; then\n  . /etc/bash.bashrc\nfi\n`,
  '/etc/bash.bashrc': `case $- in\n*i*) ${PROMPT};;\nesac\n`,
  '/root/.bashrc': "alias ll='ls -l'\n",
  '/root/.profile': `if [ "$BASH" ]; then\n  if [ -f ~/.bashrc ]; then\n    . ~/.bashrc\n  fi\nfi\n`,
};

export function writeLoginFiles(fs: FileView): void {
  for (const [path, text] of Object.entries(LOGIN_FILES)) fs.writeFile(path, text, { mode: 0o644 });
}
