// Goal: error numbers and their messages are Linux's and glibc's. Method: Node's own table (from the platform's errno.h) on Linux, and messages from strerror(3).
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type Errno, errnoNumber, strerror } from './index.ts';

const NAMES: Errno[] = [
  'EPERM',
  'ENOENT',
  'EAGAIN',
  'EEXIST',
  'ENODEV',
  'EINVAL',
  'EPIPE',
  'EADDRINUSE',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EALREADY',
  'EINPROGRESS',
];

describe.runIf(process.platform === 'linux')('numbers', () => {
  const platform: Readonly<Record<string, number>> = constants.errno;
  test.each(NAMES)('%s', (name) => expect(errnoNumber(name)).toBe(platform[name]));
});

test.each<[Errno, string]>([
  ['EPERM', 'Operation not permitted'],
  ['ENETUNREACH', 'Network is unreachable'],
  ['EHOSTUNREACH', 'No route to host'],
  ['EEXIST', 'File exists'],
  ['EADDRNOTAVAIL', 'Cannot assign requested address'],
])('strerror(%s) is "%s"', (name, message) => expect(strerror(name)).toBe(message));
