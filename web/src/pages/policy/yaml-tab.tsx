import { type ReactNode, useRef } from 'react';
import { useMe } from '../../app/session.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { useYaml } from './text-diff.tsx';
import type { Draft, YamlText } from './use-draft.ts';

/** The same policy as YAML; what cannot be read is named with its line. */
export function YamlTab({ draft }: { readonly draft: Draft }): ReactNode {
  const me = useMe();
  const written = useYaml(draft.text);
  const text = draft.yaml?.text ?? written.data?.yaml;
  const area = useRef<HTMLTextAreaElement>(null);
  if (text === undefined)
    return written.error ? (
      <Failure error={written.error} />
    ) : (
      <p className="quiet" aria-busy="true">
        …
      </p>
    );
  const problems = draft.yaml?.problems ?? [];
  const lines = text.split('\n').length;
  return (
    <>
      <div className="yaml">
        <Gutter lines={lines} problems={problems} />
        <textarea
          ref={area}
          className="mono"
          aria-label="The policy as YAML"
          aria-invalid={problems.length > 0}
          aria-describedby="yaml-problems"
          spellCheck={false}
          wrap="off"
          rows={Math.max(lines, 12)}
          readOnly={me?.permissions.includes('write-rules') !== true}
          value={text}
          onChange={(event) => draft.writeYaml({ text: event.currentTarget.value, problems: [], state: 'reading' })}
        />
        <CopyButton text={text} what="YAML" />
      </div>
      <div id="yaml-problems" role="status">
        <ul className="yaml-problems">
          {problems.map(({ line, message }, index) => (
            <li key={index}>
              {line !== undefined && (
                <button type="button" className="btn plain" onClick={() => goToLine(area.current, line)}>
                  Line {line}
                </button>
              )}
              <span className="problem">{message}</span>
            </li>
          ))}
        </ul>
        {draft.yaml?.state === 'reading' && <p className="quiet">Reading …</p>}
      </div>
    </>
  );
}

function Gutter({ lines, problems }: { readonly lines: number } & Pick<YamlText, 'problems'>): ReactNode {
  const wrong = new Set(problems.map(({ line }) => line));
  return (
    <ol className="gutter mono" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <li key={index} className={wrong.has(index + 1) ? 'wrong' : undefined}>
          {index + 1}
        </li>
      ))}
    </ol>
  );
}

function goToLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
