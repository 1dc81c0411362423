import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** The way here. */
export function Crumbs({ name }: { readonly name: string }): ReactNode {
  return (
    <>
      <Link to="/rules">Vulnerability rules</Link> / <span>{name}</span>
    </>
  );
}
