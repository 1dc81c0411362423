import type { VersionScheme } from '../../scheme.ts';
import { compareItems } from './item.ts';
import { parseVersion } from './parse.ts';

/** Order of Maven versions (Maven POM reference, "Version Order Specification"; Maven 3.9). */
export const maven: VersionScheme = {
  id: 'maven',
  version: 1,
  summary: 'Maven versions, as Maven 3.9 orders them',
  compare(left, right) {
    if (!isVersion(left) || !isVersion(right)) return undefined;
    return compareItems(parseVersion(left), parseVersion(right));
  },
};

/** Maven takes any text; what holds blanks or an unresolved `${property}` is no version of anything. */
function isVersion(text: string): boolean {
  return text !== '' && text.length <= 512 && !/[\s${}]/.test(text);
}
