import type { ReactNode } from 'react';
import type { Detection } from '#runtime/contract.ts';
import { count } from '../../ui/format.ts';
import { commandOf } from './command-words.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { type ProcessNode, processTree } from './process-lines.ts';

/** Who started whom, down to what was not expected. */
export function ProcessTree({ detections }: { readonly detections: readonly Detection[] }): ReactNode {
  return (
    <ul className="tree process-tree">
      {processTree(detections).map((node) => (
        <Branch key={node.key} node={node} />
      ))}
    </ul>
  );
}

function Branch({ node }: { readonly node: ProcessNode }): ReactNode {
  const { process, detection, times, children } = node;
  return (
    <li className={detection === undefined ? undefined : 'odd'}>
      <span className="node">
        <code className="clip" title={commandOf(process)}>
          {detection === undefined ? process.path : commandOf(process)}
        </code>
        {times > 1 ? (
          <span className="soft micro nowrap">{count(times)} times</span>
        ) : (
          process.pid !== undefined && <span className="quiet micro">{process.pid}</span>
        )}
        <span className="node-note">
          {detection === undefined ? (
            <span className="quiet">no alert</span>
          ) : (
            <OutcomeMark outcome={detection.outcome} />
          )}
        </span>
      </span>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Branch key={child.key} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
