/** A list of plug-ins by their ids. Its type holds the ids of the list, so that a kind that the list lacks does not compile where all are needed. */
export function byId<Id extends string, Kind>(
  list: readonly (Kind & { readonly id: Id })[],
): Readonly<Record<Id, Kind>> {
  return Object.fromEntries(list.map((one) => [one.id, one])) as Record<Id, Kind>;
}
