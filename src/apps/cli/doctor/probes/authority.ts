import type { LinkLook } from '#link/agent/index.ts';
import { lookAtAgent } from '../link-look.ts';
import { type Answer, fine, probe, sentence, stops, unknown } from '../probe.ts';

interface AuthorityFact {
  readonly url?: string;
  readonly link?: LinkLook;
}

export const authority = probe({
  id: 'authority',
  title: 'Console of the agent',
  parts: ['agent'],
  look: async (place): Promise<AuthorityFact> => {
    const { identity, link } = await lookAtAgent(place);
    return { ...(identity.kind === 'joined' && { url: identity.identity.linkUrl }), ...(link && { link }) };
  },
  judge: judgeAuthority,
});

export function judgeAuthority({ url, link }: AuthorityFact): Answer {
  if (link === undefined) return unknown('The agent names no console.', 'Mend its identity first.');
  switch (link.kind) {
    case 'ours':
      return fine(`${url} shows the authority that the agent joined`);
    case 'other':
      return stops(
        `${url} does not prove to be the console that the agent joined: ${sentence(link.reason)}`,
        'Look for a proxy that opens TLS, a wrong address or a wrong clock. If the console was set up again, make a new join token and join again.',
      );
    case 'silent':
      return stops(
        `The console’s link ${url} does not answer: ${sentence(link.reason)}`,
        'Look whether the console runs, listens beyond loopback (--host) and its port 8084 is open. The agent keeps what it sees and the gate goes on meanwhile.',
      );
  }
}
