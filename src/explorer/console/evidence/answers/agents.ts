import { leaseEnd } from '#compliance/index.ts';
import { readAgents } from '#link/console/index.ts';
import { type Agent, unassigned } from '#link/contract.ts';
import { type AnsweredSubject, fail, notAssessed, pass, type ProductAnswer } from '../../../evidence/answer.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, type KnownHost, silentWords } from '../context.ts';

/** Who speaks for hosts: agents, their certificates, and the tokens by which they joined. */
export const agentAnswers: HostSource = async ({ queries, now, hosts }) => {
  // Those at work come before others of the name.
  const agents = Map.groupBy(await readAgents(queries), ({ name }) => name);
  return hosts.map((known): AnsweredSubject => {
    const agent = agents.get(known.name)?.[0];
    return {
      host: known.name,
      kind: 'host',
      id: ownId,
      answers: {
        'agent-joined': joined(agent),
        'agent-certificate': certificate(agent, now),
        'agent-reporting': reporting(known, agent),
        'host-environment': environment(agent),
      },
      moments: agent && [
        new Date(agent.certificate.notAfter),
        agent.seenAt === undefined ? undefined : leaseEnd('host', new Date(agent.seenAt)),
      ],
    };
  });
};

const noAgent = 'No agent has joined for it. Joining one with a join token would assess this.';

function isAtWork({ state }: Agent): boolean {
  return state === 'live' || state === 'silent';
}

function joined(agent: Agent | undefined): ProductAnswer {
  if (agent === undefined) return notAssessed(noAgent);
  if (!isAtWork(agent)) return fail(`Its agent was ${agent.state}.`);
  return pass(`joined at ${agent.joinedAt} by “${agent.joinToken}”`);
}

function certificate(agent: Agent | undefined, now: Date): ProductAnswer {
  if (agent === undefined) return notAssessed(noAgent);
  if (!isAtWork(agent)) return fail(`Its agent was ${agent.state}.`);
  const { notAfter } = agent.certificate;
  return Date.parse(notAfter) > now.getTime() ? pass(`valid until ${notAfter}`) : fail(`ended at ${notAfter}`);
}

function reporting({ silentSince }: KnownHost, agent: Agent | undefined): ProductAnswer {
  if (agent === undefined) return notAssessed(noAgent);
  if (!isAtWork(agent)) return fail(`Its agent was ${agent.state}.`);
  if (silentSince !== undefined) return notAssessed(silentWords(silentSince));
  return pass();
}

/** Whoever holds an agent of several environments may move a host from one to another. */
function environment(agent: Agent | undefined): ProductAnswer {
  if (agent === undefined || !isAtWork(agent)) return notAssessed(noAgent);
  const { environments, joinToken } = agent;
  if (environments.length > 1) return fail(`“${joinToken}” allows ${environments.join(', ')}`);
  const [only] = environments;
  if (only === undefined || only === unassigned)
    return notAssessed(`“${joinToken}” names no environment. A join token that names one would assess this.`);
  return pass(only);
}
