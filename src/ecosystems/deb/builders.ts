import type { Package } from '../contract.ts';
import { isPublisher } from '../publishers.ts';

/**
 * Marks of repositories that rebuild Debian's own packages under their maintainers' names: PostgreSQL's, Ondřej Surý's PHP.
 * https://wiki.postgresql.org/wiki/Apt, https://packages.sury.org/
 */
const rebuilt: readonly (readonly [RegExp, string])[] = [
  [/\.pgdg\d/, 'apt.postgresql.org'],
  [/\+(?:deb\.sury\.org|0~\d{8}\.\d+\+debian\d+)/, 'packages.sury.org'],
];

/** Whose a package of Debian's kind is, where something says that it is another's. */
export function publishedOutside({ vendor = '', version }: Package): string | undefined {
  const mark = rebuilt.find(([pattern]) => pattern.test(version))?.[1];
  return mark ?? (isPublisher(vendor) ? vendor : undefined);
}

/** The same for distributions that put an address of their own into each of their packages. */
export function maintainedOutside(own: RegExp): (one: Package) => string | undefined {
  return (one) => {
    const mark = rebuilt.find(([pattern]) => pattern.test(one.version))?.[1];
    return mark ?? (one.vendor === undefined || own.test(one.vendor) ? undefined : one.vendor);
  };
}
