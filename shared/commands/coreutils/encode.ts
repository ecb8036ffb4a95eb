/** base64 and base32 (RFC 4648; GNU coreutils 9.1). */
import type { Bytes, Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Program, Sys } from '../../shell/index.ts';
import { eachInput } from './input.ts';
import { usageError, type GnuUsage } from './options.ts';
import { program } from './program.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encode(data: Bytes, alphabet: string): string {
  const bits = alphabet.length === 64 ? 6 : 5;
  const block = bits === 6 ? 4 : 8;
  let [held, count, out] = [0, 0, ''];
  for (let i = 0; i < data.length; i++) {
    held = (held << 8) | data.charCodeAt(i);
    for (count += 8; count >= bits; count -= bits) out += alphabet[(held >>> (count - bits)) & (alphabet.length - 1)] ?? '';
    held &= (1 << count) - 1;
  }
  if (count > 0) out += alphabet[(held << (bits - count)) & (alphabet.length - 1)] ?? '';
  return out.padEnd(Math.ceil(out.length / block) * block, '=');
}
/** Up to what does not belong to it. */
function decode(text: Bytes, alphabet: string): { readonly data: Bytes; readonly isWhole: boolean } {
  const bits = alphabet.length === 64 ? 6 : 5;
  let [held, count, out, digits] = [0, 0, '', 0];
  for (const char of text.replace(/=+$/, '')) {
    const value = alphabet.indexOf(char);
    if (value < 0) return { data: out, isWhole: false };
    held = (held << bits) | value;
    digits++;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    out += String.fromCharCode((held >>> count) & 255);
    held &= (1 << count) - 1;
  }
  return { data: out, isWhole: bits !== 6 || digits % 4 !== 1 };
}

const CODEC: GnuUsage = {
  usage: '[OPTION]... [FILE]',
  summary: 'Encode or decode FILE, or standard input, to standard output.',
  options: [
    { short: 'd', long: 'decode', help: 'decode data' },
    { short: 'i', long: 'ignore-garbage', help: 'when decoding, ignore non-alphabet characters' },
    { short: 'w', long: 'wrap', argument: 'required', help: 'wrap encoded lines after COLS character (default 76). Use 0 to disable line wrapping' },
  ],
};
const codec = (alphabet: string): Program =>
  program(CODEC, function* (p, parsed) {
    const [, extra] = parsed.operands;
    if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, CODEC);
    const wrap = parsed.options.get('wrap') ?? '76';
    if (!/^\d+$/.test(wrap)) return yield* p.fail(`invalid wrap size: '${wrap}'`);
    const seen = { isBad: false };
    const status = yield* eachInput(p, parsed.operands, function* (fd): Sys<Errno | undefined> {
      const all = yield* p.readAll(fd);
      if (!all.ok) return all.error;
      if (parsed.has('decode')) {
        const text = parsed.has('ignore-garbage') ? [...all.value].filter((char) => alphabet.includes(char)).join('') : all.value.replaceAll('\n', '');
        const { data, isWhole } = decode(text, alphabet);
        yield* p.print(data);
        seen.isBad = !isWhole;
        return undefined;
      }
      const text = encode(all.value, alphabet);
      const width = Number(wrap);
      if (width === 0) yield* p.print(text);
      else for (let at = 0; at < text.length; at += width) yield* p.print(`${text.slice(at, at + width)}\n`);
      return undefined;
    });
    if (seen.isBad) yield* p.flush();
    return seen.isBad ? yield* p.fail('invalid input') : status;
  });

export const ENCODING_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/bin/base64', main: codec(BASE64), origin: 'coreutils 9.1' },
  { path: '/usr/bin/base32', main: codec(BASE32), origin: 'coreutils 9.1' },
];
