import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layTree, programFolder, treeFolder } from '../../../tools/release/tree.ts';
import { releaseOf } from '../../../tools/release/release.ts';
import { repository } from '../../journeys/seawall.ts';
import { debianImage } from '../../make/debian.ts';
import type { PrivateEngine } from '../../make/private-engine.ts';

/** The installed programs, and an image that they run in. */
export interface AgentImage {
  /** Words of `docker run` up to and with the program. */
  readonly words: readonly string[];
  remove(): void;
}

/**
 * Debian's root with the installed programs at their place, as the agent's image has them. With `SEAWALL_AGENT_IMAGE` it is
 * the image in that archive, called `seawall/agent`.
 */
export async function loadAgentImage(engine: PrivateEngine): Promise<AgentImage> {
  const archive = process.env['SEAWALL_AGENT_IMAGE'];
  if (archive !== undefined) {
    await engine.must('load', '-q', '-i', archive);
    return { words: ['seawall/agent'], remove: () => undefined };
  }
  const out = mkdtempSync(join(tmpdir(), 'seawall-agent-tree-'));
  const release = { ...releaseOf(repository), out };
  await layTree(release);
  await engine.must('load', '-q', '-i', (await debianImage()).archive);
  const programs = join(treeFolder(release), programFolder);
  return {
    words: ['-v', `${programs}:/${programFolder}:ro`, 'made/debian:13', `/${programFolder}/bin/seawall`, 'agent'],
    remove: () => rmSync(out, { recursive: true }),
  };
}
