import { expect, test } from 'vitest';
import { Detection, type RuntimeRule } from '../../contract.ts';
import { detect } from '../../detect.ts';
import type { MoveSighting } from '../../event.ts';
import { execSighting, moveSighting, testRule } from '../../testing.ts';

function detected(sighting: MoveSighting, rule: RuntimeRule | undefined = testRule): Detection | undefined {
  const [detection, ...others] = detect(sighting, { bucketSeconds: 3600, rule }).detections;
  expect(others).toEqual([]);
  return detection && Detection.parse(detection);
}

test.each([
  [{}, 'high', "sh in web moved process 4300 out of the container's cgroup to /x."],
  [
    { isToContainer: true },
    'high',
    "sh in web moved process 4300 out of the container's cgroup to /x, which is the cgroup of another container.",
  ],
  [{ isBorn: true }, 'high', "sh in web started process 4300 outside of the container's cgroup, in /x."],
  [
    { other: '/usr/bin/mover' },
    'medium',
    "mover, which is outside of web, moved process 4300 out of the container's cgroup to /x.",
  ],
] as const)('a move %j is told in one sentence', (part, severity, message) => {
  expect(detected(moveSighting('/bin/sh', '/x', part))).toMatchObject({
    detector: 'cgroup-move',
    technique: 'T1611',
    dimension: 'process',
    class: 'forbidden',
    outcome: 'observed',
    notice: false,
    severity,
    message,
  });
});

test('says what was seen and offers no line of a model that would allow it', () => {
  const detection = detected(moveSighting('/bin/sh', '/x\ny', { repeats: 2 }));
  expect(detection?.seen).toBe(String.raw`process 4300 (/bin/sh) in cgroup /x\x0ay, moved by /bin/sh`);
  expect(detection?.allow).toBeUndefined();
  expect(detection?.expected).toBeUndefined();
  expect(detection?.count).toBe(3);
  const byOther = detected(moveSighting('/bin/sh', '/x', { other: '/usr/bin/mover', isBorn: true }));
  expect(byOther?.seen).toBe('process 4300 (/bin/sh) in cgroup /x, started by /usr/bin/mover outside of the container');
});

test.each(['ignore', 'alert', 'prevent', 'block'] as const)(
  'is an alert where the rule for processes says %s',
  (process) => {
    const move = moveSighting('/bin/sh', '/x');
    expect(detected(move, { ...testRule, process, drift: process })).toMatchObject({ effect: 'alert', notice: false });
    expect(detected({ ...move, session: 'exec' }, { ...testRule, process })).toMatchObject({ effect: 'alert' });
    expect(detected(move, undefined)).toMatchObject({ effect: 'alert' });
  },
);

test('a program that starts is none', () => {
  const { detections } = detect(execSighting('/bin/ls', '/bin/sh'), { bucketSeconds: 3600, rule: testRule });
  expect(detections.map(({ detector }) => detector)).not.toContain('cgroup-move');
});
