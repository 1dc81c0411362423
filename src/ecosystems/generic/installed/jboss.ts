import type { InstalledKind } from './kind.ts';

/** How products call themselves, and what they are listed as. */
const products: readonly (readonly [name: RegExp, listed: string, vendor: string])[] = [
  [/^(?:Red Hat )?JBoss (?:Enterprise Application Platform|EAP)$/, 'jboss-eap', 'Red Hat'],
  [/^(?:Red Hat )?(?:JBoss )?Data Grid$/, 'jboss-data-grid', 'Red Hat'],
  [/^WildFly/, 'wildfly', 'Red Hat'],
];

/** JBoss: `version.txt` of its home, which says `Red Hat JBoss Enterprise Application Platform - Version 7.4.0.GA`. */
export const jboss: InstalledKind = {
  names: ['version.txt'],
  place: /(?:^|\/)version\.txt$/,
  evidence: 'version.txt of JBoss',
  read(text) {
    const [, name = '', version = ''] =
      /^([\w ]{1,80}) - Version ([\w.-]{1,40}(?: GA)?)\s*$/m.exec(text.slice(0, 1000)) ?? [];
    return listed(name, version.replace(' ', '.'));
  },
};

/** WildFly and JBoss: the manifest of the module `org.jboss.as.product`, in the layers of `modules` (WildFly's `ProductConfig`). */
export const wildfly: InstalledKind = {
  names: ['MANIFEST.MF'],
  place: /(?:^|\/)modules\/(?:[^/]+\/){1,6}org\/jboss\/as\/product\/[^/]+\/dir\/META-INF\/MANIFEST\.MF$/,
  evidence: 'product module of WildFly',
  read(text) {
    const stated = (attribute: string): string =>
      new RegExp(`^JBoss-Product-Release-${attribute}: (.{1,100})$`, 'm').exec(text)?.[1]?.trim() ?? '';
    return listed(stated('Name'), stated('Version'));
  },
};

function listed(name: string, version: string) {
  const product = products.find(([pattern]) => pattern.test(name));
  return product === undefined || version === '' ? [] : [{ name: product[1], version, vendor: product[2] }];
}
