import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarOf } from './images/layers.ts';
import type { Release } from './release.ts';

/** What both are made of: the checkout, the folder of artefacts, and the version that they carry. */
export type ChartRelease = Pick<Release, 'root' | 'out' | 'version'>;

/** Name of the chart among the artefacts. */
export function chartName({ version }: Pick<Release, 'version'>): string {
  return `seawall-chart-${version}.tgz`;
}

/** Packs the Helm chart with the version of the release. `helm package` would write the time of day into it. */
export async function makeChart({ root, out, version }: ChartRelease): Promise<void> {
  const stage = mkdtempSync(join(tmpdir(), 'seawall-chart-'));
  try {
    const chart = join(stage, 'seawall');
    cpSync(join(root, 'integrations/kubernetes/chart'), chart, { recursive: true });
    const about = join(chart, 'Chart.yaml');
    writeFileSync(about, readFileSync(about, 'utf8').replaceAll(/^(version|appVersion): .*$/gm, `$1: "${version}"`));
    settle(chart);
    const tar = join(stage, 'chart.tar');
    tarOf(stage, ['seawall'], { to: tar, without: [] });
    writeFileSync(join(out, chartName({ version })), gzipSync(readFileSync(tar), { level: 9 }));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** Copies the compose file; images are those of the release. */
export async function makeCompose({ root, out, version }: ChartRelease): Promise<void> {
  const text = readFileSync(join(root, 'integrations/docker/compose.yaml'), 'utf8');
  writeFileSync(join(out, 'compose.yaml'), text.replaceAll(/^(\s+image: seawall\/[a-z-]+):latest$/gm, `$1:${version}`));
}

/** The same modes whatever the umask is. */
function settle(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}
