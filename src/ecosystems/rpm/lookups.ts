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

/** Amazon, Oracle and Photon speak of binary packages alone, some of their records of one architecture. */
export function byBinaryAlone(one: Package): readonly Lookup[] {
  const { name, version } = one;
  return [{ name, version, accepts: (affected) => modulesAgree(affected, one) && architecturesAgree(affected, one) }];
}

/** Rocky speaks of source packages, and builds the modules of Red Hat. */
export function bySourceOfModule(one: Package): readonly Lookup[] {
  return [{ ...sourceOf(one), accepts: (affected) => modulesAgree(affected, one) }];
}

function architecturesAgree({ architectures }: AffectedPackage, { architecture }: Package): boolean {
  if (architectures === undefined || architecture === undefined || architecture === 'noarch') return true;
  return architectures.includes(architecture);
}
