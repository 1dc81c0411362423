import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#base/index.ts';
import { openImageIndex, writeImageIndex } from '../src/runtime/agent/image-files/image-index.ts';
import { noLibraries } from '../src/runtime/agent/image-files/packed-libraries.ts';
import { SensorTables } from '../src/runtime/agent/policies/sensor-tables.ts';
import { compilePolicy } from '../src/runtime/agent/policies/compile-policy.ts';
import type { ScannedExecutable } from '../src/runtime/agent/image-files/scanned-executable.ts';

// Memory of what an agent holds of six images of 300,000 executables, beside the Map that it held before: the indexes are
// open, every table was said once, a policy of each was compiled, and 100,000 programs were looked up.

const images = 6;
const files = 300_000;
const lookups = 100_000;
const limitMegabytes = 200;
const headerBytes = 8;

/** The same name as real images have: folders, and one of a hundred packages. */
const pathOf = (at: number) => `usr/lib/python3/dist-packages/package${at % 997}/module_${at}.py`;

function scanned(): readonly ScannedExecutable[] {
  return Array.from({ length: files }, (_, at) => ({
    path: pathOf(at),
    size: 100 + at,
    layer: 0,
    sha256: at.toString(16).padStart(64, '0'),
    md5: at.toString(16).padStart(32, '0'),
    package: `pkg:deb/debian/package${at % 997}@1.0-${at % 7}`,
  }));
}

function write(folder: string): void {
  const executables = scanned();
  const backing = executables.map(({ path, size }, at) => ({
    path: `/${path}`,
    file: { device: 7, mode: 0o100644, inode: BigInt(1000 + at), ctime: BigInt(at), size: BigInt(size) },
    flags: 0,
  }));
  const found = { files: backing, missing: [], missingCount: 0 };
  writeImageIndex(folder, { executables, isComplete: true, backing: found, packed: noLibraries, stamp: folder });
}

/** Megabytes of this process that no other shares, and its part of what others do. */
function pss(): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

async function measure(folder: string): Promise<void> {
  const before = pss();
  const indexes = Array.from({ length: images }, (_, at) => openImageIndex(join(folder, String(at))));
  let said = 0;
  const desk: SensorTables = new SensorTables({
    deliver: async (frame) => {
      said += frame.length;
      const [table = 0, , all = 0, first = 0, count = 0] = [0, 4, 8, 12, 16].map((at) =>
        frame.readUInt32LE(headerBytes + at),
      );
      if (first + count === all) desk.reply({ kind: 'table-reply', table, accepted: 1, reason: '' });
      return true;
    },
    changed: () => undefined,
    log: silentLog,
    patience: 60_000,
  });
  for (const [at, { head, rowsFile }] of indexes.entries()) {
    desk.offer({ key: String(at), stamp: head.stamp, device: head.device, files: head.files, rowsFile });
    await desk.settled();
  }
  const began = performance.now();
  for (let at = 0; at < lookups; at += 1) {
    const row = (at * 7919) % files;
    if (indexes[at % images]?.find(`/${pathOf(row)}`)?.md5 === undefined) throw new Error('A program is not found.');
  }
  const each = ((performance.now() - began) * 1000) / lookups;
  for (const [at, index] of indexes.entries()) {
    const { inodeOf, hasApplets, tools, packedLibraries } = index;
    compilePolicy({
      images: [String(at)],
      rule: undefined,
      table: { number: 1, isComplete: true, inodeOf, hasApplets, tools, packedLibraries },
      phase: 'run',
      engineFiles: [],
    });
  }
  const after = pss();
  const disk = statSync(join(folder, '0', 'index.sqlite')).size + statSync(join(folder, '0', 'table.rows')).size;
  console.log(
    `${images} images of ${files} files: the process takes ${after.toFixed(0)} MB (PSS), ${before.toFixed(0)} MB before`,
  );
  console.log(
    `a look-up ${each.toFixed(1)} us; an index ${(disk / 1024 ** 2).toFixed(0)} MB on the disk; ${(said / 1024 ** 2).toFixed(0)} MB of tables said`,
  );
  for (const index of indexes) index.close();
  if (after > limitMegabytes) {
    console.error(`That is more than ${limitMegabytes} MB.`);
    process.exitCode = 1;
  }
}

/** As it was before: a Map from path to hashes, of one image. */
function measureMap(): void {
  const before = pss();
  const held = new Map(scanned().map(({ path, ...known }) => [path, known]));
  console.log(`one image of ${held.size} files in a Map: ${(pss() - before).toFixed(0)} MB`);
}

const [word, folder = ''] = process.argv.slice(2);
if (word === 'write') write(folder);
else if (word === 'map') measureMap();
else {
  const made = mkdtempSync(join(tmpdir(), 'seawall-agent-memory-'));
  try {
    for (let at = 0; at < images; at += 1) again('write', join(made, String(at)));
    again('map');
    await measure(made);
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** A process of its own, whose memory goes with it. */
function again(...words: readonly string[]): void {
  const done = spawnSync(process.execPath, ['--max-old-space-size=2048', import.meta.filename, ...words], {
    stdio: 'inherit',
  });
  if (done.status !== 0) throw new Error(`${words[0]} failed.`);
}
