import { packageParts, type PackageType } from '#ecosystems/contract.ts';
import type { ReactNode } from 'react';

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
