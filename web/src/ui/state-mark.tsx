import type { ReactNode } from 'react';
import type { VerdictKind } from '#policy/contract.ts';

/** What a mark can say. `unknown` covers all that is not judged: hatched, never green; `stopped`: tried, and kept from it. */
export type MarkState = 'pass' | 'fail' | 'partly' | 'unknown' | 'stopped';

/** Each state has a shape of its own. */
export function StateGlyph({ state }: { readonly state: MarkState }): ReactNode {
  return (
    <svg className="state-mark" data-state={state} viewBox="0 0 16 16" aria-hidden="true">
      {shapeOf(state)}
    </svg>
  );
}

function shapeOf(state: MarkState): ReactNode {
  const stroke = { fill: 'none', strokeWidth: 1.8, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
  switch (state) {
    case 'pass':
      return (
        <>
          <circle cx="8" cy="8" r="7" fill="var(--t)" />
          <path d="M4.8 8.2l2.2 2.2 4.2-4.6" stroke="var(--surface)" {...stroke} />
        </>
      );
    case 'fail':
      return (
        <>
          <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="var(--t)" />
          <path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" stroke="var(--on-critical)" {...stroke} />
        </>
      );
    case 'partly':
      return (
        <>
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="var(--t)" strokeWidth="1.6" />
          <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="var(--t)" />
        </>
      );
    case 'stopped':
      return (
        <>
          <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="none" stroke="var(--t)" strokeWidth="1.6" />
          <path d="M5 8h6" stroke="var(--t)" strokeWidth="2" strokeLinecap="round" />
        </>
      );
    case 'unknown':
      return (
        <>
          <path d="M1.5 1.5h13v13h-13z" fill="var(--unknown-ground)" stroke="var(--t)" strokeWidth="1.2" />
          <path d="M1.5 9L9 1.5M1.5 14.5l13-13M7 14.5L14.5 7" stroke="var(--t)" strokeWidth="1.2" />
        </>
      );
  }
}

/** A state with its word. */
export function State({ state, children }: { readonly state: MarkState; readonly children: ReactNode }): ReactNode {
  return (
    <span className="state" data-state={state}>
      <StateGlyph state={state} />
      {children}
    </span>
  );
}

/** The words of a verdict; without one the subject waits to be judged. */
export const verdictWords: Readonly<Record<VerdictKind | 'pending', string>> = {
  pass: 'Pass',
  fail: 'Fail',
  'cannot-judge': 'Cannot judge',
  pending: 'Not judged yet',
};

export function stateOfVerdict(verdict: VerdictKind | undefined): MarkState {
  switch (verdict) {
    case 'pass':
    case 'fail':
      return verdict;
    case 'cannot-judge':
    case undefined:
      return 'unknown';
  }
}

export function VerdictMark({ verdict }: { readonly verdict: VerdictKind | undefined }): ReactNode {
  return <State state={stateOfVerdict(verdict)}>{verdictWords[verdict ?? 'pending']}</State>;
}
