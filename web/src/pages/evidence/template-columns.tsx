import { Link } from '@tanstack/react-router';
import type { EvidenceTemplate, SavedTemplate } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { When } from '../../ui/marks.tsx';
import { ReviewMark } from './review-mark.tsx';

/** A template, with its text where it was written here. */
export type TemplateRow = EvidenceTemplate & { readonly saved?: SavedTemplate };

interface Actions {
  readonly mayWrite: boolean;
  readonly edit: (template: SavedTemplate) => void;
  readonly remove: (template: SavedTemplate) => void;
}

/** What templates are there, who stands behind them, and who wrote them. */
export function templateColumns(actions: Actions): readonly Column<TemplateRow>[] {
  return [
    {
      id: 'template',
      name: 'Template',
      className: 'breakable',
      heads: 'row',
      cell: ({ id, title, summary }) => (
        <>
          <Link className="l1 strong" to="/compliance" search={{ template: id }}>
            {title}
          </Link>
          <span className="l2">{summary}</span>
        </>
      ),
    },
    { id: 'id', name: 'In commands', className: 'breakable', cell: ({ id }) => <span className="mono">{id}</span> },
    {
      id: 'standing',
      name: 'Standing',
      className: '',
      cell: ({ standing }) => (standing === 'reviewed' ? 'of this release' : <ReviewMark standing={standing} />),
    },
    {
      id: 'saved',
      name: 'Saved',
      className: 'soft',
      cell: ({ saved }) =>
        saved && (
          <span>
            version {saved.version}, {saved.deletedAt === undefined ? '' : 'deleted '}
            <When moment={saved.savedAt} /> by {saved.savedBy}
          </span>
        ),
    },
    {
      id: 'actions',
      name: 'Actions',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: ({ saved }) => saved && <TemplateActions saved={saved} actions={actions} />,
    },
  ];
}

function TemplateActions({ saved, actions }: { readonly saved: SavedTemplate; readonly actions: Actions }) {
  const { mayWrite, edit, remove } = actions;
  const word = mayWrite ? 'Edit' : 'Show';
  return (
    <>
      <button type="button" className="btn plain" aria-label={`${word} ${saved.title}`} onClick={() => edit(saved)}>
        {word}
      </button>
      {mayWrite && saved.deletedAt === undefined && (
        <button type="button" className="btn plain" aria-label={`Delete ${saved.title}`} onClick={() => remove(saved)}>
          Delete…
        </button>
      )}
    </>
  );
}
