import type { ReactNode } from 'react';
import { Role, rolePermissions } from '#access/contract.ts';
import { type Permission, wholePermissions } from '#http/index.ts';
import { useMe } from '../../app/session.ts';
import { Icon } from '../../ui/icon.tsx';

const permissionWords: readonly (readonly [Permission, string])[] = [
  ['read', 'see the estate and how it stands, within their collections'],
  ['publish', 'send scans and read their verdicts'],
  ['request-exceptions', 'ask for exceptions'],
  ['approve-exceptions', 'grant or refuse what another person asked for'],
  ['operate', 'close incidents and have provenance looked for again'],
  ['write-rules', 'change rules, models, collections and what is trusted'],
  ['manage-agents', 'make join tokens, revoke agents, connect clusters'],
  ['read-audit', 'read the audit trail'],
  ['administer', 'manage users, tokens, sessions and settings'],
];

/** What each role may do. */
export function RolesSection(): ReactNode {
  const me = useMe();
  return (
    <section className="section flush">
      <header>
        <h2>What each role may do</h2>
        <span className="quiet small">
          users and tokens alike; ci is for tokens only; “whole view only” is for nobody who sees collections only
        </span>
      </header>
      <div className="wide-box" role="region" aria-label="What each role may do" tabIndex={0}>
        <table className="roles" aria-label="Roles">
          <thead>
            <tr>
              <th scope="col">May</th>
              {Role.options.map((role) => (
                <th key={role} scope="col">
                  {role} {role === me?.role && <span className="mark">you</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {permissionWords.map(([permission, words]) => (
              <tr key={permission}>
                <th scope="row">
                  {words} <code className="quiet small">{permission}</code>
                  {wholePermissions.includes(permission) && <span className="quiet small"> whole view only</span>}
                </th>
                {Role.options.map((role) => (
                  <td key={role}>
                    {rolePermissions[role].includes(permission) ? (
                      <>
                        <Icon name="tick" />
                        <span className="sr">yes</span>
                      </>
                    ) : (
                      <span className="quiet">no</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
