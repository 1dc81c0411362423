import { type ReactNode, useEffect } from 'react';
import { type MarkState, StateGlyph } from './state-mark.tsx';

interface HeadProps {
  /** Name of the page: in the tab of the browser, and above the sentence. */
  readonly title: string;
  /** The way here, where the page is not of the first level. */
  readonly crumbs?: ReactNode;
  /** The state that the sentence tells; a page without a verdict has none. */
  readonly state?: MarkState;
  /** The verdict, in bold. */
  readonly verdict: ReactNode;
  /** The reason, after it. */
  readonly reason?: ReactNode;
  /** Rows of a definition list, made with `Fact`. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a page: where we are, one sentence with the verdict and its reason, the facts it rests on. */
export function PageHead({ title, crumbs, state, verdict, reason, facts, actions }: HeadProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Seawall`;
  }, [title]);
  return (
    <div className="head">
      <div className="crumbs">{crumbs ?? <span>{title}</span>}</div>
      <h1 className="verdict">
        {state && <StateGlyph state={state} />}
        <span>
          {verdict} <span className="rest">{reason}</span>
        </span>
      </h1>
      {facts && <dl className={state ? 'facts' : 'facts flat'}>{facts}</dl>}
      {actions && <div className="head-actions actions">{actions}</div>}
    </div>
  );
}

/** The place of the head while what it says is on the way. */
export function WaitingHead({ title, crumbs }: Pick<HeadProps, 'title' | 'crumbs'>): ReactNode {
  return (
    <div aria-busy="true">
      <PageHead title={title} verdict="" {...(crumbs !== undefined && { crumbs })} />
    </div>
  );
}

/** One fact of the head. Unknown ones are hatched. */
export function Fact(props: {
  readonly name: string;
  readonly unknown?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd className={props.unknown === true ? 'hatch' : undefined}>
        {props.unknown === true ? <span>{props.children}</span> : props.children}
      </dd>
    </div>
  );
}
