/** A question to a registry: what `fetch` takes, as far as it is used. It follows no redirects and has an end in time. */
export type Ask = (
  url: string,
  options: { readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE'; readonly headers: Readonly<Record<string, string>> },
) => Promise<Response>;

const patience = 5000;

/** Asks with `fetch`, without a password. */
export const askByFetch: Ask = (url, options) =>
  fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(patience) });

/** First bytes of an answer as text; the rest is not read. */
export async function startOf(response: Response, longest = 64 * 1024): Promise<string> {
  let text = '';
  if (response.body === null) return text;
  const decoder = new TextDecoder();
  for await (const part of response.body) {
    text += decoder.decode(part, { stream: true });
    if (text.length > longest) break;
  }
  return text.slice(0, longest);
}
