import { execFileSync } from 'node:child_process';

/** Versions that the symbols of GCC's library came with, by the number behind `GLIBCXX_3.4.` (GCC's manual, "ABI history"). */
const gccOf: Readonly<Record<number, string>> = {
  21: '5.1',
  22: '6.1',
  23: '7.1',
  24: '7.2',
  25: '8.1',
  26: '9.1',
  27: '9.2',
  28: '9.3',
  29: '11.1',
  30: '12.1',
  31: '13.1',
  32: '13.2',
  33: '14.1',
};

/** Libraries that programs may need, with Debian's package of each; the last names it before the change of time_t. */
const packages: Readonly<Record<string, string>> = {
  'libc.so.6': 'libc6',
  'libm.so.6': 'libc6',
  'libdl.so.2': 'libc6',
  'librt.so.1': 'libc6',
  'libpthread.so.0': 'libc6',
  'ld-linux-x86-64.so.2': 'libc6',
  'libstdc++.so.6': 'libstdc++6',
  'libgcc_s.so.1': 'libgcc-s1',
  'libbpf.so.1': 'libbpf1',
  'libjansson.so.4': 'libjansson4',
  'libelf.so.1': 'libelf1t64 | libelf1',
  'libz.so.1': 'zlib1g',
};

/** What of Debian the programs need, each in the oldest version that has their symbols: the value of `Depends`. */
export function librariesOf(programs: readonly string[]): string {
  const least = new Map<string, string>();
  for (const text of programs.map(readelf)) {
    for (const [, library = ''] of text.matchAll(/\(NEEDED\).*\[(.+)\]/g)) {
      const name = packages[library];
      if (name === undefined) throw new Error(`No package of Debian is known for ${library}.`);
      if (!least.has(name)) least.set(name, '');
    }
    for (const [, symbol = '', version = ''] of text.matchAll(/Name: (GLIBC|GLIBCXX_3\.4|LIBBPF|GCC)[_.]([\d.]+)/g)) {
      const [name, number] = packageOf(symbol, version);
      if (isNewer(number, least.get(name) ?? '')) least.set(name, number);
    }
  }
  return [...least]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, version]) => (version === '' ? name : `${name} (>= ${version})`))
    .join(', ');
}

function readelf(program: string): string {
  return execFileSync('readelf', ['--dynamic', '--version-info', '--wide', program], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function packageOf(symbol: string, version: string): readonly [name: string, version: string] {
  switch (symbol) {
    case 'GLIBC':
      return ['libc6', version];
    case 'LIBBPF':
      return ['libbpf1', `1:${version}`];
    case 'GCC':
      return ['libgcc-s1', version];
    default: {
      const release = gccOf[Math.max(21, Number(version))];
      if (release === undefined) throw new Error(`No version of GCC is known for GLIBCXX_3.4.${version}.`);
      return ['libstdc++6', release];
    }
  }
}

function isNewer(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => text.split(/[.:]/).map(Number));
  for (const [at, number] of (left ?? []).entries()) {
    const against = right?.[at] ?? 0;
    if (number !== against) return number > against;
  }
  return false;
}
