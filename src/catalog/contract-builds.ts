/** A build as its system's pages call it: the job, and the number that its address ends in; `shop/app #918`. Pure. */
export function buildName({ name, url }: { readonly name: string; readonly url?: string | undefined }): string {
  const number = /\/(\d{1,20})\/?$/.exec(url ?? '')?.[1];
  return number === undefined ? name : `${name} #${number}`;
}
