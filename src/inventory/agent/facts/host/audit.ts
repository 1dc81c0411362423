import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { AuditState, HostShape } from '../../../facts/host.ts';
import { attempt, type HostAccess, whenKnown } from './fields.ts';
import type { HostReader } from './host-reader.ts';
import { auditedPathsOf, auditRulesOf } from './audit-rules.ts';
import type { ProgramResult } from './run-program.ts';

type Names = 'auditedPaths' | 'auditState' | 'auditRules' | 'savedAuditRules' | 'loginRecords';

/** What the kernel records, as auditctl(8) tells. */
export async function collectAudit({ host, run }: HostAccess): Promise<FieldsOf<Pick<HostShape, Names>>> {
  const listed = textOf(await run('auditctl', ['-l']), 'auditctl -l');
  const status = textOf(await run('auditctl', ['-s']), 'auditctl -s');
  return {
    auditedPaths: whenKnown(listed, (text) => known(auditedPathsOf(text), 'auditctl -l')),
    auditRules: whenKnown(listed, (text) => known(auditRulesOf(text), 'auditctl -l')),
    auditState: whenKnown(status, (text) => auditStateOf(text)),
    savedAuditRules: attempt(() => known(savedRules(host), '/etc/audit')),
    loginRecords: missing('no collector of login events answers here'),
  };
}

function textOf(result: ProgramResult, command: string): Field<string> {
  switch (result.kind) {
    case 'done':
      return known(result.output, command);
    case 'absent':
      return missing('the program auditctl is not installed; the package auditd brings it');
    case 'failed':
      return missing(`${command} failed: ${result.why}`);
  }
}

/** `enabled 1`, `lost 0`, one a line. */
export function auditStateOf(text: string): Field<AuditState> {
  const enabled = /^enabled (\d+)/m.exec(text)?.[1];
  const lost = /^lost (\d+)/m.exec(text)?.[1];
  return enabled === undefined || lost === undefined
    ? missing('auditctl -s says nothing of its state')
    : known({ enabled: Number(enabled), lost: Number(lost) }, 'auditctl -s');
}

/** augenrules(8) makes one file of those in rules.d, so either may be what is loaded. */
function savedRules(host: HostReader): readonly string[] {
  const names = (host.names('/etc/audit/rules.d') ?? []).filter((name) => name.endsWith('.rules'));
  const paths = names.length > 0 ? names.map((name) => `/etc/audit/rules.d/${name}`) : ['/etc/audit/audit.rules'];
  return paths.flatMap((path) => auditRulesOf(host.text(path) ?? ''));
}
