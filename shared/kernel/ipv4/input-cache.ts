/**
 * The ways that packets of a device went last, so that a flow's next packet is neither routed nor has its source checked again. Linux threw its
 * route cache out for the sake of hosts with millions of flows; a simulated device has few.
 *
 * Invariant: a way holds while `fibGeneration` does. Every change of routes, rules, addresses and settings of IPv4 raises that number.
 */
import type { Ipv4 } from '../../wire/index.ts';
import type { Dst, Netns } from '../model.ts';

class Way {
  constructor(
    public src: Ipv4,
    public dst: Ipv4,
    public tos: number,
    public mark: number,
    public to: Dst,
  ) {}
}

const PLACES = 16;
const place = (src: Ipv4, dst: Ipv4): number => {
  const mixed = Math.imul(src, 31) ^ dst;
  return (mixed ^ (mixed >>> 8) ^ (mixed >>> 16)) & (PLACES - 1);
};

export class InputCache {
  private readonly ways: (Way | null)[] = new Array<Way | null>(PLACES).fill(null);

  find(src: Ipv4, dst: Ipv4, tos: number, mark: number, netns: Netns): Dst | null {
    const way = this.ways[place(src, dst)] ?? null;
    if (way === null || way.dst !== dst || way.src !== src || way.tos !== tos || way.mark !== mark) return null;
    const { to } = way;
    // The device may have moved to another namespace meanwhile.
    return to.generation === netns.fibGeneration && to.device!.netns === netns ? to : null;
  }
  keep(src: Ipv4, dst: Ipv4, tos: number, mark: number, to: Dst): void {
    this.ways[place(src, dst)] = new Way(src, dst, tos, mark, to);
  }
}
