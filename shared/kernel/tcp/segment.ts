import type { Bytes } from '../../base/index.ts';
import { TcpFlag } from '../../wire/index.ts';
import { advance } from './sequence.ts';

/** A piece of the stream that is to be sent, or was and is not acknowledged. */
export class Segment {
  transmissions = 0;
  sentUs = 0;
  isSacked = false;
  isLost = false;
  constructor(
    readonly seq: number,
    public data: Bytes,
    /** FIN, SYN and PSH; the others are the socket's matter. */
    public flags: number,
  ) {}
  get endSeq(): number {
    return advance(this.seq, this.data.length + ((this.flags & (TcpFlag.SYN | TcpFlag.FIN)) !== 0 ? 1 : 0));
  }
}
