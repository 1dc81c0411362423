/** What an operator may name for checks to compare with. */
export interface OperatorList {
  readonly title: string;
  /** What an entry is, with an example. */
  readonly entry: string;
  /** Holds until an operator says otherwise; missing: checks that need the list are not assessed without one. */
  readonly shipped?: readonly string[];
}

/** Every operator's list, by its id. Checks name the ids that they need. */
export const operatorLists = {
  'own-setuid-programs': {
    title: 'Own setuid programs',
    entry: 'Path of a program that may be setuid or setgid though no package owns it so: /opt/surge/bin/start',
    shipped: [],
  },
  'own-capable-programs': {
    title: 'Own programs with capabilities',
    entry: 'Path of a program that may have capabilities of its own: /opt/surge/bin/listen',
    shipped: [],
  },
  'allowed-privilege-helpers': {
    title: 'Allowed privilege helpers',
    entry: 'Path of a program that may change the user: /usr/bin/sudo',
    shipped: [],
  },
  'unwanted-tools': {
    title: 'Tools that images must not hold',
    entry: 'Name of a program as it is called: gcc',
    shipped: [
      ...'gcc g++ cc c++ clang clang++ ld as make cmake rustc cargo javac'.split(' '),
      ...'gdb strace ltrace'.split(' '),
      ...'nc nc.traditional nc.openbsd ncat netcat socat nmap tcpdump tshark telnet'.split(' '),
    ],
  },
  'allowed-image-ports': {
    title: 'Ports that images may declare',
    entry: 'Port with its protocol: 8080/tcp',
  },
  'approved-root-certificates': {
    title: 'Approved root certificates',
    entry: 'SHA-256 fingerprint of a certificate, 64 hexadecimal digits',
    shipped: [],
  },
  'oldest-image': {
    title: 'Oldest image',
    entry: 'Number of days since the image was built or pushed: 180',
    shipped: ['180'],
  },
  'owner-labels': {
    title: 'Labels that name an owner',
    entry: 'Name of a label of which an image needs one: org.opencontainers.image.vendor',
    shipped: [
      'org.opencontainers.image.vendor',
      'org.opencontainers.image.authors',
      'maintainer',
      'seawall.application',
    ],
  },
} as const satisfies Readonly<Record<string, OperatorList>>;

export type ListId = keyof typeof operatorLists;

/** Entries by list, as an operator set them. */
export type Lists = Readonly<Partial<Record<ListId, readonly string[]>>>;

/** Entries that hold of a list; `undefined`: nobody named any, and none are shipped. */
export function entriesOf(id: ListId, lists: Lists): readonly string[] | undefined {
  const list: OperatorList = operatorLists[id];
  return lists[id] ?? list.shipped;
}
