/**
 * Goal: a change of a node is taken back by the node itself when whoever made it is gone, and not when it is to be kept. Method: the guard's own process, by
 * pipes and over a real sshd whose connection is killed, or which falls silent.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PipeProgram, finished } from '../../electron/labs/live/pipe-program.ts';
import { Guard } from '../../electron/labs/live/guard.ts';
import type { LiveNode } from '../../electron/labs/live/node.ts';

let folder = '';
let programs: PipeProgram[] = [];
const at = (name: string): string => join(folder, name);
const node: LiveNode = {
  name: 'here',
  status: 'Ready',
  spawn: (argv) => Promise.resolve(new PipeProgram(argv)),
  watch: (argv) => {
    const program = new PipeProgram(argv, { env: { ...process.env, TMPDIR: folder } });
    programs.push(program);
    return Promise.resolve(program);
  },
  openShell: () => Promise.reject(new Error('no')),
  run: (argv, stdin) => finished(new PipeProgram(argv), stdin),
};
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 20));
};
const change = (): void => writeFileSync(at('state'), 'changed');
const undo = (): readonly string[] => [`printf back >'${at('state')}'`, `echo "it's done"`];
const state = (): string => readFileSync(at('state'), 'utf8');
const left = (): string[] => readdirSync(folder).filter((name) => name.startsWith('podwalk-undo'));

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'podwalk-guard-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  programs = [];
  writeFileSync(at('state'), 'before');
});

describe('the way back', () => {
  it('is on the node before anything is changed, and is gone when it was told to go it', async () => {
    const guard = await Guard.on(node, undo());
    expect(readFileSync(join(at(left()[0]!), 'undo'), 'utf8')).toBe(
      undo()
        .map((command) => `${command}\n`)
        .join(''),
    );
    change();
    expect(await guard.undo()).toEqual({ status: 0, output: "it's done\n" });
    expect([state(), left()]).toEqual(['back', []]);
  });
  it('is forgotten when the change is kept', async () => {
    const guard = await Guard.on(node, undo());
    change();
    await guard.keep();
    expect([state(), left()]).toEqual(['changed', []]);
  });
  it('tells what failed', async () => {
    const guard = await Guard.on(node, ['exit 7', ...undo()]);
    expect(await guard.undo()).toEqual({ status: 7, output: "it's done\n" });
    expect(state()).toBe('back');
  });
  it('is gone when the connection ends', async () => {
    await Guard.on(node, undo());
    change();
    programs[0]!.closeInput();
    await until(() => state() === 'back' && left().length === 0);
  });
  it('is gone when no word comes, though nothing ended', async () => {
    // a patience that is shorter than the time between two words
    const guard = await Guard.on(node, undo(), 1);
    change();
    await until(() => state() === 'back');
    expect(guard.isOver).toBe(false);
    await guard.keep();
    await until(() => left().length === 0);
    expect(state()).toBe('back');
  });
  it('must be there: nothing is changed on a node that cannot keep it', async () => {
    const full: LiveNode = { ...node, watch: (argv) => Promise.resolve(new PipeProgram(argv, { env: { ...process.env, TMPDIR: at('none') } })) };
    await expect(Guard.on(full, undo())).rejects.toThrow('here cannot keep the way back');
    expect(existsSync(at('none'))).toBe(false);
  });
});
