import { childNamed, readXml } from '../../xml.ts';
import type { InstalledKind } from './kind.ts';

/** Products as people call them; others are listed as the inventory names them. */
const names: Readonly<Record<string, string>> = {
  'oracle.server': 'oracle-database',
  'oracle.client': 'oracle-client',
};

/**
 * What Oracle's installer installed into a home: `inventory/ContentsXML/comps.xml` (Oracle Universal Installer). The
 * products that somebody chose are its `TL_LIST`, "top level"; what they consist of is left out.
 */
export const oracle: InstalledKind = {
  names: ['comps.xml'],
  place: /(?:^|\/)inventory\/ContentsXML\/comps\.xml$/,
  evidence: 'comps.xml of an Oracle home',
  read(text) {
    const root = readXml(text);
    if (typeof root === 'string') return root;
    const list = root.name === 'PRD_LIST' ? root : childNamed(root, 'PRD_LIST');
    if (list === undefined) return 'it lists no products';
    const chosen = childNamed(list, 'TL_LIST')?.children ?? [];
    return chosen.flatMap(({ attributes: { NAME = '', VER = '' } }) =>
      NAME === '' || VER === ''
        ? []
        : [{ name: (Object.hasOwn(names, NAME) ? names[NAME] : undefined) ?? NAME, version: VER, vendor: 'Oracle' }],
    );
  },
};
