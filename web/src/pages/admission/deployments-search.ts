import { textOf, wordOf } from '../../app/search-text.ts';

const views = ['gates'] as const;
const answers = ['allow', 'deny'] as const;
const times = ['day'] as const;
const gates = ['docker-authorization', 'kubernetes-webhook', 'runtime-wrapper', 'sweep', 'canary'] as const;

/** What the address of the page Deployments holds; `decision` is the id of the one that is open. */
export interface DeploymentsSearch {
  readonly view?: (typeof views)[number] | undefined;
  readonly search?: string | undefined;
  readonly answer?: (typeof answers)[number] | undefined;
  readonly gate?: (typeof gates)[number] | undefined;
  /** `day`: the last 24 hours. */
  readonly since?: (typeof times)[number] | undefined;
  readonly image?: string | undefined;
  readonly decision?: string | undefined;
}

export function parseDeploymentsSearch(raw: Readonly<Record<string, unknown>>): DeploymentsSearch {
  return {
    view: wordOf(raw['view'], views),
    search: textOf(raw['search'], 256),
    answer: wordOf(raw['answer'], answers),
    gate: wordOf(raw['gate'], gates),
    since: wordOf(raw['since'], times),
    image: textOf(raw['image'], 71),
    decision: textOf(raw['decision'], 128),
  };
}
