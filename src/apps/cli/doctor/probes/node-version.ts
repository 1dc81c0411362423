import { satisfies } from 'semver';
import manifest from '../../../../../package.json' with { type: 'json' };
import { type Answer, fine, probe, stops } from '../probe.ts';

interface NodeFact {
  readonly version: string;
  /** As package.json writes it: `>=24.7`. */
  readonly needed: string;
}

export const nodeVersion = probe({
  id: 'node-version',
  title: 'Node',
  parts: ['cli'],
  look: (): NodeFact => ({ version: process.versions.node, needed: manifest.engines.node }),
  judge: judgeNode,
});

export function judgeNode({ version, needed }: NodeFact): Answer {
  if (satisfies(version, needed)) return fine(`Node ${version}`);
  return stops(
    `Node ${version} runs Seawall, which needs ${needed}.`,
    'Install the package or the one-file program, which bring their Node, or a newer Node.',
  );
}
