/** Connection tracking's files below /proc/sys/net/netfilter (nf_conntrack_standalone.c). */
import { done } from '../../base/index.ts';
import type { Netns } from '../model.ts';
import { SYSCTL_ENTRIES, type SysctlEntry } from '../sysctl/sysctl.ts';
import { ConntrackSettings } from './conntrack/settings.ts';
import { existingNetfilter, netfilterOf } from './netfilter.ts';

const DEFAULTS = new ConntrackSettings();
type Field = keyof ConntrackSettings;
/** A namespace that never had a rule has the defaults, and gets settings of its own when one is written. */
const settingsOf = (netns: Netns): ConntrackSettings => existingNetfilter(netns)?.conntrack.settings ?? DEFAULTS;

function entry(field: Field): SysctlEntry {
  const read = (netns: Netns): string => `${settingsOf(netns)[field]}`;
  if (field === 'nf_conntrack_buckets') return { read };
  return {
    read,
    write(netns, text) {
      netfilterOf(netns).conntrack.settings[field] = Number(text);
      return done;
    },
  };
}

for (const field of Object.keys(DEFAULTS) as Field[]) SYSCTL_ENTRIES.set(`netfilter/${field}`, entry(field));
SYSCTL_ENTRIES.set('nf_conntrack_max', entry('nf_conntrack_max'));
SYSCTL_ENTRIES.set('netfilter/nf_conntrack_count', { read: (netns) => `${existingNetfilter(netns)?.conntrack.count ?? 0}` });
