import { childNamed, readXml } from '../../xml.ts';
import { type InstalledKind, propertiesIn } from './kind.ts';

const ids: Readonly<Record<string, string>> = {
  'com.ibm.websphere.appserver': 'websphere-liberty',
  'io.openliberty': 'open-liberty',
};

/** WebSphere Liberty and Open Liberty: `lib/versions/*.properties` of the `wlp` folder, one file for each product. */
export const liberty: InstalledKind = {
  names: ['*.properties'],
  place: /(?:^|\/)lib\/versions\/[^/]+\.properties$/,
  evidence: 'lib/versions of Liberty',
  read(text) {
    const properties = propertiesIn(text);
    const of = (name: string): string => properties.get(`com.ibm.websphere.${name}`) ?? '';
    const version = of('productVersion');
    if (version === '') return [];
    const id = of('productId');
    const name = Object.hasOwn(ids, id) ? ids[id] : undefined;
    return name === undefined ? [] : [{ name, version, vendor: of('productOwner') || 'IBM' }];
  },
};

/** WebSphere Application Server: `properties/version/*.product`, one file for each product (IBM, "Product version information"). */
export const websphere: InstalledKind = {
  names: ['*.product'],
  place: /(?:^|\/)properties\/version\/[^/]+\.product$/,
  evidence: 'properties/version of WebSphere',
  read(text) {
    const root = readXml(text);
    if (typeof root === 'string') return root;
    const version = childNamed(root, 'version')?.text ?? '';
    if (root.name !== 'product' || version === '') return 'it states no version of a product';
    const isServer = root.attributes['name']?.startsWith('IBM WebSphere Application Server') === true;
    return isServer ? [{ name: 'websphere-application-server', version, vendor: 'IBM' }] : [];
  },
};
