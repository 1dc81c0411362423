/** A name as its registry compares it: case, `-`, `_` and `.` make no difference (PEP 503). */
export function registryName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}
