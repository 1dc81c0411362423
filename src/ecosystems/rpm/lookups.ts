import type { AffectedPackage } from '../advisory.ts';
import type { Package } from '../contract.ts';
import { type Lookup, sourceOf } from '../ecosystem.ts';
import { modulesAgree } from './module.ts';

/** AlmaLinux and Red Hat speak of binary packages, Red Hat's states of unfixed vulnerabilities of source packages. */
export function byBinary(one: Package): readonly Lookup[] {
  const agrees = (affected: AffectedPackage): boolean => modulesAgree(affected, one);
  return [
    {
      name: one.name,
      version: one.version,
      accepts: (affected) => affected.sourcePackage !== true && agrees(affected),
    },
    { ...sourceOf(one), accepts: (affected) => affected.sourcePackage === true && agrees(affected) },
  ];
}
