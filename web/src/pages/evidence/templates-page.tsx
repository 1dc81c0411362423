import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { deleteOwnTemplate, listEvidenceTemplates, listOwnTemplates, type SavedTemplate } from '#explorer/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { ComplianceTabs } from '../compliance/compliance-tabs.tsx';
import { OwnTemplateForm } from './own-template-form.tsx';
import { type TemplateRow, templateColumns } from './template-columns.tsx';
import './evidence.css';

const title = 'Templates';

/** Every template of controls: those of the release, and those that were written here. */
export function TemplatesPage(): ReactNode {
  const all = useQuery(reading(listEvidenceTemplates));
  const me = useMe();
  const mayWrite = me?.permissions.includes('administer') === true;
  // Who sees a part of the estate reads what templates ask, and not how they were written.
  const seesAll = me?.collections === undefined;
  const own = useQuery({ ...reading(listOwnTemplates), enabled: me !== undefined && seesAll });
  // An id to edit, or `new`.
  const [opened, open] = useState<string>();
  const { asked, remove, close } = useRemoval();
  const error = all.error ?? own.error;
  if (all.data === undefined || (seesAll && own.data === undefined))
    return error === null ? (
      <WaitingHead title={title} />
    ) : (
      <ErrorState error={error} retry={() => void Promise.all([all.refetch(), own.refetch()])} />
    );
  const written = own.data?.templates ?? [];
  const rows = all.data.templates.map((template): TemplateRow => {
    const saved = written.find(({ id }) => id === template.id);
    return { ...template, ...(saved !== undefined && { saved }) };
  });
  const edited = written.find(({ id }) => id === opened);
  return (
    <>
      <Head rows={rows} mayWrite={mayWrite} write={() => open('new')} />
      <ComplianceTabs current="templates" />
      <PlainTable
        name="Templates"
        rows={rows}
        columns={templateColumns({ mayWrite, edit: ({ id }) => open(id), remove })}
        keyOf={({ id }) => id}
        stale={({ deletedAt }) => deletedAt !== undefined}
      />
      {opened !== undefined && (
        <OwnTemplateForm key={opened} saved={edited} mayWrite={mayWrite} close={() => open(undefined)} />
      )}
      <AskOnce asked={asked} close={close} />
    </>
  );
}

function useRemoval() {
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  const remove = ({ id, title: name }: SavedTemplate): void =>
    askFor({
      title: `Delete “${name}”?`,
      consequence:
        'Its controls are computed no more. Their history, and a report as of the deletion, can still be read. Saving its text again brings it back.',
      act: 'Delete',
      run: async () => {
        await ask(deleteOwnTemplate, { params: { id } });
        await Promise.all(
          [listOwnTemplates, listEvidenceTemplates].map((endpoint) =>
            queries.invalidateQueries({ queryKey: [endpoint.path] }),
          ),
        );
      },
    });
  return { asked, remove, close: () => askFor(undefined) };
}

interface HeadProps {
  readonly rows: readonly TemplateRow[];
  readonly mayWrite: boolean;
  readonly write: () => void;
}

function Head({ rows, mayWrite, write }: HeadProps): ReactNode {
  const inForce = rows.filter(({ deletedAt }) => deletedAt === undefined);
  const own = inForce.filter(({ standing }) => standing === 'own').length;
  const points = inForce.filter(({ standing }) => standing === 'starting-point').length;
  return (
    <PageHead
      title={title}
      crumbs={
        <>
          <Link to="/compliance">Compliance Explorer</Link> <span aria-hidden="true">/</span> <span>{title}</span>
        </>
      }
      verdict={`${counted(inForce.length, 'template')}, ${own} of them written here.`}
      reason={points === 0 ? undefined : `${points} are starting points that no specialist has reviewed.`}
      actions={
        mayWrite && (
          <button type="button" className="btn primary" onClick={write}>
            New template
          </button>
        )
      }
    />
  );
}
