import type { OperatorList } from './operator-list.ts';

/** Lists that checks of images and references compare with. */
export const imageLists = {
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
