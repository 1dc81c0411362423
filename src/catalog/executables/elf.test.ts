import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ElfCapture } from './elf-capture.ts';
import { type ElfFacts, readElf } from './elf.ts';

function factsOf(bytes: Buffer, cuts: readonly number[] = []): ElfFacts | undefined {
  const capture = new ElfCapture();
  capture.start(bytes.length);
  const points = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [at, from] of points.slice(0, -1).entries()) capture.write(bytes.subarray(from, points[at + 1]));
  return readElf(capture);
}

/** ELF files of this machine. */
function realFiles(folder: string, most: number): readonly string[] {
  const words = [
    folder,
    '-xdev',
    '-path',
    '/usr/lib/debug',
    '-prune',
    '-o',
    '-type',
    'f',
    '-size',
    '-40000k',
    '-print0',
  ];
  const paths = execFileSync('find', words, { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\0')
    .slice(0, -1);
  return paths.filter(isElf).slice(0, most);
}

function isElf(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4);
    return readSync(descriptor, head) === 4 && head.toString('latin1') === '\x7fELF';
  } finally {
    closeSync(descriptor);
  }
}

/** What `readelf` says of each file. */
function reportedByReadelf(paths: readonly string[]): ReadonlyMap<string, Omit<ElfFacts, 'type'>> {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28, env: { LC_ALL: 'C' } } as const;
  const { stdout: output } = spawnSync('readelf', ['-W', '-l', '-d', ...paths], options);
  return new Map(
    output
      .split(/^File: /m)
      .slice(1)
      .map((part) => {
        const tagged = (tag: string) =>
          [...part.matchAll(new RegExp(`\\(${tag}\\).*?\\[(.*)\\]$`, 'gm'))].map(([, text = '']) => text);
        const optional = (key: string, text: string | undefined) => (text === undefined ? {} : { [key]: text });
        const interpreter = /\[Requesting program interpreter: (.*)\]/.exec(part)?.[1];
        return [
          part.slice(0, part.indexOf('\n')),
          {
            needed: tagged('NEEDED'),
            ...optional('soname', tagged('SONAME')[0]),
            ...optional('rpath', tagged('RPATH')[0]),
            ...optional('runpath', tagged('RUNPATH')[0]),
            ...optional('interpreter', interpreter),
          },
        ] as const;
      }),
  );
}

describe('an ELF file', () => {
  const files = [...realFiles('/usr/bin', 400), ...realFiles('/usr/lib', 600)];

  test('says the same as to readelf, of all programs and libraries of this machine', () => {
    expect(files.length).toBeGreaterThan(200);
    const reported = reportedByReadelf(files);
    let linked = 0;
    for (const path of files) {
      const { type: _, ...facts } = factsOf(readFileSync(path)) ?? { type: 'none' };
      expect([path, facts]).toEqual([path, reported.get(path)]);
      if ((reported.get(path)?.needed?.length ?? 0) > 0) linked += 1;
    }
    expect(linked).toBeGreaterThan(150);
  });

  test('is a program or a library', () => {
    const typeOf = (path: string) => factsOf(readFileSync(path))?.type;
    expect(typeOf('/bin/ls')).toBe('executable');
    expect(typeOf('/lib/x86_64-linux-gnu/libc.so.6')).toBe('shared-object');
  });

  test('says the same however it arrives', () => {
    const bytes = readFileSync('/bin/ls');
    const whole = factsOf(bytes);
    expect(whole?.needed).toContain('libc.so.6');
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        expect(factsOf(bytes, cuts)).toEqual(whole);
      }),
    );
  });

  test('whose names lie far from its beginning is read all the same', () => {
    const bytes = Buffer.concat([readFileSync('/bin/ls'), Buffer.alloc(20 * 1024 * 1024)]);
    const [moved, table] = [18 * 1024 * 1024, Number(bytes.readBigUInt64LE(32))];
    for (let at = table; at < table + 56 * bytes.readUInt16LE(56); at += 56) {
      if (bytes.readUInt32LE(at) !== 2) continue;
      const offset = Number(bytes.readBigUInt64LE(at + 8));
      bytes.copy(bytes, moved, offset, offset + Number(bytes.readBigUInt64LE(at + 32)));
      bytes.fill(0, offset, offset + Number(bytes.readBigUInt64LE(at + 32)));
      bytes.writeBigUInt64LE(BigInt(moved), at + 8);
    }
    expect(factsOf(bytes, [65_536, 16_777_000, 17_000_000])).toEqual(factsOf(readFileSync('/bin/ls')));
  });

  test('that is damaged in any place, or cut off, never throws and stays within bounds', () => {
    const bytes = readFileSync('/bin/true');
    const damage = fc.array(fc.tuple(fc.nat({ max: 4096 }), fc.integer({ min: 0, max: 255 })), { maxLength: 40 });
    fc.assert(
      fc.property(damage, fc.nat(), (changes, cut) => {
        const damaged = Buffer.from(bytes.subarray(0, 64 + (cut % bytes.length)));
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        const facts = factsOf(damaged);
        for (const name of facts?.needed ?? []) expect(name.length).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 4096 }), (any) => void factsOf(Buffer.from(any))));
    const header = fc.uint8Array({ minLength: 60, maxLength: 1024 });
    const asElf = (rest: Uint8Array) => Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]), rest]);
    fc.assert(
      fc.property(header, (rest) => void factsOf(asElf(rest))),
      { numRuns: 5000 },
    );
  });
});
