import type { Agent } from '#link/contract.ts';
import { counted, span } from '../../ui/format.ts';

/** Something about an agent that a person should look at. */
export interface Concern {
  readonly about: 'state' | 'environment' | 'certificate' | 'clock' | 'lost' | 'missing' | 'refused';
  readonly text: string;
}

/** A clock further off than this many seconds is shown. */
const clockLimit = 60;
/** Agents renew when a third of 30 days is left; one that has not by half of that is stuck. */
const renewalMs = 5 * 86_400_000;

/** What is wrong with an agent, the gravest first. */
export function concernsOf(agent: Agent, now: Date): readonly Concern[] {
  const left = Date.parse(agent.certificate.notAfter) - now.getTime();
  const clock = agent.clockOffset ?? 0;
  return [
    ...(agent.state === 'silent' ? [{ about: 'state', text: silence(agent, now) } as const] : []),
    ...(agent.asksFor === undefined
      ? []
      : [
          {
            about: 'environment',
            text: `it asks for ${agent.asksFor}, which its join token does not allow`,
          } as const,
        ]),
    ...(left <= 0
      ? [{ about: 'certificate', text: 'its certificate has ended' } as const]
      : left < renewalMs
        ? [{ about: 'certificate', text: `its certificate ends in ${span(left)} and was not renewed` } as const]
        : []),
    ...(agent.lost > 0
      ? [{ about: 'lost', text: `${counted(agent.lost, 'fact')} lost, its spool was full` } as const]
      : []),
    ...(agent.gap === undefined
      ? []
      : [
          {
            about: 'missing',
            text: `${counted(agent.gap.facts, 'fact')} missing: neither it nor the console has them`,
          } as const,
        ]),
    ...(agent.refused === undefined
      ? []
      : [
          {
            about: 'refused',
            text: `${counted(agent.refused.facts, 'fact')} refused`,
          } as const,
        ]),
    ...(Math.abs(clock) > clockLimit ? [{ about: 'clock', text: `its clock is ${clockWords(clock)}` } as const] : []),
  ];
}

/** From the gravest to the least. */
const order: readonly Concern['about'][] = [
  'state',
  'environment',
  'certificate',
  'lost',
  'missing',
  'refused',
  'clock',
];

/** The gravest concern of several agents; of those that are alike the first agent's. */
export function gravestOf(
  agents: readonly Agent[],
  now: Date,
): { readonly agent: Agent; readonly concern: Concern } | undefined {
  const all = agents.flatMap((agent) => concernsOf(agent, now).map((concern) => ({ agent, concern })));
  return all.toSorted((one, other) => order.indexOf(one.concern.about) - order.indexOf(other.concern.about))[0];
}

/** `4 s ahead`, `2 min behind` */
export function clockWords(offset: number): string {
  if (Math.abs(offset) < 1) return 'right';
  return `${span(Math.abs(offset) * 1000)} ${offset > 0 ? 'ahead' : 'behind'}`;
}

function silence({ seenAt }: Agent, now: Date): string {
  return seenAt === undefined ? 'never heard' : `silent for ${span(now.getTime() - Date.parse(seenAt))}`;
}
