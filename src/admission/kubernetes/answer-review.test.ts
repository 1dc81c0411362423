import { describe, expect, test } from 'vitest';
import { Decision } from '../contract.ts';
import { answerReview, wantedFor } from './answer-review.ts';
import type { Knowledge } from './knowledge.ts';
import { podOf } from './pod-of.ts';
import { readReview } from './review.ts';
import {
  badDigest,
  configDigest,
  goodDigest,
  keyNamed,
  knowing,
  knownImage,
  newDigest,
  recordedReview,
  rulingSettings,
  strictRule,
} from './testing.ts';

const at = { time: new Date('2026-11-25T02:00:00Z'), milliseconds: 1.5 };

function answer(name: string, known: Knowledge = knowing()) {
  const review = readReview(recordedReview(name));
  const { reply, decisions, unscanned } = answerReview(review, podOf(review), known);
  expect(reply).toMatchObject({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
  expect(reply.response.uid).toBe(review.uid);
  expect(JSON.stringify(reply)).not.toContain('patch');
  return { ...reply.response, decisions: decisions(at).map((one) => Decision.parse(one)), unscanned };
}

describe('a recorded review', () => {
  const compliance = (id: string, effect: 'alert' | 'block') => {
    const lines = [{ checks: { by: 'check', id }, effect }] as const;
    const rule = { id: 'pods', version: 2, name: 'Pods', state: 'on', lines, notAssessed: 'block' } as const;
    return { compliance: { rules: [{ ...rule, running: 'alert' as const }], lists: {}, now: at.time } };
  };

  test.each([
    [
      'CTR-001',
      'CTR-001 “The container is not privileged” is not met: privileged.',
      'securityContext.privileged: false.',
    ],
    ['CTR-030', 'CTR-030 “', 'Set hostNetwork: false.'],
  ] as const)(
    'of a pod that fails %s is refused by a compliance rule, or let in with a warning',
    (id, says, remedy) => {
      const refused = answer('settings-of-the-node', knowing(compliance(id, 'block')));
      expect(refused.allowed).toBe(false);
      for (const words of [says, remedy, 'Rule: Pods.']) expect(refused.status?.message).toContain(words);
      const rule = { id: 'pods', version: 2, name: 'Pods' };
      expect(refused.decisions).toMatchObject([{ answer: 'deny', effect: 'block', cause: 'compliance', rule }]);
      const warned = answer('settings-of-the-node', knowing(compliance(id, 'alert')));
      expect(warned.allowed).toBe(true);
      expect(warned.warnings?.[0]).toContain(says);
      expect(warned.decisions).toMatchObject([{ answer: 'allow', effect: 'alert', cause: 'compliance', rule }]);
    },
  );

  test('of an image that a compliance rule blocks is refused by that rule, whatever admission says of failures', () => {
    const said = {
      effect: 'block',
      message: 'IMG-001 “…” is not met: USER root.',
      remedy: 'Set USER.',
      more: 0,
    } as const;
    const verdict = { ...knownImage('fail').verdict, compliance: said };
    const images = new Map([[keyNamed('surge/gauge', goodDigest), { ...knownImage('fail'), verdict }]]);
    const rules = [{ ...strictRule, fail: 'alert' as const }];
    const { allowed, status, decisions } = answer(
      'pod-passes',
      knowing({ ...compliance('IMG-001', 'block'), images, rules }),
    );
    expect(allowed).toBe(false);
    expect(status?.message).toContain('The image: IMG-001 “…” is not met: USER root. Set USER. Rule: Pods.');
    expect(decisions).toMatchObject([{ cause: 'compliance', rule: { id: 'pods' } }]);
  });

  test('of a pod that passes a check is let in by its rule', () => {
    const { allowed, decisions } = answer('pod-passes', knowing(compliance('CTR-001', 'block')));
    expect(allowed).toBe(true);
    expect(decisions).toMatchObject([{ effect: 'ignore', cause: 'verdict' }]);
  });

  test('of an image that passes is let in, without a word', () => {
    const { allowed, status, warnings, decisions } = answer('pod-passes');
    expect({ allowed, status, warnings }).toEqual({ allowed: true });
    expect(decisions).toMatchObject([
      {
        gate: 'kubernetes-webhook',
        ring: 1,
        principal: 'ada@surge.example',
        action: 'create Pod',
        subject: `registry.example/surge/gauge:3.9@${goodDigest}`,
        environment: 'prod',
        digest: configDigest('pass'),
        answer: 'allow',
        effect: 'ignore',
        cause: 'verdict',
        rule: { id: 'production', version: 3 },
        milliseconds: 1.5,
      },
    ]);
  });

  test.each([
    'pod-fails',
    'k1-ephemeral-container',
    'k2-image-volume',
    'k3-update-of-image',
    'k4-owned-by-a-controller',
    'k7-labels-that-ask-to-be-left-alone',
    'k8-another-version-of-the-api',
    'k8-one-of-several-fails',
    'deployment',
    'statefulset',
    'daemonset',
    'replicaset',
    'replicationcontroller',
    'podtemplate',
    'job',
    'cronjob',
  ])('%s: an image that fails is refused', (name) => {
    const { allowed, status, decisions } = answer(name);
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ status: 'Failure', reason: 'Forbidden', code: 403 });
    expect(status?.message).toContain(
      `@${badDigest.slice(0, 19)}…: It breaks the policy "Production" in prod: CVE-2026-24515 in expat 2.7.1-2 is rated High (7.5), the limit is Medium. Upgrade expat to 2.7.3-2. Rule: Production.`,
    );
    const refusing = decisions.filter((one) => one.answer === 'deny');
    expect(refusing).toMatchObject([{ effect: 'block', cause: 'verdict', digest: configDigest('fail') }]);
    expect(refusing[0]?.evidence.join()).toContain('CVE-2026-24515');
  });

  test('says which of several images fails, and decides on each', () => {
    const { status, decisions } = answer('k8-one-of-several-fails');
    expect(status?.message).not.toContain(goodDigest);
    expect(decisions.map((one) => one.answer)).toEqual(['allow', 'deny']);
    expect(decisions.map(({ evidence: [uses] }) => uses)).toEqual([
      'Pod payments/gauge-7: init container init, container app',
      'Pod payments/gauge-7: container sidecar',
    ]);
  });

  test('K1: of an ephemeral container decides on that alone', () => {
    const { decisions } = answer('k1-ephemeral-container');
    expect(decisions).toMatchObject([{ action: 'update Pod/ephemeralcontainers' }]);
    expect(decisions[0]?.evidence[0]).toBe('Pod payments/gauge-0: ephemeral container debugger-9zk4x');
  });

  test('K3: of what brings nothing new is let in, so that a pod of a refused image can end', () => {
    const { allowed, decisions, auditAnnotations } = answer('k3-update-of-labels');
    expect({ allowed, decisions, auditAnnotations }).toEqual({
      allowed: true,
      decisions: [],
      auditAnnotations: { decision: 'nothing-new-starts', environment: 'prod' },
    });
    expect(answer('pod-deleted')).toMatchObject({ allowed: true, decisions: [] });
  });

  test('K6: of a tag is refused although the image known by it passes, and names the digest', () => {
    const { allowed, status, decisions } = answer('k6-tag-alone');
    expect(allowed).toBe(false);
    expect(status?.message).toContain(`Pin the digest: registry.example/surge/gauge:3.9@${goodDigest}, which is known`);
    expect(decisions).toMatchObject([{ answer: 'deny', cause: 'unknown-image' }]);
    expect(decisions[0]).not.toHaveProperty('digest');
    expect(answer('k6-tag-alone', knowing({ pins: new Map() })).status?.message).toContain('Pin the digest: registry');
  });

  test.each(['alert', 'ignore'] as const)('K6: of a tag is warned of where the rule says %s', (unknown) => {
    const { allowed, warnings, decisions } = answer('k6-tag-alone', knowing({ rules: [{ ...strictRule, unknown }] }));
    expect(allowed).toBe(true);
    expect(decisions).toMatchObject([{ answer: 'allow', effect: 'alert' }]);
    expect(warnings).toHaveLength(1);
    expect(warnings?.[0]).toContain('is named without a digest');
    expect(warnings?.[0]?.length).toBeLessThanOrEqual(256);
  });

  test('K9: of an unknown digest is answered at once by what the rule says, and wants a scan', () => {
    const { allowed, status, unscanned } = answer('pod-unscanned');
    expect(allowed).toBe(false);
    expect(status?.message).toContain('has no verdict in prod');
    expect(unscanned).toEqual([{ reference: `registry.example/surge/gauge:4.0@${newDigest}`, digest: newDigest }]);
    const lenient = answer('pod-unscanned', knowing({ rules: [{ ...strictRule, unknown: 'ignore' }] }));
    expect(lenient).toMatchObject({ allowed: true, decisions: [{ effect: 'ignore', cause: 'unknown-image' }] });
    expect(lenient.unscanned).toHaveLength(1);
  });

  test('K12: is judged by the first rule whose scope holds it, and by no other', () => {
    const collections = [
      { id: 'other', name: 'Other', description: '', selects: { hosts: ['kubernetes:surge-1/payments-old'] } },
      { id: 'evil', name: 'Prefix', description: '', selects: { registries: ['registry.exam'] } },
      { id: 'payments', name: 'Payments', description: '', selects: { hosts: ['kubernetes:surge-1/payments'] } },
    ];
    const rules = [
      { ...strictRule, id: 'first', collections: ['other', 'evil', 'missing'] },
      { ...strictRule, id: 'off', state: 'off' as const },
      { ...strictRule, id: 'second', name: 'Second', fail: 'alert' as const, collections: ['payments'] },
      strictRule,
    ];
    const { allowed, warnings, decisions } = answer('pod-fails', knowing({ rules, collections }));
    expect(allowed).toBe(true);
    expect(warnings?.[0]).toMatch(/^Seawall: registry.example.surge.gauge:3.8@sha256:2f05d4b689d2…: It breaks/);
    expect(decisions).toMatchObject([{ effect: 'alert', rule: { id: 'second' } }]);
    expect(decisions[0]?.reason).toMatch(/Rule: Second\.$/);
  });

  test('without a rule refuses nothing, and says that there is none', () => {
    const { allowed, decisions } = answer('pod-fails', knowing({ rules: [] }));
    expect(allowed).toBe(true);
    expect(decisions[0]?.reason).toContain('No admission rule holds here.');
  });

  test('of an image that cannot be judged is answered by what the rule says of those', () => {
    const images = new Map([[keyNamed('surge/gauge', goodDigest), knownImage('cannot-judge')]]);
    expect(answer('pod-passes', knowing({ images })).allowed).toBe(false);
    const rules = [{ ...strictRule, cannotJudge: 'alert' as const }];
    expect(answer('pod-passes', knowing({ images, rules }))).toMatchObject({
      allowed: true,
      decisions: [{ effect: 'alert' }],
    });
  });

  test('of settings that reach the node is refused by each rule that names them', () => {
    const settings = [
      { kind: 'privileged', effect: 'block' },
      { kind: 'host-namespaces', deny: ['pid', 'network'], effect: 'block' },
      { kind: 'engine-socket', effect: 'alert' },
      { kind: 'host-paths', deny: ['/run/containerd'], effect: 'block' },
      { kind: 'seccomp-off', effect: 'alert' },
    ] as const;
    const { allowed, decisions } = answer('settings-of-the-node', knowing(rulingSettings(settings)));
    expect(allowed).toBe(false);
    expect(decisions).toMatchObject([
      { answer: 'deny', cause: 'settings', digest: configDigest('pass'), rule: { id: 'own', version: 2 } },
    ]);
    const said = decisions[0]?.evidence.join('\n') ?? '';
    for (const found of ['container app', 'pid', 'network', '/run/containerd', 'rules the host', 'seccomp'])
      expect(said, found).toContain(found);
    expect(answer('settings-of-the-node').allowed).toBe(true);
  });

  test.each([
    [{ kind: 'privileged' }, 'Set securityContext.privileged: false'],
    [{ kind: 'host-namespaces', deny: ['pid'] }, 'Set hostPID: false.'],
    [{ kind: 'host-namespaces', deny: ['network'] }, 'Set hostNetwork: false, and publish ports with a Service.'],
    [{ kind: 'host-namespaces', deny: ['user'] }, 'Set hostUsers: false.'],
    [{ kind: 'engine-socket' }, 'Leave out the mount at /host/run and its hostPath volume'],
    [{ kind: 'host-paths', deny: ['/run/containerd'] }, 'Leave out the mount at /host/run and its hostPath volume'],
    [{ kind: 'added-capabilities', allow: [] }, 'one by one in securityContext.capabilities.add.'],
    [{ kind: 'seccomp-off' }, 'Set securityContext.seccompProfile.type: RuntimeDefault'],
  ] as const)('of %j names the field of the pod that removes it, and no option of Docker', (setting, remedy) => {
    const settings = [{ effect: 'block', ...setting }] as const;
    const { status } = answer('settings-of-the-node', knowing(rulingSettings(settings)));
    expect(status?.message).toContain(remedy);
    expect(status?.message).not.toMatch(/ --?[a-z]/);
  });
});

describe('what cannot be told is refused', () => {
  test.each([
    ['a kind that makes no pods', { kind: { group: '', version: 'v1', kind: 'ConfigMap' } }, 'take it off the rules'],
    [
      'a kind of the same name elsewhere',
      { kind: { group: 'evil', version: 'v1', kind: 'Pod' } },
      'no kind that makes',
    ],
    ['a subresource that is not known', { subResource: 'images' }, 'the subresource images'],
    ['no object', { object: null }, 'does not have the form'],
    ['no containers', { object: { spec: { containers: [] } } }, 'does not have the form'],
    ['containers of another form', { object: { spec: { containers: { app: {} } } } }, 'does not have the form'],
  ])('%s', (_, change, why) => {
    const recorded = JSON.parse(recordedReview('pod-passes').toString());
    const review = readReview(
      Buffer.from(JSON.stringify({ ...recorded, request: { ...recorded.request, ...change } })),
    );
    const { reply, decisions } = answerReview(review, podOf(review), knowing({ rules: [] }));
    expect(reply.response).toMatchObject({ allowed: false, status: { code: 422 } });
    expect(reply.response.status?.message).toContain(why);
    expect(decisions(at).map((one) => Decision.parse(one))).toMatchObject([{ answer: 'deny', cause: 'request' }]);
  });
});

describe('what is looked up for a review', () => {
  test('is digests, and names in full of what has none', () => {
    const wantedOf = (name: string) => wantedFor(podOf(readReview(recordedReview(name))));
    expect(wantedOf('k8-one-of-several-fails')).toEqual({
      images: [
        { key: keyNamed('surge/gauge', goodDigest), name: 'registry.example/surge/gauge:3.9', digest: goodDigest },
        { key: keyNamed('surge/gauge', badDigest), name: 'registry.example/surge/gauge:3.8', digest: badDigest },
      ],
      names: [],
    });
    expect(wantedOf('k6-tag-alone')).toEqual({ images: [], names: ['registry.example/surge/gauge:3.9'] });
    expect(wantedOf('k3-update-of-labels')).toEqual({ images: [], names: [] });
  });
});
