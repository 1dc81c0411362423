import type { ProcessFact } from '../../contract.ts';
import type { Detector, DetectorContext } from '../../detector.ts';
import type { ExecSighting } from '../../event.ts';
import { baseName, kindOf } from '../../programs.ts';
import { sentence, wasStopped } from '../../sentence.ts';

/** The model's own word: this program, started by that one, was not learned. */
export const unexpectedProcess: Detector = {
  id: 'unexpected-process',
  version: 1,
  summary: 'A program of the image runs that the active model does not hold, or is started by another one than there',
  techniques: ['T1059', 'T1059.004', 'T1105'],
  aspect: 'process',
  detect(sighting, context) {
    if (sighting.kind !== 'exec') return undefined;
    const { graded, classified } = context;
    const judged = classified.class !== 'forbidden' && graded.grade !== 'nothing';
    if (!judged && !(wasStopped(sighting) && sighting.reason === 'unlearned') && graded.because !== 'denied')
      return undefined;
    return {
      severity: classified.class === 'benign' ? 'medium' : 'high',
      technique: techniqueOf(sighting.process.path),
      message: sentence(sighting, wrongWith(sighting, context)),
      remedy:
        'If the application is meant to do this, allow the line in its model. Else find out what made it do so: the program that started it is where to look.',
    };
  },
};

function wrongWith({ process, caller }: ExecSighting, { graded, index, fact }: DetectorContext): string {
  switch (graded.because) {
    case 'denied':
      return 'which was denied by a person';
    case 'unconfirmed':
      return 'which was seen too rarely while learning to be trusted';
    case 'release-adds':
      return 'which this release adds to what the one before did';
    case 'release':
      return 'which is new since this release';
    case 'returned':
      return 'which was not seen for long and is back';
    case 'uncovered':
    case 'forbidden':
    case undefined:
      break;
    default:
      graded.because satisfies never;
  }
  const callers = index?.callersOf(process.path) ?? [];
  if (callers.length === 0) return 'which its model does not hold';
  if (fact.dimension === 'process' && callers.includes(fact.caller))
    return `with ${isKnownApplet(fact, index) ? 'arguments' : 'an applet'} that its model does not hold`;
  const others = callers.map((one) => (one === undefined ? 'the engine' : baseName(one))).slice(0, 3);
  return `which its model lets ${others.join(', ')} start${caller === undefined ? '' : `, not ${baseName(caller.path)}`}`;
}

/** Whether the caller may start the program as this applet, with other arguments. */
function isKnownApplet({ path, applet, caller }: ProcessFact, index: DetectorContext['index']): boolean {
  return applet === undefined || index?.startedBy(caller).includes(`${path} ${applet}`) === true;
}

function techniqueOf(path: string): string {
  const kind = kindOf(path);
  if (kind === 'shell') return 'T1059.004';
  return kind === 'downloader' ? 'T1105' : 'T1059';
}
