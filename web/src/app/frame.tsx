import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { startLive } from './live.ts';
import { Navigation } from './navigation.tsx';
import { NoDatabase } from './strips.tsx';
import { TopBar } from './top-bar.tsx';

const SearchDialog = lazy(() => import('./search-dialog.tsx').then((module) => ({ default: module.SearchDialog })));

/** Navigation, top bar, and the page as one sheet. Lives as long as someone is signed in, and with it the live stream. */
export function Frame(): ReactNode {
  const queries = useQueryClient();
  const [navigation, setNavigation] = useState<'open' | 'closed'>('closed');
  const [search, setSearch] = useState<'never' | 'open' | 'closed'>('never');
  useEffect(() => startLive(queries), [queries]);
  useShortcuts({ search: () => setSearch('open'), escape: () => setNavigation('closed') });
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
        <TopBar openNavigation={() => setNavigation('open')} openSearch={() => setSearch('open')} />
        <NoDatabase />
        <Sheet />
      </div>
      {search !== 'never' && (
        <Suspense>
          <SearchDialog opened={search === 'open'} close={() => setSearch('closed')} />
        </Suspense>
      )}
    </div>
  );
}

/** The page. A new one takes the focus, so that keyboard and screen reader start at its top. */
function Sheet(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const sheet = useRef<HTMLElement>(null);
  const before = useRef(path);
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
