/**
 * Goal: a question waits for a window, is answered once, and never holds up the end of the app.
 * Method: questions asked and watched in one process.
 */
import { expect, it } from 'vitest';
import { Questions } from './questions.ts';

const QUESTION = { kind: 'password', host: 'one', user: 'me' } as const;

it('waits, is seen by whoever watches, and is answered or dismissed', async () => {
  const questions = new Questions();
  const watching = questions.watch();
  expect((await watching.next()).value).toEqual([]);
  const [first, second] = [questions.ask(QUESTION), questions.ask({ ...QUESTION, host: 'two' })];
  expect((await watching.next()).value).toEqual([
    { id: 'q1', question: QUESTION },
    { id: 'q2', question: { ...QUESTION, host: 'two' } },
  ]);
  questions.answer('q1', 'secret');
  questions.answer('q1', 'again');
  questions.answer('q2', null);
  expect(await Promise.all([first, second])).toEqual(['secret', undefined]);
  expect((await watching.next()).value).toEqual([]);
});
it('nobody answers when the app ends', async () => {
  const questions = new Questions();
  const asked = questions.ask(QUESTION);
  const watching = questions.watch();
  await watching.next();
  questions.close();
  expect(await asked).toBeUndefined();
});
