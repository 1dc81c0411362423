import { type ReactNode, useEffect, useState } from 'react';
import { Icon } from './icon.tsx';

interface CopyProps {
  readonly text: string;
  /** What is copied, for those who do not see the button's place: `digest`. */
  readonly what: string;
}

/** Copies, and says so for two seconds. */
export function CopyButton({ text, what }: CopyProps): ReactNode {
  const [state, setState] = useState<'idle' | 'done' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    void writeClipboard(text).then((done) => setState(done ? 'done' : 'refused'));
  };
  return (
    <button
      type="button"
      className={state === 'done' ? 'copy done' : 'copy'}
      onClick={copy}
      aria-label={`Copy ${what}`}
    >
      <Icon name={state === 'done' ? 'tick' : 'copy'} />
      <span className="sr" role="status">
        {state === 'done' ? 'Copied' : state === 'refused' ? 'The browser does not allow copying here' : ''}
      </span>
    </button>
  );
}

/** The clipboard interface exists only on https and localhost; a console reached over plain http falls back to a selection. */
async function writeClipboard(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

/** A command to run in a terminal. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton text={text} what="command" />
    </div>
  );
}
