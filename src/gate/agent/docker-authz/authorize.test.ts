import { describe, expect, test } from 'vitest';
import { authorize } from './authorize.ts';
import { trialDigest, trialHeader } from '../trials/names.ts';
import { entryOf, ledgerOf, strictRule, testPorts } from './testing.ts';

/** Requests as other engines, or a broken one, tell them: no engine is behind these. */
const made = testPorts('/nowhere/docker.sock', '/nowhere');
made.ledger.ledger = ledgerOf([]);

async function answerTo(question: unknown): Promise<string> {
  made.decisions.length = 0;
  const { Allow, Msg } = await authorize(question, made.ports);
  return Allow ? 'allowed' : Msg;
}

function requestOf(method: string, uri: string, more: object = {}): object {
  return { RequestMethod: method, RequestUri: uri, ...more };
}

describe('without a ledger', () => {
  test.each(['deny', 'allow'] as const)('a build is answered by the host’s own rule: %s', async (broken) => {
    const { ledger } = made.ledger;
    Object.assign(made.ledger, { ledger: undefined, broken });
    const answer = await answerTo(requestOf('POST', '/v1.45/build?t=shop/app'));
    Object.assign(made.ledger, { ledger, broken: 'allow' });
    expect(answer).toContain(broken === 'allow' ? 'allowed' : 'no admission ledger');
    expect(made.decisions).toMatchObject([{ answer: broken, cause: 'gate-fault' }]);
  });
});

describe('a request', () => {
  test.each([
    [
      'B1, B2, B3: a body that is not shown',
      'POST',
      '/containers/create',
      { RequestHeaders: { 'Content-Type': 'application/json', 'Content-Length': '1200000' } },
    ],
    ['B1: the same of an exec', 'POST', '/containers/a/exec', { RequestHeaders: { 'Content-Length': '0' } }],
    ['B1: of an update', 'POST', '/containers/a/update', {}],
    ['B1: of a volume', 'POST', '/volumes/create', {}],
    ['B7: no length at all', 'POST', '/containers/a/start', { RequestHeaders: {} }],
    [
      'B7: a body at the start of a container',
      'POST',
      '/containers/a/start',
      { RequestHeaders: { 'Content-Length': '2' }, RequestBody: 'e30=' },
    ],
    [
      'B7: a length of nothing, and a body',
      'POST',
      '/containers/a/start',
      { RequestHeaders: { 'Content-Length': '0' }, RequestBody: 'e30=' },
    ],
    ['B10: gRPC', 'POST', '/grpc', {}],
    [
      'B16: a form with an archive',
      'PUT',
      '/containers/a/archive?path=/',
      { RequestHeaders: { 'Content-Type': 'multipart/form-data; boundary=a' } },
    ],
    ['B17: a plugin', 'DELETE', '/v1.45/plugins/a', {}],
    ['B21: a way past a pattern', 'POST', '/v1.45/containers/create/%2e%2e/x', {}],
    ['another method', 'BREW', '/containers/create', {}],
    ['a body that is no base64', 'POST', '/containers/create', { RequestBody: '***' }],
  ] as const)('%s is refused', async (...[, method, uri, more]) => {
    expect(await answerTo(requestOf(method, uri, more))).toMatch(/^Seawall refuses to /);
    expect(made.decisions).toMatchObject([{ answer: 'deny', cause: 'request' }]);
  });

  test.each([undefined, null, 7, 'text', [], {}, { RequestMethod: 'GET' }, { RequestMethod: 1, RequestUri: '/' }])(
    'that is none is refused: %j',
    async (question) => {
      expect(await answerTo(question)).toContain('in a form that is not known');
    },
  );

  test('that only looks is let through, and nothing is told', async () => {
    expect(await answerTo(requestOf('GET', '/v1.45/containers/json?all=1'))).toBe('allowed');
    expect(made.decisions).toEqual([]);
  });

  test('whose object the engine does not tell of is refused as a fault of the gate', async () => {
    const start = requestOf('POST', '/containers/a/start', { RequestHeaders: { 'Content-Length': '0' }, User: 'ci\n' });
    expect(await answerTo(start)).toContain('It could not be judged: The Docker engine at /nowhere/docker.sock');
    expect(made.decisions).toMatchObject([{ answer: 'deny', cause: 'gate-fault', principal: 'ci ' }]);
  });

  test('for an image by its digest is refused at the pull already', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const reason = 'It fails.';
    made.ledger.ledger = ledgerOf(
      [entryOf(`sha256:${'b'.repeat(64)}`, { aliases: [digest], answer: 'deny', effect: 'block', reason })],
      strictRule,
    );
    const pull = (uri: string): Promise<string> =>
      answerTo(requestOf('POST', uri, { RequestHeaders: { 'Content-Length': '0' } }));
    expect(await pull(`/images/create?fromImage=shop/app&tag=${digest}`)).toContain(
      'refuses to pull shop/app in prod. It fails.',
    );
    expect(await pull('/images/create?fromImage=shop/app&tag=1')).toBe('allowed');
  });
});

describe('a trial', () => {
  const privileged = (more: object): object => {
    const body = JSON.stringify({ Image: `shop/app@${trialDigest}`, HostConfig: { Privileged: true } });
    const about = { 'Content-Type': 'application/json', 'Content-Length': `${body.length}` };
    const RequestBody = Buffer.from(body).toString('base64');
    return requestOf('POST', '/containers/create', { RequestBody, RequestHeaders: { ...about, ...more } });
  };
  const { trialKey } = made.ports;

  test('of the agent itself is judged, and told to nobody', async () => {
    made.ledger.ledger = ledgerOf([entryOf(trialDigest)]);
    expect(await answerTo(privileged({ [trialHeader]: trialKey }))).toContain('by the rule “Production”');
    expect(made.decisions).toEqual([]);
  });

  test.each([
    ['without the key', {}],
    ['with another key', { [trialHeader]: `${trialKey}x` }],
    ['with none', { [trialHeader]: '' }],
  ])('that others make up %s is a request for an image like any other, and told', async (_, more) => {
    made.ledger.ledger = ledgerOf([entryOf(trialDigest)]);
    expect(await answerTo(privileged(more))).toContain('The Docker engine at /nowhere/docker.sock');
    expect(made.decisions).toMatchObject([{ answer: 'deny', cause: 'gate-fault' }]);
  });
});
