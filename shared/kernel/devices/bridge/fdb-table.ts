/** A bridge's forwarding entries by VLAN and MAC (the rhashtable and list of net/bridge/br_fdb.c), in order of their making. */
import type { Mac } from '../../../wire/index.ts';
import type { FdbEntry } from './bridge-state.ts';

export class FdbTable {
  /** VLAN 0: what is in none, and all there is while nothing is filtered. */
  private readonly untagged = new Map<Mac, FdbEntry>();
  private readonly tagged = new Map<number, Map<Mac, FdbEntry>>();
  private readonly all = new Set<FdbEntry>();

  get(mac: Mac, vlan = 0): FdbEntry | undefined {
    return vlan === 0 ? this.untagged.get(mac) : this.tagged.get(vlan)?.get(mac);
  }
  add(entry: FdbEntry): void {
    this.tableOf(entry.vlan).set(entry.mac, entry);
    this.all.add(entry);
  }
  /** False when it was not there. */
  delete(entry: FdbEntry): boolean {
    if (!this.all.delete(entry)) return false;
    this.tableOf(entry.vlan).delete(entry.mac);
    return true;
  }
  /** The oldest first. A copy: entries may come and go while it is read. */
  values(): FdbEntry[] {
    return [...this.all];
  }
  get size(): number {
    return this.all.size;
  }
  private tableOf(vlan: number): Map<Mac, FdbEntry> {
    if (vlan === 0) return this.untagged;
    let table = this.tagged.get(vlan);
    if (table === undefined) {
      table = new Map();
      this.tagged.set(vlan, table);
    }
    return table;
  }
}
