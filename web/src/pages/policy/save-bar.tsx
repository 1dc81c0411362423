import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { listPolicies, listPolicyVersions, putPolicy } from '#policy/contract.ts';
import { ask, failureOf, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Choice } from '../../ui/fields.tsx';
import { Failure } from '../../ui/failure.tsx';
import type { Problems } from '../../ui/field-shape.ts';
import type { Draft } from './use-draft.ts';
import { mutable, type Replay } from './use-replay.ts';

const route = getRouteApi('/inside/rules/$id');

interface BarProps {
  readonly draft: Draft;
  readonly id: string;
  readonly replay: Replay;
  readonly problems: Problems;
}

/** Saves exactly the text that was tried, or says why not. */
export function SaveBar({ draft, id, replay, problems }: BarProps): ReactNode {
  const me = useMe();
  const [saved, setSaved] = useState<number>();
  const saving = useSaving(draft, id, setSaved);
  const reason = whyNot({ draft, replay, problems }) ?? (saving.isPending ? 'Saving …' : undefined);
  if (me === undefined) return null;
  if (!me.permissions.includes('write-rules'))
    return <p className="quiet">Your role, {me.role}, may read policies but not edit them.</p>;
  return (
    <div className="save-bar">
      <div className="actions">
        <button
          type="button"
          className="btn primary"
          disabled={reason !== undefined}
          aria-describedby="why-not"
          onClick={() => saving.mutate()}
        >
          Save{draft.base === undefined ? '' : ` as version ${draft.base.policy.version + 1}`}
        </button>
        {draft.changed && draft.base && (
          <button type="button" className="btn" onClick={() => draft.base && draft.adopt(draft.base)}>
            Discard changes
          </button>
        )}
        <Days />
      </div>
      <p id="why-not" className="quiet small" role="status">
        {saved !== undefined && !draft.changed && draft.base?.policy.version === saved
          ? `Saved as version ${saved}. Its images are being evaluated again.`
          : reason}
      </p>
      {saving.isError && failureOf(saving.error).code !== 'conflict' && <Failure error={saving.error} />}
    </div>
  );
}

function useSaving(draft: Draft, id: string, say: (version: number) => void) {
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  return useMutation({
    mutationFn: () =>
      ask(putPolicy, {
        params: { id },
        body: { policy: mutable(draft.text), basedOn: draft.base?.policy.version ?? 0 },
      }),
    onSuccess: async ({ policy }) => {
      await queries.invalidateQueries({ queryKey: reading(listPolicyVersions, { params: { id } }).queryKey });
      const { policies } = await queries.fetchQuery({ ...reading(listPolicies), staleTime: 0 });
      const now = policies.find((one) => one.policy.id === policy.id);
      if (draft.base === undefined) await navigate({ params: { id: policy.id }, ignoreBlocker: true });
      else if (now) draft.adopt(now);
      say(policy.version);
    },
    // Another version came in between: the page tells of it once the list is there.
    onError: () => queries.invalidateQueries({ queryKey: reading(listPolicies).queryKey }),
  });
}

/** Why it cannot be saved right now, in words; nothing when it can. */
function whyNot({ draft, replay, problems }: Pick<BarProps, 'draft' | 'replay' | 'problems'>): string | undefined {
  if (draft.newer !== undefined) return 'Another version was saved meanwhile. Decide above which one to keep.';
  if (draft.yaml?.state === 'refused') return 'The YAML cannot be read yet.';
  if (draft.yaml?.state === 'reading') return 'Reading the YAML …';
  const [problem] = problems.values();
  if (problem !== undefined) return problem;
  if (draft.base !== undefined && !draft.changed) return 'No changes. Edit something to see here what it would do.';
  switch (replay.state) {
    case 'exact':
      return undefined;
    case 'failed':
      return 'Save is possible after a successful replay.';
    case 'none':
    case 'on-its-way':
      return 'Save is possible when the replay is done.';
  }
}

const spans = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
] as const;

function Days(): ReactNode {
  const { days = 30 } = route.useSearch();
  const navigate = route.useNavigate();
  const value = spans.find(([one]) => Number(one) === days)?.[0] ?? '30';
  return (
    <span className="end">
      <Choice
        label="Builds of the last"
        value={value}
        options={spans}
        choose={(next) =>
          void navigate({ search: (search) => ({ ...search, days: Number(next) }), replace: true, resetScroll: false })
        }
      />
    </span>
  );
}
