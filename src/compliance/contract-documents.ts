import type { CheckState } from './contract-kinds.ts';

/** What documents of a subject show, in the order in which they are named: what was asked for, then what came of it. */
const documentWords: Readonly<Record<string, string>> = {
  inspect: 'configured',
  effective: 'in effect',
};

/** `configured`, or the document's own name. */
export function documentWord(document: string): string {
  return documentWords[document] ?? document;
}

const stateVerbs: Readonly<Record<CheckState, string>> = {
  pass: 'passes',
  fail: 'fails',
  warn: 'warns',
  'not-applicable': 'does not apply',
  'not-assessed': 'is not assessed',
  error: 'is in error',
  excepted: 'is excepted',
};

interface DocumentState {
  readonly document: string;
  readonly state: CheckState;
}

/** `Configured passes, in effect fails`; missing where no document says otherwise than the one that decided. */
export function otherwiseWords({
  document,
  state,
  otherwise = [],
}: DocumentState & { readonly otherwise?: readonly DocumentState[] | undefined }): string | undefined {
  if (otherwise.length === 0) return undefined;
  const said = [...otherwise, { document, state }].toSorted(
    (left, right) => placeOf(left.document) - placeOf(right.document),
  );
  const words = said.map((one) => `${documentWord(one.document)} ${stateVerbs[one.state]}`).join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function placeOf(document: string): number {
  const place = Object.keys(documentWords).indexOf(document);
  return place === -1 ? Infinity : place;
}
