import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { afterLearning, allowLineOf, learnedModel, modelHolding, objectionOf } from '../testing.ts';
import { unexpectedProcess } from './index.ts';

const sh = '/bin/sh';
const java = '/opt/java/bin/java';
const known = [execSighting(sh), execSighting(java, sh), execSighting('/usr/bin/tty', sh)];
const active = learnedModel(known);
const learning = learnedModel(known, { state: 'learning' });

test.each([
  ['a program that was not learned', 'medium', 'T1059', execSighting('/usr/bin/id', java, afterLearning)],
  ['a program that another may start', 'medium', 'T1059', execSighting('/usr/bin/tty', java, afterLearning)],
  ['a downloader', 'high', 'T1105', execSighting('/usr/bin/curl', sh, afterLearning)],
  ['a shell', 'high', 'T1059.004', execSighting('/bin/bash', java, { ...afterLearning, argv: ['bash', '-i'] })],
] as const)('objects to %s once its model is active', (...[, severity, technique, sighting]) => {
  expect(objectionOf(unexpectedProcess, sighting, { index: active })).toMatchObject({ severity, technique });
  expect(unexpectedProcess.techniques).toContain(technique);
  expect(objectionOf(unexpectedProcess, sighting, { index: learning })).toBeUndefined();
  expect(objectionOf(unexpectedProcess, sighting)).toBeUndefined();
});

test.each([
  ['what was learned', execSighting('/usr/bin/tty', sh, afterLearning)],
  ['the first program of a container', execSighting(sh, undefined, afterLearning)],
  ['a health check', execSighting('/usr/bin/id', undefined, { ...afterLearning, session: 'health-check' })],
  [
    'a program that is not of the image: drift does',
    execSighting('/tmp/zz', sh, { ...afterLearning, origin: 'upper' }),
  ],
  ['a session: exec-session does', execSighting(sh, undefined, { ...afterLearning, session: 'exec' })],
  ['code that a program reads', codeSighting(java, '/tmp/a.jar', afterLearning)],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(unexpectedProcess, sighting, { index: active })).toBeUndefined();
});

test('objects to what the sensor stopped for it, whatever the model says by now', () => {
  const stopped = { ...afterLearning, verdict: 'refused', reason: 'unlearned' } as const;
  const sighting = execSighting('/usr/bin/tty', sh, stopped);
  for (const index of [active, learning, undefined])
    expect(objectionOf(unexpectedProcess, sighting, index && { index })).toBeDefined();
});

test('is allowed for the program that starts it; what a person denied is an alert while learning, too', () => {
  const sighting = execSighting('/usr/bin/id', java, afterLearning);
  expect(allowLineOf({ ...sighting, verdict: 'refused', reason: 'unlearned' })).toBe(`allow /usr/bin/id by=${java}`);
  const refused = { ...sighting, verdict: 'refused', reason: 'unlearned' } as const;
  expect(objectionOf(unexpectedProcess, sighting, { index: modelHolding(refused) })).toBeUndefined();
  expect(objectionOf(unexpectedProcess, sighting, { index: modelHolding(refused, { state: 'denied' }) })).toBeDefined();
});
