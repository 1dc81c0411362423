/** What a package has to say of one host, and what an auditor must find in the file to which it leads. */
export interface Claim {
  readonly control: string;
  readonly stands: 'met' | 'not-met' | 'incomplete';
  /** Id of the check, or name of the answer. */
  readonly source: string;
  readonly state: 'pass' | 'fail' | 'not-assessed';
  readonly subject: 'console' | 'container' | 'host' | 'image';
  /** In one of the files that the answer names. */
  readonly shows: RegExp;
}

/** Of a host with both gates, an image of the trusted registry, and an active model. */
export const goodClaims: readonly Claim[] = [
  {
    control: '4.1.1',
    // Its feeds are those of the lab, which are old.
    stands: 'not-met',
    source: 'image-verdict',
    state: 'pass',
    subject: 'image',
    shows: /"state": "pass"/,
  },
  {
    control: '4.1.5',
    stands: 'met',
    source: 'image-origin',
    state: 'pass',
    subject: 'image',
    shows: /team\/clock/,
  },
  {
    control: '4.1.5',
    stands: 'met',
    source: 'gate-blocks',
    state: 'pass',
    subject: 'host',
    shows: /wrapper installed, authorization plugin on/,
  },
  {
    control: '4.1.5',
    stands: 'met',
    source: 'gate-refuses',
    state: 'pass',
    subject: 'host',
    shows: /2 of 2 gates refused/,
  },
  {
    control: '4.1.5',
    stands: 'met',
    source: 'block-lines',
    state: 'pass',
    subject: 'host',
    shows: /seawall-trials\/1[^]*CTR-020/,
  },
  {
    control: '4.1.5',
    stands: 'met',
    source: 'container-admitted',
    state: 'pass',
    subject: 'container',
    shows: /"state": "pass"/,
  },
  {
    control: '4.3.5',
    stands: 'met',
    source: 'agent-joined',
    state: 'pass',
    subject: 'host',
    shows: /joined at .* by “audit-good”/,
  },
  {
    control: '4.4.3',
    // Its engine runs as root, as engines do.
    stands: 'not-met',
    source: 'CTR-001',
    state: 'pass',
    subject: 'container',
    shows: /"privileged":\{[^}]*"value":false/,
  },
  { control: '4.4.4', stands: 'met', source: 'model-active', state: 'pass', subject: 'container', shows: /active/ },
  {
    control: '4.4.4',
    stands: 'met',
    source: 'CTR-035',
    state: 'pass',
    subject: 'container',
    shows: /"readonlyRoot":\{[^}]*"value":true/,
  },
  {
    control: '4.4.5',
    stands: 'incomplete',
    source: 'creation-principal',
    state: 'not-assessed',
    subject: 'host',
    shows: /a socket that names nobody/,
  },
];

/** Of a host without a gate, on which a privileged container of a vulnerable image holds the socket of the engine. */
export const badClaims: readonly Claim[] = [
  {
    control: '4.1.1',
    stands: 'not-met',
    source: 'image-verdict',
    state: 'fail',
    subject: 'image',
    shows: /CVE-2024-4603 in libcrypto3 3\.3\.0-r0/,
  },
  {
    control: '4.1.2',
    stands: 'not-met',
    source: 'IMG-001',
    state: 'fail',
    subject: 'image',
    shows: /"user":\{[^}]*"value":""/,
  },
  {
    control: '4.1.4',
    stands: 'not-met',
    source: 'CTR-072',
    state: 'fail',
    subject: 'container',
    shows: /"environmentSecrets":\{[^\]]*aws/,
  },
  {
    control: '4.1.5',
    stands: 'incomplete',
    source: 'gate-blocks',
    state: 'not-assessed',
    subject: 'host',
    shows: /“seawall gate install”/,
  },
  {
    control: '4.1.5',
    stands: 'incomplete',
    source: 'gate-refuses',
    state: 'not-assessed',
    subject: 'host',
    shows: /“seawall gate install”/,
  },
  {
    control: '4.4.3',
    stands: 'not-met',
    source: 'CTR-001',
    state: 'fail',
    subject: 'container',
    shows: /"privileged":\{[^}]*"value":true/,
  },
  {
    control: '4.4.4',
    stands: 'not-met',
    source: 'CTR-035',
    state: 'fail',
    subject: 'container',
    shows: /"readonlyRoot":\{[^}]*"value":false/,
  },
  {
    control: '4.4.5',
    stands: 'not-met',
    source: 'host-environment',
    state: 'fail',
    subject: 'host',
    shows: /“audit-bad” allows test, dev/,
  },
  {
    control: '4.5.5',
    stands: 'not-met',
    source: 'CTR-020',
    state: 'fail',
    subject: 'container',
    shows: /audit-bad\/docker\.sock/,
  },
];
