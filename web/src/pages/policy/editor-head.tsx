import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { deletePolicy, listPolicies, type PolicyInPlace } from '#policy/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import type { MarkState } from '../../ui/state-mark.tsx';
import { Crumbs } from './crumbs.tsx';
import { Hits } from './hits.tsx';

interface HeadProps {
  /** As it stands now; missing for a new policy. */
  readonly now: PolicyInPlace | undefined;
  readonly place: 'last' | 'any';
}

/** Current results of a policy, and its deletion. */
export function EditorHead({ now, place }: HeadProps): ReactNode {
  if (now === undefined) {
    return (
      <PageHead
        title="New policy"
        crumbs={<Crumbs name="new" />}
        verdict="A new policy."
        reason="Placed above the default."
      />
    );
  }
  const { policy, hits, inScope, savedAt, savedBy } = now;
  const judged = hits.pass + hits.fail + hits.cannotJudge;
  return (
    <PageHead
      title={policy.name}
      crumbs={<Crumbs name={policy.name} />}
      state={stateOf(now)}
      verdict={
        policy.state === 'off'
          ? 'Disabled: evaluates nothing.'
          : judged === 0
            ? 'No image evaluated.'
            : `${count(hits.fail)} of ${counted(judged, 'image')} ${hits.fail === 1 ? 'fails' : 'fail'}.`
      }
      reason={
        policy.state !== 'off' &&
        judged < inScope &&
        `${counted(inScope - judged, 'other image', 'other images')} in scope ${inScope - judged === 1 ? 'matches' : 'match'} a policy above.`
      }
      facts={
        <>
          <Fact name="Now">
            <Hits policy={policy} hits={hits} />
          </Fact>
          <Fact name="Violations">{count(hits.violations)}</Fact>
          <Fact name="Version">
            {policy.version}, <When moment={savedAt} /> by {savedBy}
          </Fact>
          <Fact name="Id">
            <code>{policy.id}</code>
          </Fact>
        </>
      }
      actions={<Delete now={now} place={place} />}
    />
  );
}

function stateOf({ policy, hits }: PolicyInPlace): MarkState {
  if (policy.state === 'off') return 'unknown';
  if (hits.fail > 0) return 'fail';
  return hits.cannotJudge > 0 || hits.pass === 0 ? 'unknown' : 'pass';
}

function Delete({ now, place }: { readonly now: PolicyInPlace } & Pick<HeadProps, 'place'>): ReactNode {
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked>();
  if (!mayWrite) return null;
  const { id, name } = now.policy;
  return (
    <>
      <button
        type="button"
        className="btn"
        disabled={place === 'last'}
        title={place === 'last' ? 'The default policy cannot be deleted.' : undefined}
        onClick={() =>
          setAsked({
            title: `Delete ${name}?`,
            consequence: `The next matching policy evaluates its ${counted(now.hits.pass + now.hits.fail + now.hits.cannotJudge, 'image')}. Its versions stay for the verdicts that name them.`,
            act: 'Delete',
            run: async () => {
              await ask(deletePolicy, { params: { id } });
              await navigate({ to: '/rules', ignoreBlocker: true });
              await queries.invalidateQueries({ queryKey: reading(listPolicies).queryKey });
            },
          })
        }
      >
        Delete…
      </button>
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </>
  );
}
