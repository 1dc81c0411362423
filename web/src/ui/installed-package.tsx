import type { ReactNode } from 'react';
import type { PackageType } from '#catalog/contract.ts';
import { packageParts } from './names.ts';

interface PackageProps {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
}

/** The second line of a finding: the package by its own name, its version, and last where it comes from. */
export function InstalledPackage({ type, name, version }: PackageProps): ReactNode {
  const { own, origin } = packageParts(type, name);
  return (
    <span className="l2" title={`${name} ${version}`}>
      <span className="soft">{own}</span> {version}
      {origin !== undefined && <span className="quiet"> in {origin}</span>}
    </span>
  );
}
