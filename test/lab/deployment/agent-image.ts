import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programFolder, layTree, treeFolder } from '../../../tools/release/tree.ts';
import { releaseOf } from '../../../tools/release/release.ts';
import { repository } from '../../journeys/seawall.ts';
import { debianImage } from '../../make/debian.ts';
import type { PrivateEngine } from '../../make/private-engine.ts';

/** Name of the agent's image in the lab's engines. */
export const agentImage = 'seawall/agent';

/**
 * Puts the agent's image into an engine: the one in the archive `SEAWALL_AGENT_IMAGE`, or Debian's root with the installed
 * programs of this checkout.
 */
export async function loadAgentImage(engine: PrivateEngine): Promise<void> {
  const archive = process.env['SEAWALL_AGENT_IMAGE'];
  if (archive !== undefined) {
    await engine.must('load', '-q', '-i', archive);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'seawall-agent-tree-'));
  try {
    const release = { ...releaseOf(repository), out: join(folder, 'out') };
    await layTree(release);
    await engine.must('load', '-q', '-i', (await debianImage()).archive);
    const tree = treeFolder(release);
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    await engine.must('build', '-q', '-t', agentImage, '-f', join(folder, 'Dockerfile'), tree);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const dockerfile = `FROM made/debian:13
COPY . /
ENTRYPOINT ["/${programFolder}/bin/seawall", "agent"]
`;
