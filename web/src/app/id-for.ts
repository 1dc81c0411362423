/** An id made of a name, that no other policy has: `shop-prod`, `shop-prod-2`. */
export function idFor(name: string, taken: readonly string[]): string {
  const plain =
    name
      .toLowerCase()
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+/g, '')
      .slice(0, 56)
      .replaceAll(/-+$/g, '') || 'unnamed';
  // The address of the page that makes one.
  const reserved = new Set([...taken, 'new']);
  let id = plain;
  for (let number = 2; reserved.has(id); number++) id = `${plain}-${number}`;
  return id;
}
