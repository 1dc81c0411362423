import type { LinkLook, KnownState } from '#link/agent/index.ts';
import { lookAtAgent } from '../link-look.ts';
import { type Answer, fine, probe, sentence, stops, unknown } from '../probe.ts';

interface AuthorityFact {
  readonly url?: string;
  readonly link?: LinkLook;
  readonly knownState?: KnownState;
}

export const authority = probe({
  id: 'authority',
  title: 'Console of the agent',
  parts: ['agent'],
  look: async (place): Promise<AuthorityFact> => {
    const { identity, link, knownState } = await lookAtAgent(place);
    const url = identity.kind === 'joined' ? identity.identity.linkUrl : undefined;
    return { ...(url !== undefined && { url }), ...(link && { link }), ...(knownState && { knownState }) };
  },
  judge: judgeAuthority,
});

export function judgeAuthority({ url, link, knownState }: AuthorityFact): Answer {
  if (link === undefined) return unknown('The agent names no console.', 'Mend its identity first.');
  switch (link.kind) {
    case 'ours':
      return judgeKnown(`${url}`, knownState);
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

function judgeKnown(url: string, knownState: KnownState | undefined): Answer {
  const joinAgain = 'Make a new join token (Hosts → Add a host) and join again.';
  switch (knownState) {
    case 'known':
      return fine(`${url} knows the agent, and shows the authority that it joined`);
    case 'revoked':
      return stops(`The agent was revoked or replaced at ${url}.`, joinAgain);
    case 'unknown':
      return stops(`${url} does not know the agent: a backup was restored that is older.`, joinAgain);
    case undefined:
      return unknown(`${url} does not say whether it knows the agent.`, 'Look into the log of the console.');
  }
}
