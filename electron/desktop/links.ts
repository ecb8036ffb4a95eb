/** Links that leave the app: only https, only to places that our lessons cite, and only in the user's own browser. */
const PLACES = [
  'kubernetes.io',
  'cni.dev',
  'github.com',
  'kernel.org',
  'man7.org',
  'rfc-editor.org',
  'ietf.org',
  'netfilter.org',
  'tcpdump.org',
  'wireshark.org',
  'docs.tigera.io',
  'vagrantup.com',
  'hashicorp.com',
  'nodejs.org',
  'debian.org',
  'wikipedia.org',
];

export function isAllowedLink(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, port } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '' || port !== '') return false;
  return PLACES.some((place) => hostname === place || hostname.endsWith(`.${place}`));
}
