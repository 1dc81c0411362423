import type { ReactNode } from 'react';
import { environmentName } from './environment-name.ts';

/** Name of an environment; what has none is dashed. */
export function EnvironmentMark({ environment }: { readonly environment: string | undefined }): ReactNode {
  return <span className={environment === undefined ? 'mark dashed' : 'mark'}>{environmentName(environment)}</span>;
}
