import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getDatabase } from '#vulnerability/contract.ts';
import { reading } from '../api.ts';
import { useNow } from '../ui/clock.ts';
import { toggleColorScheme } from '../ui/color-scheme.ts';
import { Icon, SchemeIcon } from '../ui/icon.tsx';
import { EnvironmentSwitch } from './environment-switch.tsx';
import { feedSentence } from './feed-sentence.ts';
import { DemoMark } from './strips.tsx';
import { type LiveState, useLiveState } from './live.ts';

interface BarProps {
  readonly openNavigation: () => void;
  readonly openSearch: () => void;
}

/** The environment, search over everything, whether the page is live, the age of the feeds, light or dark. */
export function TopBar({ openNavigation, openSearch }: BarProps): ReactNode {
  return (
    <header className="top">
      <button type="button" className="icon-btn menu-btn" aria-label="Open navigation" onClick={openNavigation}>
        <Icon name="menu" />
      </button>
      <DemoMark />
      <EnvironmentSwitch />
      <button type="button" className="search" onClick={openSearch}>
        <Icon name="search" />
        <span>
          <span className="sr">Search </span>CVE, package, image, build, host
        </span>
        <kbd>Ctrl K</kbd>
      </button>
      <LiveMark />
      <SchemeSwitch />
    </header>
  );
}

const liveWords: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Connection lost, trying again',
};

function LiveMark(): ReactNode {
  const live = useLiveState();
  const database = useQuery(reading(getDatabase)).data;
  const now = useNow();
  return (
    <Link className="live" to="/feeds">
      <span className={`beat live-${live}`} />
      <span className="state" role="status">
        {liveWords[live]}
      </span>
      <span className="quiet">{database && feedSentence(database, now)}</span>
    </Link>
  );
}

/** Follows the system until someone chooses. */
function SchemeSwitch(): ReactNode {
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label="Switch between light and dark"
      title="Switch between light and dark"
      onClick={toggleColorScheme}
    >
      <SchemeIcon />
    </button>
  );
}
