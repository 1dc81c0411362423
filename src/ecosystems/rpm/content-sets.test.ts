import { expect, test } from 'vitest';
import { contentSets } from './content-sets.ts';
import { drawnFrom, layeredProducts } from './red-hat-products.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const folder = 'root/buildinfo/content_manifests/';

function read(text: string, path = `${folder}ubi8-minimal-container-8.5-218.json`) {
  return contentSets.analyze({ path, content: Buffer.from(text), limits });
}

/** Of ubi8-minimal 8.5-218, as aquasecurity/trivy keeps it. */
const ubi = `{
  "metadata": {
    "icm_version": 1,
    "icm_spec": "https://raw.githubusercontent.com/containerbuildsystem/atomic-reactor/master/atomic_reactor/schemas/content_manifest.json",
    "image_layer_index": 1
  },
  "content_sets": [
    "rhel-8-for-x86_64-baseos-rpms",
    "rhel-8-for-x86_64-appstream-rpms"
  ],
  "image_contents": []
}
`;
/** The form since 2025, from Red Hat's security data guidelines. */
const since2025 = `{"metadata": {"icm_version": 1, "image_layer_index": 0}, "from_dnf_hint": true,
  "content_sets": ["rhel-9-for-aarch64-appstream-rpms", "rhel-9-for-aarch64-appstream-source-rpms"]}`;

test.each([
  [`${folder}ubi8-container-8.5-214.json`, true],
  [`${folder}content-sets.json`, true],
  ['usr/share/buildinfo/content-sets.json', true],
  ['usr/share/buildinfo/labels.json', false],
  [`${folder}deeper/x.json`, false],
  ['root/buildinfo/Dockerfile-ubi8-8.5-214', false],
])('wants %s: %s', (path, wanted) => expect(contentSets.wants(path, 100, 0o644)).toBe(wanted));

test.each([
  [ubi, ['rhel-8-for-x86_64-baseos-rpms', 'rhel-8-for-x86_64-appstream-rpms']],
  [since2025, ['rhel-9-for-aarch64-appstream-rpms', 'rhel-9-for-aarch64-appstream-source-rpms']],
  ['{"image_contents": {"dependencies": []}}', []],
  ['{"content_sets": null}', []],
])('reads labels of repositories', async (text, sets) => {
  expect(await read(text)).toEqual({ packages: [], faults: [], contentSets: sets });
});

test.each([
  ['cut off', ubi.slice(0, 300), undefined],
  ['empty', '', undefined],
  ['no object', '[]', undefined],
  ['without a list', '{"content_sets": {"a": 1}}', undefined],
  ['with what is no label', '{"content_sets": ["rhel-8-for-x86_64-baseos-rpms", 7, "a b", "\\u001b[31m"]}', 1],
  ['too long', JSON.stringify({ content_sets: Array.from({ length: 1001 }, (_, at) => `set-${at}`) }), 1000],
  ['too deep', `{"content_sets": ${'['.repeat(100)}${']'.repeat(100)}}`, undefined],
])('one that is %s is a fault', async (_, text, kept) => {
  const { faults, contentSets: sets } = await read(text);
  expect(faults.map(({ code }) => code)).toEqual(['unreadable-file']);
  expect(sets?.length).toBe(kept);
});

test.each([
  [['rhel-9-for-x86_64-baseos-rpms', 'rhel-9-for-x86_64-appstream-rpms__9'], [], true],
  [['ubi-9-for-x86_64-baseos-rpms', 'ubi-9-appstream-rpms'], [], true],
  [['codeready-builder-for-rhel-8-x86_64-rpms'], [], true],
  [['rhel-7-server-rpms'], [], true],
  [['rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2'], ['rhel_eus:9.2'], false],
  [['codeready-builder-for-rhel-8-aarch64-eus-rpms__8_DOT_4'], ['rhel_eus:8.4'], false],
  [['rhel-8-for-x86_64-baseos-aus-source-rpms__8_DOT_4'], ['rhel_aus:8.4'], false],
  [['rhel-8-for-x86_64-sap-netweaver-e4s-debug-rpms__8_DOT_4'], ['rhel_e4s:8.4'], false],
  [['rhel-8-for-x86_64-highavailability-tus-rpms'], ['rhel_tus:8.6'], false],
  [['rhel-7-server-eus-rpms'], ['rhel_eus:8.6'], false],
  [['rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2', 'rhel-9-for-x86_64-appstream-rpms'], ['rhel_eus:9.2'], true],
  [['rhocp-4.16-for-rhel-9-x86_64-rpms', 'satellite-eus-rpms'], [], false],
  [[], [], false],
])('%j draw from %j, the main stream %s', (sets, extended, hasMain) => {
  expect(drawnFrom(sets, '8.6')).toEqual({ extended: new Set(extended), hasMain });
});

/** Rows of Red Hat's `repository-to-cpe.json`, as AppThreat/vuln-list keeps it. */
test.each([
  ['rhocp-4.9-for-rhel-8-x86_64-rpms', 'openshift:4.9::el8'],
  ['rhocp-ironic-4.12-for-rhel-9-aarch64-rpms', 'openshift_ironic:4.12::el9'],
  ['ocp-tools-4.10-for-rhel-8-aarch64-rpms', 'ocp_tools:4.10::el8'],
  ['pipelines-1.14-for-rhel-8-s390x-source-rpms', 'openshift_pipelines:1.14::el8'],
  ['jb-coreservices-1-for-rhel-7-server-rpms', 'jboss_core_services:1::el7'],
  ['jb-datagrid-7.1-for-rhel-7-server-rpms', 'jboss_data_grid:7::el7'],
  ['jb-datagrid-8.4-for-rhel-9-x86_64-rpms', 'jboss_data_grid:8.4::el9'],
  ['jb-eap-6.4-for-rhel-7-server-rpms', 'jboss_enterprise_application_platform:6::el7'],
  ['jb-eap-7.1-for-rhel-7-server-rpms', 'jboss_enterprise_application_platform:7::el7'],
  ['jb-eap-7.3-for-rhel-8-x86_64-rpms', 'jboss_enterprise_application_platform:7.3::el8'],
])('%s is of %s', (label, cpe) => expect(layeredProducts([label, label])).toEqual([`Red Hat:${cpe}`]));

test.each([
  'oadp-1-for-rhel-8-x86_64-rpms',
  'jb-coreservices-textonly-1-for-middleware-rpms',
  'rhel-9-for-x86_64-baseos-rpms',
  'toString-1-for-rhel-8-x86_64-rpms',
])('%s tells no product by itself', (label) => expect(layeredProducts([label])).toEqual([]));

test('labels are read once for all packages of an image, and name a bounded number of products', () => {
  const sets = Array.from({ length: 2000 }, (_, at) => `rhocp-4.${at}-for-rhel-8-x86_64-rpms`);
  expect(layeredProducts(sets)).toHaveLength(50);
  expect(layeredProducts(sets)).toBe(layeredProducts(sets));
  expect(drawnFrom(sets, '8.4')).toBe(drawnFrom(sets, '8.4'));
  const eus = ['rhel-8-for-x86_64-baseos-eus-rpms'];
  expect([...drawnFrom(eus, '8.4').extended, ...drawnFrom(eus, '8.6').extended]).toEqual([
    'rhel_eus:8.4',
    'rhel_eus:8.6',
  ]);
});
