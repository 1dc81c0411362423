import type { Detector } from '../../detector.ts';
import type { ExecSighting } from '../../event.ts';
import { foreignOrigin } from '../../fact-of.ts';
import { baseName, isMultiCall, isSystemName } from '../../programs.ts';
import { printable } from '../../printable.ts';
import { sentence } from '../../sentence.ts';

/** A program that wants to be taken for another one. */
export const masquerade: Detector = {
  id: 'masquerade',
  version: 1,
  summary: 'A program bears the name of a kernel thread or of a part of the system, and is not it',
  techniques: ['T1036.004', 'T1036.005', 'T1036.006'],
  aspect: 'threat',
  detect(sighting) {
    if (sighting.kind !== 'exec') return undefined;
    const disguise = disguiseOf(sighting);
    if (disguise === undefined) return undefined;
    return {
      severity: 'high',
      technique: disguise.technique,
      message: sentence(sighting, disguise.wrong),
      remedy:
        'Nothing harmless takes such a name. Look at the file and at what started it, and recreate the container.',
    };
  },
};

function disguiseOf(sighting: ExecSighting): { readonly technique: string; readonly wrong: string } | undefined {
  const { process, given } = sighting;
  const own = baseName(process.path);
  const shown = baseName(process.argv?.[0] ?? own);
  if (isKernelThread(process.argv?.[0] ?? '') || isKernelThread(own))
    return {
      technique: 'T1036.004',
      wrong: `which calls itself ${printable(process.argv?.[0] ?? own)} like a thread of the kernel`,
    };
  if (foreignOrigin(sighting) !== undefined && isSystemName(own))
    return { technique: 'T1036.005', wrong: `which bears the name of the system's ${own} and is not the image's` };
  if (/\s$/.test(own)) return { technique: 'T1036.006', wrong: 'whose name ends with a space' };
  if (isMultiCall(process.path) || shown === own || shown === baseName(given) || !isSystemName(shown)) return undefined;
  return { technique: 'T1036.005', wrong: `which calls itself ${printable(shown)}` };
}

/** `[kworker/0:1]`. */
function isKernelThread(name: string): boolean {
  return /^\[[a-z_]+[\w/:.+-]*\]$/.test(name) && name.length > 3;
}
