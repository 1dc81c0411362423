import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getTrust } from '#provenance/contract.ts';
import { reading } from '../../api.ts';
import { CheckList } from '../../ui/fields.tsx';
import type { ControlProps } from '../../ui/setting-fields.tsx';

/** The signing keys that people trust. */
export function SigningKeysField(props: ControlProps): ReactNode {
  return <Named {...props} all={useQuery(reading(getTrust)).data?.keys} />;
}

/** The base images that people approved. */
export function ApprovedBasesField(props: ControlProps): ReactNode {
  return <Named {...props} all={useQuery(reading(getTrust)).data?.bases} />;
}

interface NamedProps extends ControlProps {
  readonly all: readonly { readonly id: string; readonly name: string }[] | undefined;
}

/** Those that exist, and those that the rule names although they do not. */
function Named({ text, value, change, problem, all }: NamedProps): ReactNode {
  const chosen = value as readonly string[];
  const missing = chosen.filter((id) => all?.some((one) => one.id === id) !== true);
  const named = (all ?? []).map(({ id, name }) => [id, name] as const);
  const unnamed = missing.map((id) => [id, all === undefined ? id : `${id} (does not exist)`] as const);
  return (
    <CheckList
      legend={text.label}
      hint={text.help}
      options={[...named, ...unnamed]}
      chosen={chosen}
      choose={change}
      problem={problem}
    >
      {all?.length === 0 && (
        <p className="quiet small">
          There are none yet: <Link to="/trust">Trust</Link> holds them.
        </p>
      )}
    </CheckList>
  );
}
