import { expect, test } from 'vitest';
import { Detection, type Model, type RuntimeRule } from './contract.ts';
import { converge } from './converge.ts';
import { detect } from './detect.ts';
import { detectors } from './detectors/index.ts';
import type { LearnableSighting, Sighting } from './event.ts';
import { emptyEvidence } from './evidence.ts';
import { entryKeyOf } from './entry-key.ts';
import { learnerOf } from './learn.ts';
import { indexModel } from './model-index.ts';
import { codeSighting, execSighting, hour, testModel, testRule, testStart } from './testing.ts';

const java = '/opt/java/bin/java';
const sh = '/bin/sh';

/** A server that its entry script starts; watched for `hours` from a Monday on. */
function modelOf(sightings: readonly LearnableSighting[], hours = 24 * 8, part: Partial<Model> = {}): Model {
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  for (let at = 0; at < hours; at++) {
    learner.expose(['process', 'file'], testStart + at * hour);
    for (const sighting of sightings) learner.learn({ ...sighting, time: testStart + at * hour }, 'nothing');
  }
  for (const at of [0, 30, 60]) learner.start(testStart + at * hour);
  const evidence = learner.evidence();
  const at = { bucketSeconds: 3600, now: testStart + hours * hour };
  return testModel(evidence, {
    convergence: { process: converge(evidence, 'process', at), file: converge(evidence, 'file', at) },
    ...part,
  });
}

const known = [execSighting(sh), execSighting(java, sh), execSighting('/usr/bin/tty', sh), execSighting(java, java)];
const later = testStart + 24 * 9 * hour;
const active = indexModel(modelOf(known), 3600);
const learning = indexModel(modelOf(known, 5, { state: 'learning', convergence: {} }), 3600);

function detected(sighting: Sighting, index = active, rule: RuntimeRule | undefined = testRule): Detection | undefined {
  const { detections } = detect(sighting, { bucketSeconds: 3600, index, rule });
  expect(detections.length).toBeLessThan(2);
  for (const detection of detections) expect(Detection.parse(detection)).toEqual(detection);
  return detections[0];
}

const at = { time: later };
const secondZero: readonly (readonly [string, string, Sighting])[] = [
  ['drift', 'T1105', execSighting('/tmp/zz', sh, { ...at, origin: 'upper' })],
  ['drift', 'T1105', execSighting('/x/zz', sh, { ...at, origin: 'other-mount' })],
  ['drift', 'T1105', execSighting('/tmp/zz', sh, { ...at, origin: 'deleted' })],
  ['modified-binary', 'T1554', execSighting('/usr/bin/id', sh, { ...at, origin: 'upper', reason: 'modified' })],
  ['fileless', 'T1620', execSighting('/memfd:x', '/usr/bin/python3', { ...at, origin: 'memory' })],
  ['loader', 'T1218', execSighting('/lib64/ld-linux-x86-64.so.2', sh, { ...at, argv: ['ld', '/tmp/evil'] })],
  ['shell-from-server', 'T1059.004', execSighting(sh, '/usr/sbin/nginx', { ...at, argv: ['sh', '-c', 'id'] })],
  [
    'shell-from-server',
    'T1059.004',
    execSighting(sh, '/opt/java/lib/jspawnhelper', { ...at, argv: ['sh', '-c', 'id'], ancestors: [{ path: java }] }),
  ],
  ['masquerade', 'T1036.004', execSighting('/tmp/x', sh, { ...at, origin: 'upper', argv: ['[kworker/0:1]'] })],
  ['masquerade', 'T1036.005', execSighting('/tmp/sshd', sh, { ...at, origin: 'upper' })],
  ['masquerade', 'T1036.005', execSighting('/usr/bin/perl', sh, { ...at, argv: ['/usr/sbin/crond'] })],
  ['forbidden-tool', 'T1072', execSighting('/usr/bin/apt-get', sh, at)],
  ['forbidden-tool', 'T1046', execSighting('/usr/bin/nmap', sh, at)],
  ['forbidden-tool', 'T1048', execSighting('/usr/bin/scp', sh, at)],
  ['forbidden-tool', 'T1609', execSighting('/usr/local/bin/kubectl', sh, at)],
  [
    'miner',
    'T1496',
    execSighting('/usr/bin/tty', sh, { ...at, argv: ['tty', '-o', 'stratum+tcp://pool.example:3333'] }),
  ],
  ['miner', 'T1496', execSighting('/tmp/xmrig', sh, { ...at, origin: 'upper' })],
  ['code-drift', 'T1059.006', codeSighting('/usr/bin/python3', '/tmp/a.py', { ...at, writer: sh })],
  ['code-drift', 'T1505.003', codeSighting(java, '/webapps/ROOT/x.jsp', { ...at, code: 'java', writer: java })],
  ['code-drift', 'T1574.006', codeSighting('/usr/bin/ls', '/tmp/x.so', { ...at, code: 'library', writer: sh })],
  ['code-drift', 'T1574.006', codeSighting(java, 'memfd:x', { ...at, code: 'library', origin: 'memory' })],
  ['exec-session', 'T1609', execSighting(sh, undefined, { ...at, session: 'exec', argv: ['sh', '-c', 'id'] })],
];

test.each(secondZero)('%s %s, while it learns and afterwards', (detector, technique, sighting) => {
  for (const index of [learning, active]) {
    const detection = detected(sighting, index);
    expect(detection).toMatchObject({ detector, technique, notice: false, effect: 'alert', outcome: 'observed' });
    expect(detectors.find(({ id }) => id === detector)?.techniques).toContain(technique);
  }
});

test('code that was mapped and stopped says how, and where it came from', () => {
  const killed = { ...at, code: 'library', origin: 'memory', verdict: 'killed' } as const;
  expect(detected(codeSighting(java, 'memfd:x', killed))).toMatchObject({
    detector: 'code-drift',
    outcome: 'killed',
    message: expect.stringMatching(/^java .* memfd:x, .*\bmemory\b.*; .*\bkilled\b/),
  });
});

test('what the active model lacks is an alert with what it has in its place', () => {
  const detection = detected(execSighting('/usr/bin/id', java, { ...at, argv: ['id', 'a b'] }));
  expect(detection).toMatchObject({
    detector: 'unexpected-process',
    severity: 'medium',
    class: 'benign',
    expected: '/opt/java/bin/java starts /opt/java/bin/java.',
    seen: expect.stringMatching(/^\/usr\/bin\/id "a b", .*\/opt\/java\/bin\/java, .*\b0$/),
    message: expect.stringMatching(/^java started \/usr\/bin\/id, /),
    allow: { line: 'allow /usr/bin/id by=/opt/java/bin/java', key: 'process "/usr/bin/id" by="/opt/java/bin/java"' },
  });
  expect(detected(execSighting('/usr/bin/tty', java, at))?.message).toMatch(
    /^java started \/usr\/bin\/tty, .*\bsh\b.*, not java\.$/,
  );
  expect(detected(execSighting(sh, undefined, { ...at, argv: ['sh', '-x'] }))).toBeUndefined();
  expect(detected(execSighting('/usr/bin/curl', sh, at))).toMatchObject({
    detector: 'unexpected-process',
    severity: 'high',
    technique: 'T1105',
  });
  expect(detected(execSighting('/usr/bin/id', java, at), learning)).toBeUndefined();
  expect(detect(execSighting('/usr/bin/id', java, at), { bucketSeconds: 3600 }).detections).toEqual([]);
  const hash = '9c1e'.padEnd(64, '0');
  const shell = execSighting(sh, java, { ...at, process: { path: sh, sha256: hash, argv: ['sh', '-i'] } });
  expect(detected(shell)).toMatchObject({
    detector: 'shell-from-server',
    also: ['unexpected-process'],
    allow: { line: `allow /bin/sh by=/opt/java/bin/java args="sh -i" sha256=${hash}` },
  });
});

test('known things raise nothing; neither do health checks', () => {
  for (const sighting of known) expect(detected({ ...sighting, time: later })).toBeUndefined();
  expect(
    detected(execSighting(sh, undefined, { ...at, session: 'health-check', argv: ['sh', '-c', 'curl x'] })),
  ).toBeUndefined();
  expect(detected(execSighting('/usr/bin/curl', sh, { ...at, session: 'health-check' }))).toBeUndefined();
});

test('a script of the image that a server runs by its name is left to the model', () => {
  const argv = ['sh', '/usr/lib/cgi-bin/report.cgi'];
  const script = { ...at, argv, given: '/usr/lib/cgi-bin/report.cgi', isScript: true };
  expect(detected(execSighting(sh, '/usr/sbin/apache2', script), learning)).toBeUndefined();
  expect(detected(execSighting(sh, '/usr/sbin/apache2', script))?.detector).toBe('unexpected-process');
  expect(detected(execSighting(sh, '/usr/sbin/apache2', { ...script, isScript: false }), learning)?.detector).toBe(
    'shell-from-server',
  );
});

test('a shell that a server starts again and again is told until it came on a second day', () => {
  const shell = execSighting(sh, '/usr/sbin/postgres', { argv: ['sh', '-c', 'cp a b'] });
  const reported = (hours: readonly number[]) => {
    const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
    for (const at of hours) learner.learn({ ...shell, time: testStart + at * hour }, 'nothing');
    const index = indexModel(testModel(learner.evidence(), { state: 'learning' }), 3600);
    return detected({ ...shell, time: testStart + ((hours.at(-1) ?? 0) + 1) * hour }, index)?.detector;
  };
  for (const hours of [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3, 4, 5], [0, 24]])
    expect(reported(hours), hours.join()).toBe('shell-from-server');
  expect(reported([0, 1, 24])).toBeUndefined();
});

test('an hour of the week that was never watched makes a notice of what is benign', () => {
  const office = indexModel(modelOf(known, 24 * 5), 3600);
  const saturday = { time: testStart + 24 * 5 * hour };
  const odd = execSighting('/usr/bin/id', java, saturday);
  expect(detected(odd, office)).toMatchObject({ notice: true });
  expect(detect(odd, { bucketSeconds: 3600, index: office }).grade).toBe('notice');
  expect(detected({ ...odd, time: testStart + 24 * 7 * hour }, office)).toMatchObject({ notice: false });
  expect(detected(execSighting('/usr/bin/python3', java, saturday), office)).toMatchObject({
    notice: false,
    severity: 'high',
  });
  const boot = { ...odd, phase: 'boot' as const, time: later };
  expect(detected(boot)).toMatchObject({ notice: false });
  expect(detected({ ...boot, time: testStart + 50 * hour })).toMatchObject({ notice: true });
});

test('a rule says what is done, as far as the evidence reaches', () => {
  const odd = execSighting('/usr/bin/id', java, at);
  const preventing: RuntimeRule = { ...testRule, process: 'prevent', drift: 'block', code: 'ignore' };
  expect(active.model.convergence.process?.verdict).toBe('protect-ready');
  expect(detected(odd, active, preventing)?.effect).toBe('prevent');
  const young = indexModel(modelOf(known, 48), 3600);
  expect(detected(odd, young, preventing)?.effect).toBe('alert');
  expect(detected(odd, young, { ...preventing, preventFrom: 'active' })?.effect).toBe('prevent');
  expect(detected(odd, active, { ...testRule, process: 'ignore' })).toBeUndefined();
  const dropped = execSighting('/tmp/zz', java, { ...at, origin: 'upper', verdict: 'killed', reason: 'drift' });
  expect(detected(dropped, learning, preventing)).toMatchObject({
    effect: 'block',
    outcome: 'killed',
    message: expect.stringMatching(/^java .* \/tmp\/zz, .*; .*\bkilled\b/),
  });
  expect(detected(dropped, learning)?.allow).toBeUndefined();
  expect(detected(codeSighting('/usr/bin/python3', '/tmp/a.py', at), active, preventing)).toBeUndefined();
  expect(detected(odd, active, { ...testRule, neverLearn: ['id'] })).toMatchObject({ detector: 'forbidden-tool' });
  const session = execSighting(sh, undefined, { ...at, session: 'exec' });
  expect(detected(session, active, { ...testRule, execSessions: 'record' })).toMatchObject({ notice: true });
  expect(detected(execSighting('/usr/bin/ls', sh, { ...at, session: 'exec' }))).toBeUndefined();
});

test('a tool that is never learned has the effect of the rule from the first second, not in sessions', () => {
  const tool = execSighting('/usr/bin/nmap', sh, { ...at, verdict: 'refused', reason: 'tool' });
  const preventing: RuntimeRule = { ...testRule, process: 'block' };
  expect(detected(tool, learning, preventing)).toMatchObject({ detector: 'forbidden-tool', effect: 'block' });
  expect(detected(tool, learning)).toMatchObject({ effect: 'alert', outcome: 'refused' });
  expect(detected({ ...tool, session: 'exec', verdict: 'observed' }, learning, preventing)?.effect).toBe('alert');
});

test('what the sensor stopped is told, whatever model and rule say by now', () => {
  const stopped = execSighting(java, sh, { ...at, verdict: 'refused', reason: 'unlearned' });
  expect(detected(stopped)).toMatchObject({ detector: 'unexpected-process', outcome: 'refused', effect: 'alert' });
  const dropped = execSighting('/tmp/zz', java, { ...at, origin: 'upper', verdict: 'refused', reason: 'drift' });
  expect(detected(dropped, active, { ...testRule, drift: 'ignore' })).toMatchObject({
    outcome: 'refused',
    effect: 'prevent',
  });
});

test('what the sensor stopped is an alert and waits for a person, at hours that were never watched too', () => {
  const office = indexModel(modelOf(known, 24 * 5), 3600);
  const saturday = { time: testStart + 24 * 5 * hour, verdict: 'refused', reason: 'unlearned' } as const;
  const stopped = execSighting('/usr/bin/id', java, { ...saturday, argv: [] });
  expect(detected(stopped, office)).toMatchObject({ notice: false, outcome: 'refused' });
  expect(detect(stopped, { bucketSeconds: 3600, index: office, rule: testRule }).grade).toBe('alert');
  expect(detect(stopped, { bucketSeconds: 3600, index: undefined, rule: testRule }).grade).toBe('alert');
  expect(detect({ ...stopped, process: { path: java } }, { bucketSeconds: 3600, index: office }).grade).toBe('nothing');
});

test("a person's word holds", () => {
  const hash = 'a'.repeat(64);
  const dropped = execSighting('/tmp/zz', java, { ...at, origin: 'upper', process: { path: '/tmp/zz', sha256: hash } });
  const { allow } = detected(dropped) ?? {};
  expect(allow?.line).toBe(`allow /tmp/zz by=/opt/java/bin/java origin=upper sha256=${hash}`);
  const review = learnerOf(active.model.evidence, { bucketSeconds: 3600 });
  review.learn(dropped, 'alert');
  const decided = (state: 'confirmed' | 'denied', key = allow?.key) =>
    indexModel(
      testModel({
        ...review.evidence(),
        items: review
          .evidence()
          .items.map((entry) =>
            entry.key === key
              ? { ...entry, state, source: 'user', decidedAt: '2026-01-20T00:00:00.000Z', decidedBy: 'ann' }
              : entry,
          ),
      }),
      3600,
    );
  expect(detected(dropped, decided('confirmed'))).toBeUndefined();
  const other = { ...dropped, process: { path: '/tmp/zz', sha256: 'b'.repeat(64) } };
  expect(detected(other, decided('confirmed'))).toMatchObject({ detector: 'drift' });
  const tty = execSighting('/usr/bin/tty', sh, at);
  const denied = decided('denied', entryKeyOf({ dimension: 'process', path: '/usr/bin/tty', caller: sh }));
  expect(detected(tty, denied)?.message).toMatch(/^sh started \/usr\/bin\/tty, .*\bdenied\b/);
});

test('names from a container never break a page', () => {
  const wild = execSighting('/tmp/a\nb\u001b', java, { ...at, origin: 'upper', argv: ['a\nb', 'x'.repeat(9000)] });
  const detection = detected(wild);
  expect(detection?.message).toContain(String.raw`/tmp/a\x0ab\x1b`);
});

test('a look-up does not grow with the model', () => {
  const many = Array.from({ length: 5000 }, (_, number) => execSighting(`/opt/${number}`, sh, at));
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  for (const sighting of many) learner.learn(sighting, 'nothing');
  const large = indexModel(testModel(learner.evidence()), 3600);
  const time = (index: typeof large): number => {
    const start = performance.now();
    for (let count = 0; count < 2000; count++)
      detect(many[count % 50] ?? wildcard, { bucketSeconds: 3600, index, rule: testRule });
    return performance.now() - start;
  };
  const wildcard = execSighting('/x', sh, at);
  time(active);
  expect(Math.min(time(large), time(large))).toBeLessThan(5 * Math.max(time(active), 5));
});
