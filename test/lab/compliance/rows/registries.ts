import type { CheckRow } from '../subject.ts';

/** Every check of registries: the registry to which it objects, what it names there, and one that it passes. */
export const registryRows: readonly CheckRow[] = [
  ['REG-001', 'open registry', ['no TLS'], 'closed registry'],
  ['REG-002', 'closed registry, two months on', ['the certificate ends on'], 'closed registry'],
  ['REG-004', 'open registry', ['skip_verify'], 'closed registry'],
  ['REG-005', 'open registry', ['http://mirror.example without TLS'], 'closed registry'],
  ['REG-006', 'open registry', ['team/shop'], 'closed registry'],
  ['REG-007', 'open registry', ['begun without a password'], 'closed registry'],
  ['REG-008', 'open registry', ['/v2/_catalog is open'], 'closed registry'],
  ['REG-009', 'untidy registry', ['shop:1.2'], 'tidy registry'],
  ['REG-010', 'open registry', ['team/shop:1'], 'registry in step'],
  ['REG-011', 'untidy registry', ['shop:1'], 'tidy registry'],
  ['REG-012', 'untidy registry', ['shop:1 fail'], 'tidy registry'],
  ['REG-013', 'untidy registry', ['bot everything'], 'tidy registry'],
  ['REG-014', 'open registry', ['/root/.docker/config.json'], 'closed registry'],
  ['REG-015', 'open registry', ['/team/shop'], 'closed registry'],
  ['REG-016', 'untidy registry', ['nothing since 2020-01-01'], 'tidy registry'],
];
