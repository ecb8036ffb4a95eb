/**
 * Classic BPF programs over a packet's bytes (net/core/filter.c): the machine of `-m bpf --bytecode`. A load beyond the packet ends with 0.
 * Deviation: of the ancillary data only protocol, length and interface index are there.
 */
import type { Device } from '../model.ts';
import type { BpfInstruction } from './match-headers.ts';

const STEP_LIMIT = 4096;
const SCRATCH_WORDS = 16;

/** What the program returns: 0 is no match. */
export function runBpf(program: readonly BpfInstruction[], bytes: string, device: Device | null): number {
  const scratch: number[] = new Array<number>(SCRATCH_WORDS).fill(0);
  let a = 0;
  let x = 0;
  const load = (at: number, size: number): number => {
    if (at >>> 0 >= 0xfffff000) return at >>> 0 === 0xfffff008 ? (device?.index ?? 0) : NaN;
    if (at < 0 || at + size > bytes.length) return NaN;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + bytes.charCodeAt(at + i);
    return value;
  };
  for (let pc = 0, steps = 0; steps < STEP_LIMIT; steps++) {
    const instruction = program[pc++];
    if (instruction === undefined) return 0;
    const { code, k } = instruction;
    const size = [4, 2, 1][(code >> 3) & 3] ?? 4;
    switch (code & 7) {
      case 0: {
        const value = loadValue(code & 0xe0, k, x, size, load, scratch, bytes.length);
        if (Number.isNaN(value)) return 0;
        a = value;
        break;
      }
      case 1: {
        const value = (code & 0xe0) === 0xa0 ? (load(k, 1) & 15) * 4 : loadValue(code & 0xe0, k, x, 4, load, scratch, bytes.length);
        if (Number.isNaN(value)) return 0;
        x = value;
        break;
      }
      case 2:
        scratch[k] = a;
        break;
      case 3:
        scratch[k] = x;
        break;
      case 4: {
        const operand = (code & 8) !== 0 ? x : k;
        if ((code & 0xf0) === 0x30 && operand === 0) return 0;
        a = arithmetic(code & 0xf0, a, operand);
        break;
      }
      case 5:
        pc += (code & 0xf0) === 0 ? k : jumps(code & 0xf0, a, (code & 8) !== 0 ? x : k) ? instruction.jumpTrue : instruction.jumpFalse;
        break;
      case 6:
        return (code & 0x18) === 0x10 ? a : k;
      default:
        if ((code & 0xf8) === 0) x = a;
        else a = x;
    }
  }
  return 0;
}
type Load = (at: number, size: number) => number;
function loadValue(mode: number, k: number, x: number, size: number, load: Load, scratch: readonly number[], length: number): number {
  if (mode === 0x00) return k;
  if (mode === 0x20) return load(k, size);
  if (mode === 0x40) return load(x + k, size);
  if (mode === 0x60) return scratch[k] ?? 0;
  return mode === 0x80 ? length : NaN;
}
function arithmetic(operation: number, a: number, b: number): number {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0;
    case 0x10:
      return (a - b) >>> 0;
    case 0x20:
      return Math.imul(a, b) >>> 0;
    case 0x30:
      return Math.floor(a / b);
    case 0x40:
      return (a | b) >>> 0;
    case 0x50:
      return (a & b) >>> 0;
    case 0x60:
      return b > 31 ? 0 : (a << b) >>> 0;
    case 0x70:
      return b > 31 ? 0 : a >>> b;
    case 0x80:
      return -a >>> 0;
    case 0x90:
      return b === 0 ? 0 : a % b;
    default:
      return (a ^ b) >>> 0;
  }
}
function jumps(operation: number, a: number, b: number): boolean {
  if (operation === 0x10) return a === b;
  if (operation === 0x20) return a > b;
  if (operation === 0x30) return a >= b;
  return (a & b) !== 0;
}
