/** The universal classifier (cls_u32.c): words of the packet, from its network header on, under a mask. Tables with more than one bucket and links are not modelled. */
import { encodeNetwork } from '../../wire/index.ts';
import type { Skb } from '../model.ts';

export interface U32Key {
  readonly value: number;
  readonly mask: number;
  /** Of four bytes, from the network header. */
  readonly offset: number;
  /** Shown only: without a link to another table the next header begins where the network header does. */
  readonly fromNextHeader: boolean;
}

export class U32Filter {
  /** How often each key matched. */
  readonly hits: number[];
  constructor(readonly keys: readonly U32Key[]) {
    this.hits = keys.map(() => 0);
  }
  matches(skb: Skb): boolean {
    let bytes: Uint8Array | undefined;
    for (const [i, { value, mask, offset }] of this.keys.entries()) {
      if (mask !== 0) {
        bytes ??= encodeNetwork(skb);
        const at = offset;
        const word = at < 0 || at + 4 > bytes.length ? undefined : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
        if (word === undefined || ((word ^ value) & mask) !== 0) return false;
      }
      this.hits[i]!++;
    }
    return true;
  }
}
