import { expect, test } from 'vitest';
import type { Detection, SeenProcess } from './contract.ts';
import { detect } from './detect.ts';
import { type IncidentGroup, joinIncidents } from './incident.ts';
import { execSighting, testContainer, testRule, testStart } from './testing.ts';

const minute = 60_000;
const moment = (minutes: number) => new Date(testStart + minutes * minute).toISOString();
const process = (pid: number, path: string): SeenProcess => ({ pid, startedAt: moment(0), path });
const nginx = process(1, '/usr/sbin/nginx');

function detectionAt(minutes: number, path: string, part: Parameters<typeof execSighting>[2] = {}): Detection {
  const sighting = execSighting(path, '/usr/sbin/nginx', {
    time: testStart + minutes * minute,
    origin: 'upper',
    ancestors: [nginx],
    process: process(100 + minutes, path),
    ...part,
  });
  const [detection] = detect(sighting, { bucketSeconds: 3600, rule: testRule }).detections;
  if (detection === undefined) throw new Error(`Nothing objects to ${path}.`);
  return detection;
}

function grouped(detections: readonly Detection[]): readonly IncidentGroup[] {
  return detections.reduce<readonly IncidentGroup[]>((open, detection) => {
    const result = joinIncidents(open, detection);
    if (result === undefined) return open;
    return result.joined === undefined ? [...open, result.group] : open.with(result.joined, result.group);
  }, []);
}

test('detections of one container within ten minutes are one incident', () => {
  const groups = grouped([detectionAt(0, '/tmp/a'), detectionAt(9, '/tmp/b'), detectionAt(18, '/tmp/c')]);
  expect(groups).toMatchObject([
    { detections: 3, severity: 'high', openedAt: moment(0), lastAt: moment(18), techniques: ['T1105'] },
  ]);
  expect(groups[0]?.title).toBe('web: nginx started /tmp/a, a file that is not in the image.');
  expect(grouped([detectionAt(0, '/tmp/a'), detectionAt(11, '/tmp/b')])).toHaveLength(2);
  const other = { ...testContainer, id: 'd'.repeat(64) };
  expect(grouped([detectionAt(0, '/tmp/a'), detectionAt(1, '/tmp/b', { container: other })])).toHaveLength(2);
});

test('what descends from an objected process belongs to it, whenever it comes; the server above both does not join them', () => {
  const shell = process(100, '/tmp/a');
  const child = detectionAt(300, '/tmp/b', { ancestors: [shell, nginx] });
  expect(grouped([detectionAt(0, '/tmp/a'), child])).toMatchObject([{ detections: 2 }]);
  const reused = detectionAt(300, '/tmp/b', { ancestors: [{ ...shell, startedAt: moment(200) }, nginx] });
  expect(grouped([detectionAt(0, '/tmp/a'), reused])).toHaveLength(2);
});

test('the gravest detection names it; what ran outweighs what was refused', () => {
  const refused = detectionAt(0, '/tmp/a', { verdict: 'refused' });
  const memory = detectionAt(1, '/memfd:x', { origin: 'memory', verdict: 'killed' });
  const [incident] = grouped([refused, memory]);
  expect(incident).toMatchObject({ severity: 'critical', outcome: 'refused', techniques: ['T1105', 'T1620'] });
  expect(incident?.title).toContain('/memfd:x');
  expect(grouped([refused, memory, detectionAt(2, '/tmp/c')])[0]?.outcome).toBe('observed');
  expect(grouped([detectionAt(2, '/tmp/c'), { ...memory, outcome: 'stopped' }])[0]?.outcome).toBe('stopped');
});

test('what a container was stopped for names the incident, before and after what is as grave or graver', () => {
  const [alert, stop] = [detectionAt(0, '/tmp/a'), { ...detectionAt(1, '/tmp/b'), outcome: 'stopped' } as const];
  const graver = detectionAt(2, '/memfd:x', { origin: 'memory' });
  for (const order of [
    [alert, stop],
    [stop, alert],
    [stop, graver],
    [graver, stop],
  ])
    expect(grouped(order)).toMatchObject([{ title: expect.stringContaining('/tmp/b'), outcome: 'stopped' }]);
});

test('a notice is no incident', () => {
  expect(joinIncidents([], { ...detectionAt(0, '/tmp/a'), notice: true })).toBeUndefined();
});
