import { oneLine } from '#base/index.ts';
/** Where the name of a container's application comes from. */
export type ApplicationSource = 'label' | 'compose' | 'namespace';

const labels: readonly (readonly [key: string, from: ApplicationSource])[] = [
  ['seawall.application', 'label'],
  ['com.docker.compose.project', 'compose'],
  ['io.kubernetes.pod.namespace', 'namespace'],
];
const longestName = 255;

/** The application that a container says it belongs to. The first label that names one counts. */
export function applicationOf(
  container: Readonly<Record<string, string>>,
): { readonly name: string; readonly from: ApplicationSource } | undefined {
  for (const [key, from] of labels) {
    const name = oneLine(oneLine(Object.hasOwn(container, key) ? (container[key] ?? '') : '').trim(), longestName);
    if (name !== '') return { name, from };
  }
  return undefined;
}
