import { type IdentityLook, lookAtAgent } from '../link-look.ts';
import { type Answer, fine, probe, stops, unknown, weakens } from '../probe.ts';

interface IdentityFact {
  readonly look: IdentityLook;
  readonly now: Date;
}

export const identity = probe({
  id: 'identity',
  title: 'Identity of the agent',
  parts: ['agent'],
  look: async (place): Promise<IdentityFact> => ({ look: (await lookAtAgent(place)).identity, now: new Date() }),
  judge: judgeIdentity,
});

const join = 'make a join token (Hosts → Add a host), then `seawall agent --console URL --token-file -`';

export function judgeIdentity({ look, now }: IdentityFact): Answer {
  switch (look.kind) {
    case 'none':
      return stops('The agent has joined no console.', `Join one: ${join}.`);
    case 'closed':
      return unknown('This user may not read the agent’s folder.', 'Run `seawall doctor` as root.');
    case 'damaged':
      return stops(look.reason, `Join again: ${join}.`);
    case 'joined': {
      const { expiresAt, renewAfter } = look.identity;
      const day = expiresAt.slice(0, 10);
      if (Date.parse(expiresAt) <= now.getTime())
        return stops(`The agent’s certificate ended on ${day}.`, `Join again: ${join}. A wrong clock looks the same.`);
      if (Date.parse(renewAfter) + 86_400_000 < now.getTime())
        return weakens(
          `The agent’s certificate ends on ${day}, and was to be renewed since ${renewAfter.slice(0, 10)}.`,
          'Start the agent and look whether its console answers; it renews by itself.',
        );
      return fine(`certificate until ${day}`);
    }
  }
}
