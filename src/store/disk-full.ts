/** As the system says it (errno(3)), and as PostgreSQL does (`disk_full`). */
const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', '53100'];

/** Whether something failed because a disk is full. */
export function isDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if ('code' in at && codes.includes(at.code)) return true;
  return false;
}
