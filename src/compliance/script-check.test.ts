import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Field, known, missing } from '#base/index.ts';
import type { ScriptOutcome } from '#catalog/contract.ts';
import { assessDocuments } from './catalogue.ts';
import type { ScriptCheck } from './contract-custom.ts';
import { documentText } from './document.ts';
import { openCustom } from './open-custom.ts';

const check: ScriptCheck = {
  id: 'custom-motd',
  version: 3,
  subject: 'image',
  title: 'It greets',
  why: 'So that people know where they are.',
  remedy: { dockerfile: 'Write /etc/motd' },
  severity: 'low',
  nist: [],
  script: 'test -s $ROOT/etc/motd',
  author: 'ada',
};
const hash = createHash('sha256').update(check.script).digest('hex');

async function answerFor(scripts: Field<readonly ScriptOutcome[]>) {
  const custom = await openCustom([check]);
  const documents = [{ kind: 'scan', text: documentText({ scripts }) }];
  return assessDocuments('image', documents, { now: new Date(0), lists: {}, custom }).find(({ id }) => id === check.id);
}
const ran = (outcome: Partial<ScriptOutcome>) =>
  known([{ check: 'custom-motd', hash, ended: 'pass' as const, said: [], ...outcome }], 'scripts');

it.each([
  [ran({}), { state: 'pass' }],
  [ran({ ended: 'fail', said: ['/etc/motd is empty'] }), { state: 'fail', seen: ['/etc/motd is empty'] }],
  [ran({ ended: 'fail' }), { state: 'fail', seen: [] }],
  [
    ran({ ended: 'error', reason: 'The script took longer than 10 s.', said: ['one', 'two'] }),
    { state: 'error', reason: 'The script took longer than 10 s. one two' },
  ],
  [ran({ hash: 'a'.repeat(64) }), { state: 'not-assessed', reason: expect.stringMatching(/not this text/) }],
  [known([], 'scripts'), { state: 'not-assessed' }],
  [
    missing('the scan ran no scripts; it needs --allow-scripts'),
    { state: 'not-assessed', reason: expect.stringMatching(/needs --allow-scripts/) },
  ],
])('a script that left %j is answered by %j', async (scripts, expected) => {
  expect(await answerFor(scripts)).toMatchObject({ version: 3, ...expected });
});

it('names author and text', async () => {
  const answer = await answerFor(ran({ said: ['hello'] }));
  expect(answer?.evidence).toEqual([{ at: `script of ada, sha256:${hash}`, value: '["pass","hello"]' }]);
});
