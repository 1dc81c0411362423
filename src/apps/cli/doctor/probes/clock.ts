import { lookAtConsole } from '../console-look.ts';
import { lookAtAgent } from '../link-look.ts';
import { type Answer, fine, probe, stops, unsaid, weakens } from '../probe.ts';

interface ClockFact {
  /** Whether there is a console to compare with. */
  readonly isNamed: boolean;
  /** Seconds that the console's clock is ahead. */
  readonly offset?: number;
}

/** Half a second is lost in a `Date` header, and the way takes its time. */
const notable = 5;
/** Beyond that, tokens and ledgers end early or begin late. */
const grave = 120;

export const clock = probe({
  id: 'clock',
  title: 'Clock',
  parts: ['cli'],
  look: async (place): Promise<ClockFact> => {
    const { url, answer } = await lookAtConsole(place);
    const pages = answer?.kind === 'answers' ? answer.offset : undefined;
    const { identity, offset = pages } = place.parts.has('agent')
      ? await lookAtAgent(place)
      : { identity: { kind: 'none' } };
    return {
      isNamed: url !== undefined || identity.kind === 'joined',
      ...(offset !== undefined && { offset }),
    };
  },
  judge: judgeClock,
});

export function judgeClock({ isNamed, offset }: ClockFact): Answer {
  if (!isNamed) return fine('no console to compare with');
  if (offset === undefined)
    return unsaid('The console does not tell its time.', 'Mend what keeps it from answering first.');
  const seconds = Math.round(Math.abs(offset));
  const words = `The clock of this machine is ${seconds} s ${offset > 0 ? 'behind' : 'ahead of'} the console’s`;
  const fix = 'Set both by NTP: `timedatectl set-ntp true`, then look with `timedatectl`.';
  if (seconds >= grave)
    return stops(`${words}: certificates, tokens and ledgers seem to have ended, or not to hold yet.`, fix);
  if (seconds >= notable) return weakens(`${words}: times of events are corrected by it.`, fix);
  return fine('as the console’s');
}
