/** What may follow each object of `ip`: for completion and the published table. That each is understood is tested. */
export const IP_VERBS: Readonly<Record<string, readonly string[]>> = {
  address: ['add', 'change', 'replace', 'delete', 'show', 'flush'],
  addrlabel: ['list', 'add', 'delete', 'flush'],
  maddress: ['show'],
  route: ['add', 'append', 'change', 'delete', 'flush', 'get', 'prepend', 'replace', 'show'],
  rule: ['add', 'delete', 'flush', 'show'],
  neighbor: ['add', 'change', 'delete', 'flush', 'get', 'replace', 'show'],
  neighbour: ['add', 'change', 'delete', 'flush', 'get', 'replace', 'show'],
  ntable: ['change', 'show'],
  link: ['add', 'delete', 'property', 'set', 'show'],
  tunnel: ['add', 'change', 'delete', 'show'],
  tuntap: ['add', 'delete', 'show'],
  monitor: ['address', 'all', 'label', 'link', 'neigh', 'netconf', 'nsid', 'route', 'rule'],
  netns: ['add', 'attach', 'delete', 'exec', 'identify', 'list', 'list-id', 'monitor', 'pids', 'set'],
  netconf: ['show'],
  vrf: ['show', 'identify', 'pids'],
};
