import { packageTypes } from '#ecosystems/contract.ts';
import type { ReactNode } from 'react';
import { Choice } from '../../ui/fields.tsx';
import type { ControlProps } from '../../ui/setting-fields.tsx';

const anyType = '';

/** The ecosystem of a package; a rule may name one that this version does not know. */
export function PackageTypeField({ text, value, change, problem }: ControlProps): ReactNode {
  const type = typeof value === 'string' ? value : anyType;
  const known = new Set([...packageTypes, ...(type === anyType ? [] : [type])]);
  return (
    <Choice
      label={text.label}
      hint={text.help}
      problem={problem}
      value={type}
      options={[[anyType, 'any kind'], ...[...known].map((each) => [each, each] as const)]}
      choose={(chosen) => change(chosen === anyType ? undefined : chosen)}
    />
  );
}
