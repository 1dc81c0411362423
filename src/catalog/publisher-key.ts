/** The same for everything that one publisher sends; a host that joins with a new certificate is another publisher. */
export function publisherKey({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`.toWellFormed();
}
