import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { allowLineOf, learnedModel, modelHolding, objectionOf } from '../testing.ts';
import { miner } from './index.ts';

const sh = '/bin/sh';

test.each([
  ['its name', execSighting('/usr/bin/xmrig', sh)],
  ['its name with a version', execSighting('/opt/xmrig-6.21.0', sh)],
  ['its name in other letters', execSighting('/tmp/XMRig', sh, { origin: 'upper' })],
  ['the name of its script', execSighting('/usr/bin/python3', sh, { isScript: true, given: '/opt/ccminer' })],
  [
    'the address of a pool',
    execSighting('/usr/bin/tty', sh, { argv: ['tty', '-o', 'stratum+tcp://pool.example:3333'] }),
  ],
  ['an option that only miners take', execSighting('/usr/bin/tty', sh, { argv: ['tty', '--donate-level=1'] })],
  ['its name, as the first program of a container', execSighting('/usr/bin/xmrig')],
] as const)('objects to a miner by %s', (_, sighting) => {
  expect(objectionOf(miner, sighting)).toMatchObject({ severity: 'critical', technique: 'T1496' });
});

test.each([
  ['a name that only begins like one', execSighting('/usr/bin/minerva', sh)],
  ['words that only mention stratum', execSighting('/usr/sbin/chronyd', sh, { argv: ['chronyd', 'stratum', '10'] })],
  ['words that are unknown', execSighting('/usr/bin/tty', sh, { process: { path: '/usr/bin/tty' } })],
  ['code of that name', codeSighting('/usr/bin/python3', '/tmp/xmrig')],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(miner, sighting)).toBeUndefined();
});

test('only the decision of a person makes it silent, not what was learned', () => {
  const known = execSighting('/usr/bin/tty', sh, { argv: ['tty', '--randomx-mode'] });
  expect(allowLineOf(known)).toBe('allow /usr/bin/tty by=/bin/sh');
  expect(objectionOf(miner, known, { index: modelHolding(known) })).toBeUndefined();
  expect(objectionOf(miner, known, { index: learnedModel([known]) })).toBeDefined();
  expect(objectionOf(miner, known, { index: modelHolding(known, { source: 'learned' }) })).toBeDefined();
});
