import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getTrust, type Trust } from '#provenance/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { BasesSection } from './bases-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { RegistriesSection } from './registries-section.tsx';

const title = 'Trust';

/** What proves the origin of an image: registries, keys and bases. Rules refer to them. */
export function TrustPage(): ReactNode {
  const me = useMe();
  const { data, error, refetch } = useQuery(reading(getTrust));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined || me === undefined) return <WaitingHead title={title} />;
  const may = (permission: 'administer' | 'write-rules'): 'allowed' | 'refused' =>
    me.permissions.includes(permission) ? 'allowed' : 'refused';
  return (
    <>
      <PageHead
        title={title}
        verdict={inWords(data)}
        reason="A manifest fetched from a trusted registry proves the origin of an image. Names and tags prove nothing."
      />
      <RegistriesSection registries={data.registries} change={may('administer')} />
      <KeysSection keys={data.keys} change={may('write-rules')} />
      <BasesSection bases={data.bases} change={may('write-rules')} />
    </>
  );
}

function inWords({ registries, keys, bases }: Trust): string {
  if (registries.length + keys.length + bases.length === 0) return 'Nothing is trusted yet.';
  const parts = [
    counted(registries.length, 'registry', 'registries'),
    counted(keys.length, 'signing key'),
    counted(bases.length, 'approved base'),
  ];
  return `${parts[0]}, ${parts[1]} and ${parts[2]} are trusted.`;
}
