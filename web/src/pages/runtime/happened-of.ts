import type { Incident } from '#runtime/contract.ts';

/** Container and image, each once: a container of which only its image was reported is called by that. */
export function containerAndImage({ name, image }: Pick<Incident['container'], 'name' | 'image'>): string {
  return [...new Set([name, image])].filter((part) => part !== '').join(', ');
}

/** What happened, without the name of the container that its title begins with: a list names it on a line of its own. */
export function happenedOf({
  title,
  container,
}: Pick<Incident, 'title'> & { readonly container: { readonly name: string } }): string {
  const name = `${container.name}: `;
  return title.startsWith(name) ? title.slice(name.length) : title;
}
