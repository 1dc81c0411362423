import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { listEvidenceTemplates, listOwnTemplates, type SavedTemplate, saveOwnTemplate } from '#explorer/contract.ts';
import { ask } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';

/** What a new template begins with: one control of each kind. */
const example = `id: own-example
title: Our rules for containers
summary: What we ask of images and containers
controls:
  - id: C-1
    title: Images have no known vulnerabilities that matter
    text: Every running image was scanned, and the policies do not fail it.
    sp80053: [RA-5]
    questions:
      - nist-800-190/4.1.1/scan-complete
      - nist-800-190/4.1.1/verdict
    checks: [IMG-001]
  - id: C-2
    title: Visitors are accompanied
    text: Nobody enters the data centre alone.
    notAssessed: It is about buildings. A visit to the premises would assess this.
`;

interface FormProps {
  /** Missing: a new template. */
  readonly saved: SavedTemplate | undefined;
  readonly mayWrite: boolean;
  readonly close: () => void;
}

/** The text of a template that is written here, as YAML or JSON, from a file or by hand. */
export function OwnTemplateForm({ saved, mayWrite, close }: FormProps): ReactNode {
  const [text, setText] = useState(saved?.text ?? example);
  const saving = useSaving(saved, close);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate(text);
  };
  return (
    <section className="section" aria-label={saved === undefined ? 'New template' : `Template ${saved.title}`}>
      <form className="own-template" onSubmit={submit}>
        {mayWrite && (
          <label className="field">
            From a file
            <input
              type="file"
              accept=".yaml,.yml,.json"
              onChange={({ currentTarget: { files } }) => void files?.[0]?.text().then(setText)}
            />
          </label>
        )}
        <label className="field">
          Template as YAML or JSON
          <textarea
            className="mono"
            rows={20}
            spellCheck={false}
            wrap="off"
            readOnly={!mayWrite}
            value={text}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
        </label>
        {saving.isError && <Failure error={saving.error} />}
        <div className="actions">
          {mayWrite && (
            <button type="submit" className="btn primary" disabled={saving.isPending || text.trim() === ''}>
              Save template
            </button>
          )}
          <button type="button" className="btn" onClick={close}>
            {mayWrite ? 'Cancel' : 'Close'}
          </button>
        </div>
      </form>
    </section>
  );
}

function useSaving(saved: SavedTemplate | undefined, close: () => void) {
  const queries = useQueryClient();
  // One that was deleted begins anew.
  const basedOn = saved?.deletedAt === undefined ? (saved?.version ?? 0) : 0;
  return useMutation({
    mutationFn: (text: string) => ask(saveOwnTemplate, { body: { text, basedOn } }),
    onSuccess: async () => {
      await Promise.all(
        [listOwnTemplates, listEvidenceTemplates].map((endpoint) =>
          queries.invalidateQueries({ queryKey: [endpoint.path] }),
        ),
      );
      close();
    },
  });
}
