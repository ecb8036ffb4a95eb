/** Questions of a provider, asked on the user's terminal. What is secret is not shown as it is typed. */
import { openSync, closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ReadStream, WriteStream } from 'node:tty';
import type { Question } from '../labs/provider.ts';

export async function askOnTerminal(question: Question): Promise<string | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync('/dev/tty', 'r+');
  } catch {
    return undefined; // nobody is there
  }
  const input = new ReadStream(descriptor);
  const output = new WriteStream(descriptor);
  try {
    const answer = await readAnswer(input, output, wordsOf(question), question.kind !== 'host-key');
    return question.kind === 'host-key' ? (/^y(?:es)?$/i.test(answer ?? '') ? 'yes' : undefined) : answer;
  } finally {
    input.destroy();
    output.destroy();
    try {
      closeSync(descriptor);
    } catch {
      // the streams closed it
    }
  }
}

export function wordsOf(question: Question): string {
  switch (question.kind) {
    case 'host-key':
      return `The host ${question.host} is not known. Its ${question.keyType} key is ${question.fingerprint}. Trust it? (yes/no) `;
    case 'password':
      return `Password of ${question.user} on ${question.host}: `;
    case 'passphrase':
      return `Passphrase of the key ${question.file}: `;
    case 'sudo':
      return `sudo password of ${question.user} on ${question.host}: `;
  }
}

function readAnswer(input: ReadStream, output: WriteStream, prompt: string, isSecret: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    output.write(prompt);
    if (!isSecret) {
      const lines = createInterface({ input, output });
      lines.once('line', (line) => {
        lines.close();
        resolve(line.trim());
      });
      lines.once('close', () => resolve(undefined));
      return;
    }
    let typed = '';
    input.setRawMode(true);
    input.setEncoding('utf8');
    const done = (answer: string | undefined): void => {
      input.setRawMode(false);
      input.off('data', take);
      output.write('\n');
      resolve(answer);
    };
    const take = (keys: string): void => {
      for (const key of keys) {
        if (key === '\r' || key === '\n') return done(typed);
        if (key === '\u0003' || (key === '\u0004' && typed === '')) return done(undefined);
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1);
        else typed += key;
      }
    };
    input.on('data', take);
  });
}
