import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { installedProducts } from './index.ts';
import * as samples from './samples.testing.ts';

const limits = { archiveDepth: 1, unpackedBytes: 1, entries: 1 };

async function analyze(path: string, text: string) {
  if (!installedProducts.wants(path, text.length, 0o644)) return undefined;
  return await installedProducts.analyze({ path, content: Buffer.from(text), limits });
}

/** Packages as `purl by VENDOR`, then the codes of faults. */
async function reported(path: string, text: string): Promise<string> {
  const { packages = [], faults = [] } = (await analyze(path, text)) ?? {};
  return [
    ...packages.map(({ purl, vendor = 'nobody' }) => `${purl} by ${vendor}`),
    ...faults.map(({ code }) => code),
  ].join(' ');
}

const cases: readonly (readonly [path: string, text: string, expected: string])[] = [
  ['opt/java/openjdk/release', samples.temurin, 'pkg:generic/openjdk@17.0.11 by Eclipse Adoptium'],
  ['usr/lib/jvm/temurin-25-jdk-amd64/release', samples.nobodys, 'pkg:generic/openjdk@25.0.3 by nobody'],
  ['opt/jdk1.8.0_291/release', samples.oracle8, 'pkg:generic/oracle-jdk@1.8.0_291 by Oracle Corporation'],
  ['opt/ibm/java/release', samples.ibm11, 'pkg:generic/openjdk@11.0.11 by IBM Corporation'],
  ['etc/app/release', 'VERSION="1"\nJAVA_VERSION=""\n', ''],
  ['u01/oracle/inventory/registry.xml', samples.weblogic12, 'pkg:generic/weblogic-server@12.2.1.4.0 by Oracle'],
  ['opt/bea/registry.xml', samples.weblogic11, 'pkg:generic/weblogic-server@10.3.6.0 by Oracle'],
  ['opt/bea/registry.xml', samples.weblogic11.slice(0, -30), 'corrupt-package-database'],
  ['opt/eclipse/registry.xml', '<registry><distribution name="WebLogic Server" version="1"/>', ''],
  ['opt/ol/wlp/lib/versions/openliberty.properties', samples.openLiberty, 'pkg:generic/open-liberty@24.0.0.6 by IBM'],
  [
    'opt/ibm/wlp/lib/versions/WebSphereApplicationServer.properties',
    samples.liberty,
    'pkg:generic/websphere-liberty@22.0.0.3 by IBM',
  ],
  ['opt/ibm/wlp/lib/versions/other.properties', samples.liberty.replace('.appserver', '.other'), ''],
  ['opt/app/versions/x.properties', samples.liberty, ''],
  [
    'opt/IBM/WebSphere/AppServer/properties/version/WAS.product',
    samples.websphere,
    'pkg:generic/websphere-application-server@8.5.5.20 by IBM',
  ],
  ['opt/IBM/properties/version/JDK8.product', samples.websphere.replace('WebSphere Application Server', 'SDK'), ''],
  ['opt/IBM/properties/version/WAS.product', '<product name="IBM"/>', 'corrupt-package-database'],
  [
    'opt/eap/version.txt',
    'Red Hat JBoss Enterprise Application Platform - Version 7.4.0.GA\n',
    'pkg:generic/jboss-eap@7.4.0.GA by Red Hat',
  ],
  [
    'opt/eap/version.txt',
    'JBoss Enterprise Application Platform - Version 6.0.1 GA\r\n',
    'pkg:generic/jboss-eap@6.0.1.GA by Red Hat',
  ],
  ['opt/jdg/version.txt', 'Red Hat Data Grid - Version 8.3.1.GA', 'pkg:generic/jboss-data-grid@8.3.1.GA by Red Hat'],
  ['opt/app/version.txt', 'An application - Version 1.0\n', ''],
  [
    'opt/jboss/wildfly/modules/system/layers/base/org/jboss/as/product/main/dir/META-INF/MANIFEST.MF',
    samples.wildfly,
    'pkg:generic/wildfly@26.1.3.Final by Red Hat',
  ],
  ['opt/app/META-INF/MANIFEST.MF', samples.wildfly, ''],
  [
    'opt/oracle/19c/inventory/ContentsXML/comps.xml',
    samples.database,
    'pkg:generic/oracle-database@19.0.0.0.0 by Oracle',
  ],
  [
    'u01/jrockit/inventory/ContentsXML/comps.xml',
    samples.jrockit,
    'pkg:generic/oracle.jrockit.jdk@2822.16029.410.0.0 by Oracle',
  ],
  [
    'u01/inventory/ContentsXML/comps.xml',
    '<PRD_LIST><TL_LIST><COMP NAME="constructor" VER="1"/></TL_LIST></PRD_LIST>',
    'pkg:generic/constructor@1 by Oracle',
  ],
  [
    'opt/wlp/lib/versions/a.properties',
    'com.ibm.websphere.productId=constructor\ncom.ibm.websphere.productVersion=1\n',
    '',
  ],
  ['u01/inventory/ContentsXML/comps.xml', '<INVENTORY/>', 'corrupt-package-database'],
  ['u01/inventory/ContentsXML/comps.xml', samples.jrockit.slice(0, 200), 'corrupt-package-database'],
];

describe('a product that states itself', () => {
  test.each(cases)('%s', async (path, text, expected) => expect(await reported(path, text)).toBe(expected));

  test('is not looked for in what is too large', () => {
    expect(installedProducts.wants('opt/java/release', 17 * 1024 ** 2, 0o644)).toBe(false);
  });

  test('by a damaged file never throws', async () => {
    const damage = fc.tuple(fc.constantFrom(...cases), fc.nat(2000), fc.nat(30), fc.string({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(damage, async ([[path, text], at, cut, put]) => {
        await analyze(path, text.slice(0, at) + put + text.slice(at + cut));
      }),
      { numRuns: 400 },
    );
  });
});
