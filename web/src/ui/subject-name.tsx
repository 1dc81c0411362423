import type { ReactNode } from 'react';
import { subjectParts } from './names.ts';

interface NameProps {
  readonly subject: string;
  readonly names: readonly string[];
}

/** A subject's name on one line. Where room is short its registry gives way, so that repository and tag stay. */
export function SubjectName({ subject, names }: NameProps): ReactNode {
  const { own, origin } = subjectParts(subject, names);
  return (
    <span className="subject-name">
      {origin !== undefined && <span>{origin}</span>}
      <span>{own}</span>
    </span>
  );
}
