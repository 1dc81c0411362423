import type { LinkProps } from '@tanstack/react-router';

/** The page of a subject, where it has one. */
export function subjectLink({
  kind,
  host,
  id,
}: Readonly<Record<'kind' | 'host' | 'id', string>>): LinkProps | undefined {
  switch (kind) {
    case 'container':
      return { to: '/containers', search: { container: id } };
    case 'image':
      return { to: '/images/$subject', params: { subject: id }, search: { tab: 'compliance' } };
    case 'host':
    case 'engine':
      return { to: '/hosts', search: { host } };
    case 'registry':
      return { to: '/trust' };
    case 'console':
      return { to: '/system' };
    default:
      return undefined;
  }
}
