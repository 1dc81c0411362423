import type { ReactNode } from 'react';

/** For an address that no page has. */
export function NotFound(): ReactNode {
  return (
    <main className="blank">
      <h1>There is no page at this address</h1>
      <p className="soft">
        <a href="/images">All images</a> and <a href="/vulnerabilities">all vulnerabilities</a> are one step away.
      </p>
    </main>
  );
}
