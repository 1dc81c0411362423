/**
 * Whether a repository is a trusted one or lies below it: by whole segments, so that `registry.example/team` holds
 * `registry.example/team/app` and not `registry.example/teamwork`.
 */
export function isWithin(repository: string, trusted: string): boolean {
  return repository === trusted || repository.startsWith(`${trusted}/`);
}
