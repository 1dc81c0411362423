import { describe, expect, test } from 'vitest';
import { isSubjectId, type SubjectId } from '#base/index.ts';
import { type Holder, type Origin, type ProofFacts, proofOf, type ProvenPublisher } from './proof-of.ts';

function subjectOf(id: string): SubjectId {
  if (!isSubjectId(id)) throw new Error(id);
  return id;
}

const image = subjectOf(`sha256:${'a'.repeat(64)}`);
const pier: Holder = { host: 'pier-1', agent: 'p', environments: ['prod'], allowed: [] };
const origin: Origin = { registry: 'example', repository: 'registry.example/shop/web', manifest: 'sha256:m' };
const facts: ProofFacts = {
  subject: image,
  holders: [pier],
  origins: [],
  endedAgents: new Set(),
  endedTokens: new Set(),
};
const agent: ProvenPublisher = { kind: 'agent', id: 'p' };
const token = (...repositories: readonly string[]): ProvenPublisher => ({ kind: 'token', id: 't', repositories });

describe('what a publisher is worth', () => {
  test.each<[string, ProvenPublisher, string, Partial<ProofFacts>, ReturnType<typeof proofOf>]>([
    ['the console', { kind: 'console', id: 'console' }, 'prod', { holders: [] }, 'proven'],
    ['an agent that holds it there', agent, 'prod', {}, 'held'],
    ['an agent that holds it elsewhere', agent, 'dev', {}, 'recorded'],
    ['an agent that does not hold it', agent, 'prod', { holders: [] }, 'recorded'],
    ['another agent than the one of the host', { kind: 'agent', id: 'q' }, 'prod', {}, 'recorded'],
    ['an agent that is revoked', agent, 'prod', { endedAgents: new Set(['p']) }, 'recorded'],
    ['a token of the id of an agent', { kind: 'token', id: 'p' }, 'prod', {}, 'recorded'],
    ['no environment is one', agent, '', { holders: [{ ...pier, environments: [''] }] }, 'held'],
    ['a host of prod in no environment', agent, '', {}, 'recorded'],
    ['a container there', agent, 'test', { holders: [{ ...pier, environments: ['prod', 'test'] }] }, 'held'],
    [
      'a label may bring it there, where nobody stands',
      agent,
      'test',
      { holders: [{ ...pier, allowed: ['test'] }] },
      'held',
    ],
    [
      'a label may bring it there, where another host stands',
      agent,
      'test',
      {
        holders: [
          { ...pier, allowed: ['test'] },
          { host: 'quay-1', agent: 'q', environments: ['test'], allowed: [] },
        ],
      },
      'recorded',
    ],
    ['a file system, by its host', agent, 'prod', { subject: subjectOf('host:pier-1') }, 'held'],
    [
      'a file system, by another instance of its host',
      agent,
      'prod',
      { subject: subjectOf('host:pier-1'), holders: [{ ...pier, host: 'pier-1/blue' }] },
      'held',
    ],
    [
      'a file system, by another host that says it has it',
      agent,
      'prod',
      { subject: subjectOf('host:quay-1') },
      'recorded',
    ],
    [
      'a file system, by a host whose name begins like it',
      agent,
      'prod',
      { subject: subjectOf('host:pier-10') },
      'recorded',
    ],
    [
      'a file system, by a token',
      token('*'),
      'prod',
      { subject: subjectOf('host:pier-1'), origins: [origin] },
      'recorded',
    ],
    [
      'a token whose repositories hold it',
      token('registry.example/shop/*'),
      'prod',
      { origins: [origin] },
      'published',
    ],
    ['a token of another team', token('registry.example/bank/*'), 'prod', { origins: [origin] }, 'recorded'],
    [
      'a token for the same path of another registry',
      token('other.example/shop/*'),
      'prod',
      { origins: [origin] },
      'recorded',
    ],
    ['a token whose image is in no trusted registry', token('*'), 'prod', {}, 'recorded'],
    ['a token without repositories', token(), 'prod', { origins: [origin] }, 'recorded'],
    ['a token that is revoked', token('*'), 'prod', { origins: [origin], endedTokens: new Set(['t']) }, 'recorded'],
    ['a person', { kind: 'user', id: 'p' }, 'prod', { origins: [origin] }, 'recorded'],
  ])('%s', (...[, publisher, environment, more, expected]) => {
    expect(proofOf(publisher, environment, { ...facts, ...more })).toBe(expected);
  });
});
