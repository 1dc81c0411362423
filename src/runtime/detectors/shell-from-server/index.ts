import type { Detector } from '../../detector.ts';
import type { ExecSighting } from '../../event.ts';
import { baseName, isLauncher, isServer, kindOf, seenName } from '../../programs.ts';
import { sentence } from '../../sentence.ts';
import { isCorroborated } from '../../settle.ts';

/**
 * A server that serves already starts a shell: what most break-ins through an application look like. A script that is run
 * by its own name, as CGI does, is a file of the image: one that is not is drift, and told as that. The same shell with
 * the same words is told until a person decides or it was seen in three hours on two days: whoever breaks in may come back
 * as often as they like within one.
 */
export const shellFromServer: Detector = {
  id: 'shell-from-server',
  version: 1,
  summary: 'A server process starts a shell, also while its model still learns',
  techniques: ['T1059.004'],
  aspect: 'threat',
  detect(sighting, { permission, classified, index, fact }) {
    if (sighting.kind !== 'exec' || permission === 'allowed' || classified.declared) return undefined;
    if (sighting.isScript || sighting.phase !== 'run' || sighting.session !== 'entry') return undefined;
    if (kindOf(seenName(sighting.process)) !== 'shell') return undefined;
    const entry = index?.entryFor(fact);
    if (entry !== undefined && entry.state !== 'denied' && isCorroborated(entry)) return undefined;
    const server = starterBehind(sighting);
    if (server === undefined || !isServer(server)) return undefined;
    return {
      severity: 'high',
      technique: 'T1059.004',
      message: sentence(sighting, `a shell below the server process ${baseName(server)}`),
      remedy: `Look at the requests that ${baseName(server)} served at this time, and at the arguments. If the application starts shells by design, allow the line in its model.`,
    };
  },
};

/** Program that wanted the shell, past those that only start another. */
function starterBehind({ caller, ancestors }: ExecSighting): string | undefined {
  const line = [...(caller === undefined ? [] : [caller.path]), ...ancestors.map(({ path }) => path)];
  return line.find((path) => !isLauncher(path));
}
