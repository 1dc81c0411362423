import type { Incident } from '#runtime/contract.ts';

/** What happened, without the name of the container that its title begins with: a list names it on a line of its own. */
export function happenedOf({
  title,
  container,
}: Pick<Incident, 'title'> & { readonly container: { readonly name: string } }): string {
  const name = `${container.name}: `;
  if (!title.startsWith(name)) return title;
  const rest = title.slice(name.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
