/** Rows of the catalogue that are no checks, with the answer that covers them. */
export type DerivedRow =
  | { readonly id: string; readonly answer: string }
  /** No question asks it; `reason` says why. */
  | { readonly id: string; readonly reason: string };

const needsCluster = 'It is about a cluster: the console asks no cluster how it is set up.';
const needsNetwork = 'Connections of containers are not observed yet: questions of 4.3.3 and 4.4.2 say so.';
const ownTests = 'It is about how the gate is built, which its own tests hold it to; the canary tries it on each host.';
const atRuntime = 'It is about one act, not about a subject: the decision of the gate or the incident records it.';

/** Rows that other parts of the product answer, by their ids. */
export const derivedRows: readonly DerivedRow[] = [
  { id: 'IMG-004', answer: 'image-base-proven' },
  { id: 'IMG-005', answer: 'image-base-current' },
  { id: 'IMG-007', answer: 'image-verdict' },
  { id: 'IMG-008', answer: 'image-verdict' },
  { id: 'IMG-009', answer: 'image-verdict' },
  { id: 'IMG-010', answer: 'image-matched' },
  { id: 'IMG-011', answer: 'image-scanned' },
  { id: 'IMG-012', answer: 'image-scanned' },
  { id: 'IMG-017', answer: 'image-origin' },
  { id: 'IMG-018', answer: 'image-origin' },
  { id: 'IMG-019', answer: 'image-origin' },
  {
    id: 'IMG-020',
    reason: 'Packages are read from the image itself: a list of packages that somebody else signed decides nothing.',
  },
  { id: 'IMG-021', answer: 'image-origin' },
  { id: 'IMG-022', answer: 'image-origin' },
  { id: 'CTR-050', reason: atRuntime },
  { id: 'CTR-051', reason: atRuntime },
  { id: 'CTR-052', reason: atRuntime },
  { id: 'CTR-074', answer: 'container-admitted' },
  { id: 'CTR-075', reason: 'No engine that is supported mounts images.' },
  { id: 'CTR-076', answer: 'image-verdict' },
  { id: 'CTR-078', answer: 'no-drift' },
  { id: 'CTR-079', answer: 'no-drift' },
  { id: 'CTR-080', reason: needsNetwork },
  { id: 'CTR-081', reason: needsNetwork },
  { id: 'CTR-082', reason: needsNetwork },
  { id: 'CTR-085', answer: 'container-admitted' },
  { id: 'CTR-086', answer: 'creation-principal' },
  { id: 'CTR-087', answer: 'container-admitted' },
  { id: 'CTR-089', reason: atRuntime },
  { id: 'HST-020', answer: 'runtime-packages' },
  { id: 'HST-021', answer: 'runtime-packages' },
  { id: 'HST-022', answer: 'runtime-packages' },
  { id: 'HST-023', answer: 'kernel-known' },
  { id: 'HST-024', answer: 'host-verdict' },
  { id: 'HST-041', answer: 'agent-joined' },
  { id: 'ADM-001', answer: 'runtime-packages' },
  { id: 'ADM-002', reason: ownTests },
  { id: 'ADM-003', reason: ownTests },
  { id: 'ADM-004', answer: 'gate-refuses' },
  { id: 'ADM-005', reason: ownTests },
  { id: 'ADM-006', reason: ownTests },
  { id: 'ADM-007', reason: ownTests },
  { id: 'ADM-008', answer: 'gate-blocks' },
  { id: 'ADM-009', reason: needsCluster },
  { id: 'ADM-010', reason: needsCluster },
  { id: 'ADM-011', reason: needsCluster },
  { id: 'ADM-012', reason: needsCluster },
  { id: 'ADM-013', reason: needsCluster },
  { id: 'ADM-014', reason: needsCluster },
  { id: 'ADM-015', answer: 'cluster-roles' },
  { id: 'ADM-016', reason: needsCluster },
  { id: 'ADM-017', reason: needsCluster },
  { id: 'ADM-018', reason: ownTests },
  { id: 'ADM-019', reason: 'What is built elsewhere is judged where it runs: its base by the questions of 4.1.2.' },
];
