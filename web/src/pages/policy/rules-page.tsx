import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { listPolicies, type PolicyInPlace } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { PolicyRow } from './policy-row.tsx';
import { TurnDialog } from './turn-dialog.tsx';
import { useOrder } from './use-order.ts';
import './rules-page.css';

const title = 'Vulnerability rules';

/** All policies in their order, what they say and what they do now. */
export function RulesPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listPolicies));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <PageHead title={title} verdict="" />
        <p className="section" aria-busy="true">
          <Skeleton width={420} />
        </p>
      </>
    );
  }
  return (
    <>
      <RulesHead policies={data.policies} />
      <PolicyList policies={data.policies} />
    </>
  );
}

function RulesHead({ policies }: { readonly policies: readonly PolicyInPlace[] }): ReactNode {
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const on = policies.filter(({ policy }) => policy.state !== 'off');
  const evaluated = on.reduce((sum, { hits }) => sum + hits.pass + hits.fail + hits.cannotJudge, 0);
  const fail = on.reduce((sum, { hits }) => sum + hits.fail, 0);
  const unknown = on.reduce((sum, { hits }) => sum + hits.cannotJudge, 0);
  return (
    <PageHead
      title={title}
      state={fail > 0 ? 'fail' : unknown > 0 || evaluated === 0 ? 'unknown' : 'pass'}
      verdict={`${counted(on.length, 'policy', 'policies')}, ${counted(evaluated, 'image')} evaluated.`}
      reason={
        <>
          {fail > 0 && (
            <>
              <Link to="/images" search={{ verdict: 'fail' }}>
                {counted(fail, 'image fails', 'images fail')}
              </Link>
              .{' '}
            </>
          )}
          {unknown > 0 && (
            <>
              <Link to="/images" search={{ verdict: 'cannot-judge' }}>
                {counted(unknown, 'image', 'images')}
              </Link>{' '}
              without a verdict.{' '}
            </>
          )}
          {fail === 0 && unknown === 0 && evaluated > 0 && 'No image fails. '}
          Policies are checked top down; the first one whose scope matches evaluates the image.
        </>
      }
      actions={
        mayWrite && (
          <Link className="btn primary" to="/rules/$id" params={{ id: 'new' }}>
            <Icon name="plus" />
            New policy
          </Link>
        )
      }
    />
  );
}

function PolicyList({ policies }: { readonly policies: readonly PolicyInPlace[] }): ReactNode {
  const me = useMe();
  const mayWrite = me?.permissions.includes('write-rules') === true;
  const order = useOrder(policies);
  const [dragged, drag] = useState<number>();
  const [turned, turn] = useState<PolicyInPlace>();
  return (
    <section className="section bare">
      {order.error !== null && <Failure error={order.error} />}
      {me !== undefined && !mayWrite && (
        <p className="quiet small rules-note">Your role, {me.role}, may read policies but not edit them.</p>
      )}
      <ol className="policies" aria-label="Policies in their order">
        {policies.map((one, index) => (
          <PolicyRow
            key={one.policy.id}
            inPlace={one}
            place={index}
            last={policies.length - 1}
            edit={
              mayWrite
                ? {
                    move: (to) => order.move(index, to),
                    turn: () => turn(one),
                    drag: () => drag(index),
                    drop: () => {
                      if (dragged !== undefined) order.move(dragged, index);
                      drag(undefined);
                    },
                  }
                : undefined
            }
          />
        ))}
      </ol>
      <TurnDialog inPlace={turned} close={() => turn(undefined)} />
    </section>
  );
}
