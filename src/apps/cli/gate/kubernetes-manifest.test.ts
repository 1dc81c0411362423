import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkoutFolder } from '../checkout.ts';
import { filledManifest, type ManifestSettings } from './kubernetes-manifest.ts';

const settings: ManifestSettings = {
  path: `/kubernetes/v1/surge-1/${'a1'.repeat(32)}`,
  authority: '-----BEGIN CERTIFICATE-----\n',
  port: 9000,
  failurePolicy: 'Fail',
  leftOut: [],
};

/** Fields of the API that the manifests use, and what its validation asks of them; a field of another name fails. */
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const subdomain = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
  .max(253);
const metadata = z.strictObject({
  name: subdomain,
  namespace: label.optional(),
  labels: z.record(z.string(), z.string()).optional(),
});
const namespaceSelector = z.strictObject({
  matchExpressions: z.array(
    z.strictObject({
      key: z.literal('kubernetes.io/metadata.name'),
      operator: z.literal('NotIn'),
      values: z.array(label).min(1),
    }),
  ),
});
const rule = z.strictObject({
  apiGroups: z.array(z.enum(['', 'apps', 'batch'])),
  apiVersions: z.tuple([z.literal('*')]),
  operations: z.tuple([z.literal('CREATE'), z.literal('UPDATE')]),
  resources: z.array(z.string().regex(/^[a-z]+(\/[a-z]+)?$/)).min(1),
  scope: z.literal('Namespaced'),
});
const path = z.string().refine(
  (one) =>
    one.startsWith('/') &&
    one
      .slice(1)
      .split('/')
      .every((part) => subdomain.safeParse(part).success),
);
const apiObject = z.discriminatedUnion('kind', [
  z.strictObject({ apiVersion: z.literal('v1'), kind: z.literal('Namespace'), metadata }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Service'),
    metadata,
    spec: z.strictObject({
      selector: z.record(z.string(), z.string()),
      ports: z.array(z.strictObject({ name: label, port: z.int(), targetPort: z.int(), protocol: z.literal('TCP') })),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('admissionregistration.k8s.io/v1'),
    kind: z.literal('ValidatingWebhookConfiguration'),
    metadata,
    webhooks: z.tuple([
      z.strictObject({
        // The API asks for three parts at least.
        name: subdomain.regex(/^[^.]+\.[^.]+\.[^.]+/),
        admissionReviewVersions: z.tuple([z.literal('v1')]),
        clientConfig: z.union([
          z.strictObject({
            service: z.strictObject({ namespace: label, name: label, port: z.int(), path }),
            caBundle: z.base64(),
          }),
          z.strictObject({ url: z.string().startsWith('https://'), caBundle: z.base64() }),
        ]),
        failurePolicy: z.enum(['Fail', 'Ignore']),
        matchPolicy: z.literal('Equivalent'),
        sideEffects: z.literal('NoneOnDryRun'),
        timeoutSeconds: z.int().min(1).max(30),
        namespaceSelector,
        rules: z.array(rule),
      }),
    ]),
  }),
  z.strictObject({
    apiVersion: z.literal('admissionregistration.k8s.io/v1'),
    kind: z.literal('ValidatingAdmissionPolicy'),
    metadata,
    spec: z.strictObject({
      failurePolicy: z.literal('Fail'),
      matchConstraints: z.strictObject({
        matchPolicy: z.literal('Equivalent'),
        namespaceSelector,
        resourceRules: z.array(rule),
      }),
      variables: z.array(z.strictObject({ name: z.string().regex(/^[a-z]+$/), expression: z.string() })),
      validations: z.tuple([
        z.strictObject({ expression: z.string(), reason: z.literal('Forbidden'), messageExpression: z.string() }),
      ]),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('admissionregistration.k8s.io/v1'),
    kind: z.literal('ValidatingAdmissionPolicyBinding'),
    metadata,
    spec: z.strictObject({ policyName: subdomain, validationActions: z.tuple([z.literal('Deny')]) }),
  }),
]);

function objectsIn(text: string) {
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return apiObject.parse(document.toJS());
  });
}

function webhookIn(more: Partial<ManifestSettings> = {}) {
  const found = objectsIn(filledManifest(checkoutFolder(), { ...settings, ...more })).find(
    (one) => one.kind === 'ValidatingWebhookConfiguration',
  );
  if (found === undefined) throw new Error('There is no webhook in it.');
  return found.webhooks[0];
}

describe('the manifest of a cluster', () => {
  test('is made of fields that the API has, and asks by the key of the cluster', () => {
    const objects = objectsIn(filledManifest(checkoutFolder(), settings));
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'Service', 'ValidatingWebhookConfiguration']);
    expect(objects[1]).toMatchObject({ spec: { ports: [{ targetPort: 9000 }] } });
    const { clientConfig } = webhookIn();
    expect(clientConfig).toMatchObject({ service: { namespace: 'seawall', path: settings.path } });
    expect(Buffer.from(clientConfig.caBundle, 'base64').toString()).toBe(settings.authority);
  });

  test('watches all that makes pods, in every version (K1, K3, K8)', () => {
    const resources = webhookIn().rules.flatMap(({ apiGroups: [group], resources: of }) =>
      of.map((one) => `${group}/${one}`),
    );
    expect(resources.toSorted()).toEqual(
      [
        '/podtemplates',
        '/pods',
        '/pods/ephemeralcontainers',
        '/replicationcontrollers',
        'apps/daemonsets',
        'apps/deployments',
        'apps/replicasets',
        'apps/statefulsets',
        'batch/cronjobs',
        'batch/jobs',
      ].toSorted(),
    );
  });

  test('leaves out the console’s own namespace, and others only when they are named (K7)', () => {
    const valuesOf = (webhook: ReturnType<typeof webhookIn>) => webhook.namespaceSelector.matchExpressions[0]?.values;
    expect(valuesOf(webhookIn())).toEqual(['seawall']);
    expect(valuesOf(webhookIn({ leftOut: ['kube-system'] }))).toEqual(['seawall', 'kube-system']);
    expect(webhookIn({ failurePolicy: 'Ignore' }).failurePolicy).toBe('Ignore');
  });

  test('for a service that stands there makes none, and has a name of its own', () => {
    const service = { namespace: 'pier', name: 'north-webhook' };
    const [made, ...others] = objectsIn(filledManifest(checkoutFolder(), { ...settings, service, leftOut: ['dock'] }));
    expect(others).toEqual([]);
    expect(made).toMatchObject({ kind: 'ValidatingWebhookConfiguration', metadata: { name: 'north-webhook.pier' } });
    const { clientConfig, namespaceSelector } = webhookIn({ service, leftOut: ['dock'] });
    expect(clientConfig).toMatchObject({ service: { ...service, path: settings.path } });
    expect(namespaceSelector.matchExpressions[0]?.values).toEqual(['pier', 'dock']);
  });

  test('of a console outside asks at its address, and makes no service', () => {
    const text = filledManifest(checkoutFolder(), { ...settings, url: 'https://seawall.example:8085' });
    expect(objectsIn(text).map(({ kind }) => kind)).toEqual(['ValidatingWebhookConfiguration']);
    const { clientConfig } = webhookIn({ url: 'https://seawall.example:8085' });
    expect(clientConfig).toMatchObject({ url: `https://seawall.example:8085${settings.path}` });
  });
});

describe('the policy that asks for digests', () => {
  const text = readFileSync(join(checkoutFolder(), 'integrations/kubernetes/require-digests.yaml'), 'utf8');
  const policy = objectsIn(text).find((one) => one.kind === 'ValidatingAdmissionPolicy');

  /** As the API server does: variables in their order, then the validation, then its message. */
  function judged(name: string, pins: 'pinned' | 'unpinned' = 'pinned'): string {
    const file = join(checkoutFolder(), 'src/admission/kubernetes/fixtures', `${name}.json`);
    const review = readFileSync(file, 'utf8');
    const { request } = JSON.parse(pins === 'pinned' ? review : review.replaceAll(/@sha256:2f05[0-9a-f]{60}/g, ':1'));
    const environment = celEnv({ funcs: strings });
    const variables: Record<string, unknown> = {};
    const ask = (expression: string): unknown => {
      const given = { object: request.object, oldObject: request.oldObject, variables };
      const value = plan(environment, parse(expression))(given as never);
      if (isCelError(value)) throw new Error(`${expression}: ${value.message}`);
      return value;
    };
    for (const { name: variable, expression } of policy?.spec.variables ?? []) variables[variable] = ask(expression);
    const [validation] = policy?.spec.validations ?? [];
    if (validation === undefined) throw new Error('It validates nothing.');
    return ask(validation.expression) === true ? 'allowed' : String(ask(validation.messageExpression));
  }

  test.each(['pod-passes', 'pod-fails', 'k1-ephemeral-container', 'k2-image-volume', 'k3-update-of-labels'])(
    'lets %s in, whose images are pinned',
    (name) => {
      expect(judged(name)).toBe('allowed');
    },
  );

  test('keeps out what is named by a tag', () => {
    const pin = 'Pin the digest, as in image@sha256:…: ';
    expect(judged('k6-tag-alone')).toBe(`${pin}registry.example/surge/gauge:3.9`);
    expect(judged('k1-ephemeral-container', 'unpinned')).toBe(`${pin}registry.example/tools/netshoot:1`);
    expect(judged('k2-image-volume', 'unpinned')).toBe(`${pin}registry.example/surge/model:1`);
  });
});
