/**
 * The interfaces of one output while they are read. Names of bridges and of what `@` points to become indexes at the end, where the output has them;
 * what stays a name says so.
 */
import type { AddressFact } from '../snapshot/index.ts';
import type { Draft, LinkFacts } from './facts.ts';

export interface LinkDraft extends Omit<Draft<LinkFacts>, 'addresses' | 'link' | 'statistics'> {
  addresses?: AddressFact[];
  link?: Draft<NonNullable<LinkFacts['link']>>;
  statistics?: Draft<NonNullable<LinkFacts['statistics']>>;
}

export class LinkList {
  readonly links: LinkDraft[] = [];
  private readonly masters: (readonly [LinkDraft, string])[] = [];
  private readonly peers: (readonly [LinkDraft, string])[] = [];

  masterOf(link: LinkDraft, name: string): void {
    this.masters.push([link, name]);
  }

  /** `if3`, `vb`, `NONE`. */
  peerOf(link: LinkDraft, shown: string): void {
    if (shown === 'NONE') return;
    if (/^if\d+$/.test(shown)) link.link = { ifindex: Number(shown.slice(2)) };
    else this.peers.push([link, shown]);
  }

  finish(): readonly LinkFacts[] {
    const indexes = new Map<string, number>();
    for (const { name, ifindex } of this.links) if (ifindex !== undefined) indexes.set(name, ifindex);
    for (const [link, name] of this.masters) {
      const master = indexes.get(name);
      if (master === undefined) link.masterName = name;
      else link.master = master;
    }
    for (const [link, name] of this.peers) {
      const ifindex = indexes.get(name);
      if (link.vlan) link.vlan = { ...link.vlan, device: name };
      link.link ??= {};
      if (ifindex === undefined) link.link.name = name;
      else link.link.ifindex = ifindex;
    }
    return this.links;
  }
}
