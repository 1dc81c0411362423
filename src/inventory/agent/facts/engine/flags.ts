/** Flags that dockerd knows by one letter. */
const letters: Readonly<Record<string, string>> = {
  D: 'debug',
  H: 'host',
  G: 'group',
  b: 'bridge',
  g: 'data-root',
  l: 'log-level',
  p: 'pidfile',
  s: 'storage-driver',
};

/** Flags that take no word of their own; `--NAME=false` switches off. */
const switches = new Set(
  `allow-direct-routing bridge-accept-fwmark debug experimental icc init ip-forward ip-forward-no-drop ip-masq iptables
  ip6tables ipv6 live-restore no-new-privileges raw-logs selinux-enabled tls tlsverify userland-proxy validate help
  firewalld-reload rootless`.split(/\s+/),
);

/** Values by flag, in the order given. */
export type Flags = ReadonlyMap<string, readonly string[]>;

/** Reads the words of a dockerd process as its own parser does: the first is the program; there are no others than flags. */
export function readFlags(words: readonly string[]): Flags {
  const flags = new Map<string, string[]>();
  const add = (name: string, value: string) => flags.set(name, [...(flags.get(name) ?? []), value]);
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const { name, value } = splitFlag(word);
    if (name === '') continue;
    if (value !== undefined) add(name, value);
    else if (switches.has(name)) add(name, 'true');
    else add(name, words[(at += 1)] ?? '');
  }
  return flags;
}

function splitFlag(word: string): { readonly name: string; readonly value?: string } {
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
  if (long) return { name: long[1] ?? '', ...(long[2] !== undefined && { value: long[2] }) };
  const short = /^-([A-Za-z])=?(.*)$/s.exec(word);
  if (!short) return { name: '' };
  const name = letters[short[1] ?? ''] ?? '';
  // `-D` may be followed by other letters; none of them is a setting that matters here beside `-l`.
  if (name === 'debug' && /^[A-Za-z]/.test(short[2] ?? '')) return { name, value: 'true' };
  return { name, ...(short[2] !== '' && { value: short[2] ?? '' }) };
}
