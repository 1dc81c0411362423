import type { ReactNode } from 'react';
import { type Role, rolePermissions } from '#access/contract.ts';
import { type Permission, wholePermissions } from '#http/index.ts';
import { useMe } from '../../app/session.ts';
import { Icon } from '../../ui/icon.tsx';

const roles = Object.keys(rolePermissions) as Role[];

const permissionWords: readonly (readonly [Permission, string])[] = [
  ['read', 'read everything within their collections'],
  ['publish', 'send scans and read their verdicts'],
  ['request-exceptions', 'request exceptions'],
  ['approve-exceptions', 'approve or deny exceptions that another person requested'],
  ['operate', 'close incidents and check provenance again'],
  ['write-rules', 'edit rules, models, collections and trusted sources'],
  ['manage-agents', 'create join tokens, revoke agents, connect clusters'],
  ['read-audit', 'read the audit trail'],
  ['administer', 'manage users, tokens, sessions and settings'],
];

/** What each role may do. */
export function RolesSection(): ReactNode {
  const me = useMe();
  const administers = me?.permissions.includes('administer') === true;
  return (
    <section className="section flush">
      <header>
        <h2>Roles</h2>
        <span className="quiet small">
          for users and tokens; ci is for tokens only; “whole scope only” needs a scope of everything
        </span>
      </header>
      <div className="wide-box" role="region" aria-label="Permissions of each role" tabIndex={0}>
        <table className="roles" aria-label="Roles">
          <thead>
            <tr>
              <th scope="col">May</th>
              {roles.map((role) => (
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
                  {words} {administers && <code className="quiet small">{permission}</code>}
                  {wholePermissions.includes(permission) && <span className="quiet small"> whole scope only</span>}
                </th>
                {roles.map((role) => (
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
