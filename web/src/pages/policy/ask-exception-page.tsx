import { packageTypes } from '#ecosystems/contract.ts';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMe } from '../../app/session.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { ExceptionForm } from './exception-form.tsx';
import './exceptions-page.css';

const route = getRouteApi('/inside/exceptions/new');

/** Requests an exception; a finding's page fills in what it is about. */
export function AskExceptionPage(): ReactNode {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const type = packageTypes.find((one) => one === search.type);
  return (
    <>
      <PageHead
        title="Request an exception"
        crumbs={
          <>
            <Link to="/exceptions">Exceptions</Link> / <span>new</span>
          </>
        }
        verdict="Request an exception."
        reason="Another person approves or denies it. It covers one advisory in one package at one version, until a date."
      />
      <section className="section">
        {me?.permissions.includes('request-exceptions') === false ? (
          <p className="quiet">Your role, {me.role}, may read exceptions but not request them.</p>
        ) : (
          <ExceptionForm
            about={{
              ...(search.advisory !== undefined && { advisory: search.advisory }),
              ...(type !== undefined && { type }),
              ...(search.package !== undefined && { name: search.package }),
              ...(search.version !== undefined && { version: search.version }),
            }}
            subject="open"
            done={({ id }) => void navigate({ to: '/exceptions', search: { exception: id } })}
            cancel={
              <Link className="btn" to="/exceptions">
                Cancel
              </Link>
            }
          />
        )}
      </section>
    </>
  );
}
