/** md5sum (RFC 1321), sha1sum, sha256sum, sha512sum and cksum: digests of files, and their checks (coreutils 9.1). */
import { err, ok, strerror, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { closeInput, eachInput, openInput, type GnuUsage, program } from '../coreutils/index.ts';
import { sha1, sha256, sha512 } from './sha.ts';

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

function md5(text: Bytes): string {
  const length = text.length;
  const padded = `${text}\x80${'\0'.repeat((119 - (length % 64)) % 64)}`;
  const words: number[] = [];
  for (let i = 0; i < padded.length; i += 4)
    words.push(padded.charCodeAt(i) | (padded.charCodeAt(i + 1) << 8) | (padded.charCodeAt(i + 2) << 16) | (padded.charCodeAt(i + 3) << 24));
  words.push((length * 8) | 0, Math.floor(length / 2 ** 29));
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const f = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const g = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const sum = (a + f + (SINES[i] ?? 0) + (words[block + g] ?? 0)) | 0;
      const shift = SHIFTS[round * 4 + (i % 4)] ?? 0;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  return [a0, b0, c0, d0].map((word) => [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, '0')).join('')).join('');
}

const usageOf = (name: string, bits: number): GnuUsage => ({
  usage: '[OPTION]... [FILE]...',
  summary: `Print or check ${name} (${bits}-bit) checksums.`,
  options: [
    { short: 'b', long: 'binary', help: 'read in binary mode' },
    { short: 'c', long: 'check', help: 'read checksums from the FILEs and check them' },
    { long: 'tag', help: 'create a BSD-style checksum' },
    { short: 't', long: 'text', help: 'read in text mode (default)' },
    { short: 'z', long: 'zero', help: 'end each output line with NUL, not newline' },
    { long: 'quiet', help: "don't print OK for each successfully verified file" },
    { long: 'status', help: "don't output anything, status code shows success" },
  ],
});

function* digestOf(p: Process, name: Bytes, digest: (text: Bytes) => string): Sys<Result<string, Errno>> {
  const opened = yield* openInput(p, name);
  if (opened.kind === 'failed') return err(opened.errno);
  const all = yield* p.readAll(opened.fd);
  closeInput(p, opened.fd);
  return all.ok ? ok(digest(all.value)) : all;
}

const digestProgram = (name: string, bits: number, digest: (text: Bytes) => string): Program =>
  program(usageOf(name, bits), function* (p, parsed) {
    if (!parsed.has('check')) {
      const ending = parsed.has('zero') ? '\0' : '\n';
      const mark = parsed.has('binary') ? '*' : ' ';
      return yield* eachInput(p, parsed.operands, function* (fd, file): Sys<Errno | undefined> {
        if (p.fds.get(fd)?.inode?.kind === 'dir') return 'EISDIR';
        const all = yield* p.readAll(fd);
        if (!all.ok) return all.error;
        const sum = digest(all.value);
        yield* p.print(parsed.has('tag') ? `${name} (${file}) = ${sum}${ending}` : `${sum} ${mark}${file}${ending}`);
        return undefined;
      });
    }
    const counts = { wrong: 0, unread: 0, bad: 0, good: 0 };
    const status = yield* eachInput(p, parsed.operands, function* (fd): Sys<Errno | undefined> {
      const all = yield* p.readAll(fd);
      if (!all.ok) return all.error;
      for (const line of all.value.split('\n')) {
        if (line === '') continue;
        const [, sum, file] = /^([\da-f]+) [ *](.*)$/.exec(line) ?? [];
        if (sum?.length !== bits / 4 || file === undefined) {
          counts.bad++;
          continue;
        }
        const found = yield* digestOf(p, file, digest);
        if (!found.ok) {
          yield* p.fail(`${file}: ${strerror(found.error)}`);
          counts.unread++;
        } else if (found.value === sum) counts.good++;
        else counts.wrong++;
        const verdict = !found.ok ? 'FAILED open or read' : found.value === sum ? 'OK' : 'FAILED';
        if (!parsed.has('status') && !(verdict === 'OK' && parsed.has('quiet'))) yield* p.print(`${file}: ${verdict}\n`);
      }
      return undefined;
    });
    yield* p.flush();
    const warn = function* (count: number, one: string, many: string): Sys {
      if (count > 0 && !parsed.has('status')) yield* p.fail(`WARNING: ${count} ${count === 1 ? one : many}`);
    };
    if (counts.good + counts.wrong + counts.unread === 0)
      return yield* p.fail(`${parsed.operands[0] ?? "'standard input'"}: no properly formatted checksum lines found`);
    yield* warn(counts.bad, 'line is improperly formatted', 'lines are improperly formatted');
    yield* warn(counts.unread, 'listed file could not be read', 'listed files could not be read');
    yield* warn(counts.wrong, 'computed checksum did NOT match', 'computed checksums did NOT match');
    return counts.wrong + counts.unread > 0 ? 1 : status;
  });

/** POSIX's CRC, with the length behind the data. */
const CKSUM: GnuUsage = { usage: '[FILE]...', summary: 'Print CRC checksum and byte counts.', options: [], missing: ['digests but the CRC (-a)'] };
const cksum = program(CKSUM, function* (p, parsed) {
  return yield* eachInput(p, parsed.operands, function* (fd, name): Sys<Errno | undefined> {
    const all = yield* p.readAll(fd);
    if (!all.ok) return all.error;
    let crc = 0;
    const add = (byte: number): void => {
      crc ^= byte << 24;
      for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    };
    for (let i = 0; i < all.value.length; i++) add(all.value.charCodeAt(i));
    for (let length = all.value.length; length > 0; length = Math.floor(length / 256)) add(length & 255);
    yield* p.print(`${~crc >>> 0} ${all.value.length}${name === '-' ? '' : ` ${name}`}\n`);
    return undefined;
  });
});

export const DIGEST_TOOLS: Readonly<Record<string, Program>> = {
  md5sum: digestProgram('MD5', 128, md5),
  sha1sum: digestProgram('SHA1', 160, sha1),
  sha256sum: digestProgram('SHA256', 256, sha256),
  sha512sum: digestProgram('SHA512', 512, sha512),
  cksum,
};
