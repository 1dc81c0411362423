import { elementsNamed, readXml } from '../../xml.ts';
import type { InstalledKind } from './kind.ts';

/** What only these files hold; others are called `registry.xml` too. */
const marks = ['xmlns.oracle.com/cie/gdr', 'bea-product-information'];

/**
 * Oracle WebLogic Server: `inventory/registry.xml` of an Oracle home since 12c, `registry.xml` of a BEA home before
 * (Oracle, "Installing and Configuring Oracle WebLogic Server").
 */
export const weblogic: InstalledKind = {
  names: ['registry.xml'],
  place: /(?:^|\/)registry\.xml$/,
  evidence: 'registry.xml',
  read(text) {
    if (!marks.some((mark) => text.includes(mark))) return [];
    const root = readXml(text);
    if (typeof root === 'string') return root;
    const stated = [...elementsNamed(root, 'distribution'), ...elementsNamed(root, 'component')].filter(
      ({ attributes: { name = '', status = 'installed' } }) =>
        /^WebLogic Server(?: for FMW)?$/.test(name) && status === 'installed',
    );
    const versions = stated.flatMap(({ attributes }) => attributes['version'] ?? []);
    return [...new Set(versions)].map((version) => ({ name: 'weblogic-server', version, vendor: 'Oracle' }));
  },
};
