/** What a person may attest by a document. */
export interface AttestationKind {
  /** Fixed for ever: `secret-store`. */
  readonly id: string;
  readonly title: string;
  /** What the person confirms, as a sentence. */
  readonly confirms: string;
  /** Days for which such a document may hold at most. */
  readonly days: number;
}

/** Every kind. Templates name them by their ids. */
export const attestationKinds: readonly AttestationKind[] = [
  {
    id: 'secret-store',
    title: 'Secret store in use',
    confirms: 'Applications get their secrets from a secret store, and not from their images.',
    days: 366,
  },
  {
    id: 'trust-reviewed',
    title: 'Review of trusted sources',
    confirms: 'The trusted registries, signers and bases were reviewed, and what is not needed was removed.',
    days: 90,
  },
  {
    id: 'registry-push-rights',
    title: 'Rights to push',
    confirms: 'Each account that pushes to a registry may do so in named repositories alone.',
    days: 366,
  },
  {
    id: 'registry-push-records',
    title: 'Records of registries',
    confirms: 'The registries record who pushed and removed images, and the records are kept.',
    days: 366,
  },
  {
    id: 'second-factor',
    title: 'Second factor at the identity provider',
    confirms: 'The identity provider asks everybody who signs in to the console for a second factor.',
    days: 366,
  },
  {
    id: 'host-system',
    title: 'Choice of the operating system',
    confirms: 'The operating system of the hosts was chosen for running containers, and why is written down.',
    days: 366,
  },
  {
    id: 'containers-only',
    title: 'Hosts run containers only',
    confirms: 'The hosts run containers and what manages them, and no other applications.',
    days: 366,
  },
  {
    id: 'login-review',
    title: 'Review of logins',
    confirms: 'Logins to the hosts and uses of sudo were reviewed, and what was unexpected was followed up.',
    days: 90,
  },
  {
    id: 'hardware-trust',
    title: 'Hardware of a provider',
    confirms: 'The provider of the machines guarantees by contract that they start only what is proven.',
    days: 366,
  },
];
