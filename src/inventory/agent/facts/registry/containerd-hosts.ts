import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import type { ContainerdHosts } from '../../../facts/index.ts';
import { readBounded } from '../engine/read-bounded.ts';

const longest = 256 * 1024;
/** Where containerd and nerdctl look for hosts.toml. */
const folder = '/etc/containerd/certs.d';

const Host = z.object({ skip_verify: z.boolean().optional() });
const HostsFile = z.object({
  server: z.string().optional(),
  skip_verify: z.boolean().optional(),
  host: z.record(z.string(), Host).optional(),
});

/** Settings of containerd for a registry: its own, or else those for every registry. None where there are none. */
export async function containerdHosts(root: string, registry: string): Promise<readonly ContainerdHosts[]> {
  // A name with a port lies under itself, or with the colon written otherwise.
  const names = [registry, registry.replace(/:(\d+)$/, '_$1_'), '_default'];
  for (const name of new Set(names)) {
    const path = join(folder, name, 'hosts.toml');
    const text = await readBounded(join(root, path), longest).catch((error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ENOTDIR'].includes(error.code ?? '')) return undefined;
      throw error;
    });
    if (text !== undefined) return [parseHosts(text, path)];
  }
  return [];
}

/** Reads a hosts.toml; throws where it has no known form. */
export function parseHosts(text: string, path: string): ContainerdHosts {
  const file = HostsFile.parse(parse(text));
  const hosts = Object.entries(file.host ?? {});
  return {
    path,
    skipsVerification: file.skip_verify === true || hosts.some(([, { skip_verify: skip }]) => skip === true),
    addresses: [
      ...(file.server === undefined ? [] : [withScheme(file.server)]),
      ...hosts.map(([address]) => withScheme(address)),
    ],
  };
}

/** containerd asks by https where an address says nothing else. */
function withScheme(address: string): string {
  return /^[a-z]+:\/\//i.test(address) ? address : `https://${address}`;
}
