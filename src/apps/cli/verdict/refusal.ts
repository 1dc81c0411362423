import type { BundleCheck } from '#policy/index.ts';

type Refusal = Exclude<BundleCheck, { readonly state: 'verified' }>;

/** Why a bundle is not believed, and what to do next. */
export function refusalWords(file: string, check: Refusal): { readonly why: string; readonly next: string } {
  switch (check.state) {
    case 'refused':
      return {
        why: `${file} does not prove its verdict (${check.reason}): ${check.why}`,
        next: nextSteps[check.reason],
      };
    case 'other-version':
      return { why: check.why, next: `Verify it with Seawall ${check.made}.` };
    default:
      return check satisfies never;
  }
}

const original = 'Ask for the file as the console gave it out, or export the verdict again.';
const report =
  'Do not rely on it: keep the file and report it to the operator of the console, who can export it again.';

const nextSteps: Readonly<Record<Extract<Refusal, { readonly state: 'refused' }>['reason'], string>> = {
  unreadable: 'Name a file that `seawall verdict export` wrote.',
  signature: original,
  'other-key': 'Compare --key with the fingerprint that the operator of your console tells you.',
  changed: original,
  differs: report,
  ledger: report,
};
