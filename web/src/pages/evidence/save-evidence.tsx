import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type EvidenceAnswer, getEvidencePackage, getEvidenceRecord } from '#explorer/contract.ts';
import { askFile } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { useNow } from '../../ui/clock.ts';
import { download } from '../../ui/download.ts';
import { Failure } from '../../ui/failure.tsx';
import { dayOf } from './days.ts';
import { askedOf, type EvidenceScope } from './evidence-search.ts';
import type { SubjectKey } from './subject-key.ts';

interface PackageProps {
  readonly template: string;
  readonly scope: EvidenceScope;
}

/** Saves the signed package of a template, of the environment, application and day that the page shows. */
export function PackageButton({ template, scope }: PackageProps): ReactNode {
  const environment = useEnvironment();
  const now = useNow();
  const saving = useMutation({
    mutationFn: async () => {
      const { known: _, ...asked } = askedOf(scope, { environment, now });
      const query = { ...asked, format: 'package' } as never;
      return await askFile(getEvidencePackage, { params: { template }, query });
    },
    onSuccess: (content) => {
      const parts = [template, environment, scope.application?.replaceAll(/[^\w.-]/g, '-'), scope.at ?? dayOf(now)];
      download(`${parts.filter((part) => part !== undefined).join('-')}.zip`, content, 'application/zip');
    },
  });
  return (
    <>
      <button
        type="button"
        className="btn"
        disabled={saving.isPending}
        aria-busy={saving.isPending}
        title="Report, tables, OSCAL, documents and proofs in one signed file, which verifies without the console"
        onClick={() => saving.mutate()}
      >
        {saving.isPending ? 'Making the package…' : 'Evidence package'}
      </button>
      <span className="sr" role="status">
        {saving.isSuccess && 'The package is saved.'}
      </span>
      {saving.isError && <Failure error={saving.error} />}
    </>
  );
}

interface RecordProps {
  readonly params: { readonly template: string; readonly control: string };
  readonly subject: SubjectKey;
  readonly answer: Pick<EvidenceAnswer, 'check' | 'question'>;
}

/** Saves one answer about one subject as a small signed file. */
export function RecordButton({ params, subject: { host, kind, id }, answer }: RecordProps): ReactNode {
  const name = answer.check ?? answer.question;
  const saving = useMutation({
    mutationFn: async () => await askFile(getEvidenceRecord, { params, query: { host, kind, id, answer: name } }),
    onSuccess: (content) => download(`${params.template}-${params.control}-${name}.json`, content, 'application/json'),
  });
  return (
    <>
      <p>
        <button
          type="button"
          className="btn plain"
          disabled={saving.isPending}
          aria-label={`Export this answer: ${name}`}
          onClick={() => saving.mutate()}
        >
          {saving.isPending ? 'Exporting…' : 'Export this answer'}
        </button>
      </p>
      {saving.isError && <Failure error={saving.error} />}
    </>
  );
}
