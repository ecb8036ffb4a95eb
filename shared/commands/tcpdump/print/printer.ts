/** Captured bytes as tcpdump 4.99.3 words them: one text a packet, without its time. */
import { LinkType } from '../../../wire/index.ts';
import { Dissection, type PrintOptions } from './dissection.ts';
import { cooked, cooked1, ethernet, raw } from './ethernet.ts';
import { ip4 } from './ip4.ts';
import { ip6 } from './ip6.ts';

export class Printer {
  private readonly dissection: Dissection;
  private readonly cooked: ReturnType<typeof cooked>;
  constructor(
    options: PrintOptions,
    private readonly linkType: number,
    /** For the cooked header, which has an index alone; `?` when there is no such device. */
    deviceName: (index: number) => string,
  ) {
    this.dissection = new Dissection(options, { ethernet, ip4, ip6 });
    this.cooked = cooked(deviceName);
  }
  /** Its text, and how many bytes its link header has. */
  packet(bytes: Uint8Array, length: number): { readonly text: string; readonly linkBytes: number } {
    const text = this.dissection.packet(bytes, length, this.dissector());
    return { text, linkBytes: this.dissection.linkBytes };
  }
  private dissector(): typeof ethernet {
    switch (this.linkType) {
      case LinkType.LINUX_SLL2:
        return this.cooked;
      case LinkType.LINUX_SLL:
        return cooked1;
      case LinkType.RAW:
        return raw;
      default:
        return ethernet;
    }
  }
}
