import type { StartDocument } from '#inventory/index.ts';
import type { About, Check } from './check.ts';
import { checks } from './checks/index.ts';
import type { ComplianceRule } from './contract-rule.ts';
import { isNamed } from './effect.ts';
import { isDecidedBy } from './start-gates.ts';

/** A check that a rule blocks, and who decides it before something starts. */
export type BlockedCheck =
  | {
      readonly kind: 'container';
      readonly id: string;
      /** Documents by which gates decide it; none: only what runs is judged by it. */
      readonly documents: readonly StartDocument[];
    }
  /** The console judges images, and gates hold its answers. */
  | { readonly kind: 'image'; readonly id: string };

const ofHosts: readonly StartDocument[] = ['request', 'bundle'];

/** Every check that a rule blocks about a container or its image, with what gates of a host decide it by. */
export function blockedChecks(
  { lines }: Pick<ComplianceRule, 'lines'>,
  custom: readonly (About & Pick<Check, 'needs' | 'subject'>)[] = [],
): readonly BlockedCheck[] {
  const isBlocked = (check: About): boolean =>
    lines.find(({ checks: choice }) => isNamed(choice, check))?.effect === 'block';
  const written = (subject: 'container' | 'image') => custom.filter((check) => check.subject === subject);
  const ofContainers: readonly (About & Pick<Check, 'needs'>)[] = [...checks.container, ...written('container')];
  const ofImages: readonly About[] = [...checks.image, ...written('image')];
  return [
    ...ofContainers.filter(isBlocked).map((check) => ({
      kind: 'container' as const,
      id: check.id,
      documents: ofHosts.filter((document) => isDecidedBy(document, check)),
    })),
    ...ofImages.filter(isBlocked).map(({ id }) => ({ kind: 'image' as const, id })),
  ];
}
