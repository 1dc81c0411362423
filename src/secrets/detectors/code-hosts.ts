import { hasBase62Checksum, hasHexChecksum, isMacaroon } from '../checksums.ts';
import { format, type JudgeMatch, named, type SecretDetector } from '../detector.ts';

const group = 'packages';
const withDash = String.raw`\w-`;

/** GitHub and npm: without its checksum it is a typed example, or of a form that is not known yet. */
const byChecksum: JudgeMatch = ({ secret }) => (hasBase62Checksum(secret) ? 'sure' : undefined);

/** Hosts of source code, and registries of packages and images. */
export const codeHosts: readonly SecretDetector[] = [
  format({
    id: 'github-token',
    title: 'GitHub token',
    group,
    anchors: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    body: 'gh[pousr]_[A-Za-z0-9]{36}',
    judge: byChecksum,
  }),
  format({
    id: 'github-fine-grained-token',
    title: 'GitHub fine-grained token',
    group,
    anchors: ['github_pat_'],
    body: 'github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}',
  }),
  format({
    id: 'gitlab-token',
    title: 'GitLab token',
    group,
    anchors: ['glpat-', 'gldt-', 'glptt-', 'glrt-', 'glft-', 'glsoat-', 'glcbt-', 'glagent-', 'gloas-', 'glimt-'],
    body: String.raw`gl(?:(?:pat|rt|dt|ft)-(?:[\w-]{27,300}\.[0-9a-z]{2}(?:\.[0-9a-z]{2})?[0-9a-z]{7}|[\w-]{20})|ptt-[0-9a-f]{40}|soat-[\w-]{20}|cbt-(?:[0-9a-f]{1,5}_)?[\w-]{20}|agent-[\w-]{50}|oas-[\w-]{64}|imt-[\w-]{25})`,
    alphabet: withDash,
  }),
  format({
    id: 'gitlab-registration-token',
    title: 'GitLab runner registration token',
    group,
    anchors: ['GR1348941'],
    body: String.raw`GR1348941[\w-]{20}`,
    alphabet: withDash,
  }),
  format({
    id: 'npm-token',
    title: 'npm token',
    group,
    anchors: ['npm_'],
    body: 'npm_[A-Za-z0-9]{36}',
    judge: byChecksum,
  }),
  format({
    id: 'pypi-token',
    title: 'PyPI token',
    group,
    anchors: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
    body: String.raw`pypi-AgE[\w-]{60,1500}`,
    alphabet: withDash,
    reach: 1600,
    judge: ({ secret }) => (isMacaroon(Buffer.from(secret.slice(5), 'base64url')) ? 'sure' : undefined),
  }),
  format({
    id: 'dockerhub-token',
    title: 'Docker Hub token',
    group,
    anchors: ['dckr_pat_', 'dckr_oat_'],
    body: String.raw`dckr_(?:pat_[\w-]{27}|oat_[\w-]{32})`,
    alphabet: withDash,
  }),
  format({
    id: 'rubygems-key',
    title: 'RubyGems API key',
    group,
    anchors: ['rubygems_'],
    body: 'rubygems_[0-9a-f]{48}',
  }),
  format({
    id: 'nuget-key',
    title: 'NuGet API key',
    group,
    anchors: ['oy2a', ...'bcdefghijklmnopqrstuvwxyz234567'.split('').map((one) => `oy2${one}`)],
    body: 'oy2[a-z2-7]{43}',
  }),
  named({
    id: 'crates-token',
    title: 'crates.io token',
    group,
    names: ['CARGO_REGISTRY_TOKEN', 'CRATES_IO_TOKEN', 'cargo login'],
    value: 'cio[A-Za-z0-9]{32}',
  }),
  format({
    id: 'artifactory-key',
    title: 'Artifactory API key',
    group,
    anchors: ['AKCp'],
    body: 'AKCp[A-Za-z0-9]{69}',
  }),
  format({
    id: 'atlassian-token',
    title: 'Atlassian API token',
    group,
    anchors: ['ATATT3'],
    body: String.raw`ATATT3[\w=-]{170,200}=[0-9A-F]{8}`,
    judge: ({ secret }) => (hasHexChecksum(secret, '=') ? 'sure' : 'likely'),
  }),
];
