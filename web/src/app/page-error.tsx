import { type ReactNode, useEffect } from 'react';
import { failureOf, isMissingPart } from '../api.ts';
import { ErrorState } from '../ui/blank.tsx';

/** Milliseconds between two looks whether the console is back. */
const patience = 2000;
/** A page that lacks a part is loaded anew at most once in this many milliseconds. */
const reloadPause = 20_000;

interface PageErrorProps {
  readonly error: unknown;
  readonly retry: () => void;
}

/** A page that failed. One that failed because the console is away goes on by itself when it is back. */
export function PageError({ error, retry }: PageErrorProps): ReactNode {
  const away = failureOf(error).code === 'console-unreachable';
  useEffect(() => {
    if (!away) return;
    const timer = setInterval(() => {
      void answers().then((back) => {
        if (!back) return;
        // A browser keeps it that a module did not come; only a new load asks again.
        if (isMissingPart(error)) reload();
        else retry();
      });
    }, patience);
    return () => clearInterval(timer);
  }, [away, error, retry]);
  return <ErrorState error={error} retry={isMissingPart(error) ? () => window.location.reload() : retry} />;
}

async function answers(): Promise<boolean> {
  return await fetch('/before-paint.js', { method: 'GET', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function reload(): void {
  const key = 'seawall-reloaded';
  const last = Number(sessionStorage.getItem(key) ?? 0);
  if (Date.now() - last < reloadPause) return;
  sessionStorage.setItem(key, String(Date.now()));
  window.location.reload();
}
