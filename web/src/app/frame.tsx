import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { startLive } from './live.ts';
import { Navigation } from './navigation.tsx';
import { NoDatabase, ProviderAway, Restored } from './strips.tsx';
import { TopBar } from './top-bar.tsx';

const SearchDialog = lazy(() => import('./search-dialog.tsx').then((module) => ({ default: module.SearchDialog })));

/** Navigation, top bar, and the page as one sheet. Lives as long as someone is signed in, and with it the live stream. */
export function Frame(): ReactNode {
  const queries = useQueryClient();
  const [navigation, setNavigation] = useState<'open' | 'closed'>('closed');
  const search = useSearch();
  useEffect(() => startLive(queries), [queries]);
  useShortcuts({ search: search.open, escape: () => setNavigation('closed') });
  return (
    <div className="app" data-nav={navigation}>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <Navigation leave={() => setNavigation('closed')} />
      <button
        type="button"
        className="scrim"
        aria-label="Close navigation"
        tabIndex={-1}
        onClick={() => setNavigation('closed')}
      />
      <div className="main">
        <TopBar openNavigation={() => setNavigation('open')} openSearch={search.open} />
        <ProviderAway />
        <Restored />
        <NoDatabase />
        <Sheet />
      </div>
      {search.state !== 'never' && (
        <Suspense>
          <SearchDialog opened={search.state === 'open'} close={search.close} />
        </Suspense>
      )}
    </div>
  );
}

/** The search over everything. Closed without a result, it gives the focus back to what had it. */
function useSearch() {
  const [state, setState] = useState<'never' | 'open' | 'closed'>('never');
  const before = useRef<Element>(null);
  const open = (): void => {
    if (state !== 'open') before.current = document.activeElement;
    setState('open');
  };
  const close = (how: 'left' | 'kept'): void => {
    setState('closed');
    const had = before.current;
    if (how === 'left' || !(had instanceof HTMLElement)) return;
    // Once the dialog has let go of it.
    setTimeout(() => (had === document.body ? document.getElementById('page') : had)?.focus({ preventScroll: true }));
  };
  return { state, open, close };
}

/** The page. A new one takes the focus, so that keyboard and screen reader start at its top. */
function Sheet(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const sheet = useRef<HTMLElement>(null);
  const before = useRef(path);
  useLanding();
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    sheet.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <main className="sheet" id="page" ref={sheet} tabIndex={-1}>
      <Outlet />
    </main>
  );
}

/** Where links land, fetched once the first page stands: none was followed before. */
function useLanding(): void {
  const router = useRouter();
  useEffect(() => {
    let leave: (() => void) | undefined = () => undefined;
    void import('./landing.ts').then(({ followLinks }) => {
      // Signed out meanwhile.
      if (leave !== undefined) leave = followLinks(router);
    });
    return () => {
      leave?.();
      leave = undefined;
    };
  }, [router]);
}

function useShortcuts(keys: { readonly search: () => void; readonly escape: () => void }): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') latest.current.escape();
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current.search();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
