import { oneLine } from '#base/index.ts';
/**
 * Text as a terminal may show it: what moves the cursor, starts an escape sequence, breaks the line or turns the reading
 * direction becomes `\ufffd`. Names in images are written by strangers.
 */
export function plain(text: string): string {
  return oneLine(text, Infinity, '\ufffd');
}

/** JSON in which these characters are written as escapes, where `JSON.stringify` leaves them as they are. */
export function plainJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
