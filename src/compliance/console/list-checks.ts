import type { Queries } from '#store/index.ts';
import { alsoKnownAs } from '../also-known-as.ts';
import type { About, SubjectKind } from '../check.ts';
import { checks } from '../checks/index.ts';
import type { ListedCheck, ListedTemplate } from '../contract.ts';
import { templates } from '../templates/index.ts';
import { readCustom } from './custom-checks.ts';

/** Every check as pages show it, in the order of the catalogue. */
const listedChecks: readonly ListedCheck[] = Object.values<readonly (About & { readonly subject: SubjectKind })[]>(
  checks,
)
  .flat()
  .map(listed);

/** The same, with checks that were written here. */
export async function readListedChecks(queries: Queries): Promise<readonly ListedCheck[]> {
  return [...listedChecks, ...(await readCustom(queries)).map(listed)];
}

export const listedTemplates: readonly ListedTemplate[] = templates.map(({ id, title, sections }) => ({
  id,
  title,
  sections,
}));

function listed(check: About & { readonly subject: SubjectKind }): ListedCheck {
  const { id, subject, title, why, remedy, severity, nist, cis = [], version, impliedBy } = check;
  return {
    id,
    subject,
    title,
    why,
    remedy,
    severity,
    nist,
    cis,
    alsoKnownAs: [...alsoKnownAs(check)],
    version,
    ...(impliedBy !== undefined && { impliedBy }),
    templates: templates
      .filter((template) => template.sectionsOf(check).length > 0)
      .map((template) => ({ id: template.id, title: template.title })),
  };
}
