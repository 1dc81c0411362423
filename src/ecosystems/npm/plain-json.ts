/** JSON of what is JSON but for commas before closing brackets, in one pass; strings stay as they are. */
export function plainJson(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let comma = -1;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (isInString) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isInString = false;
    } else if (sign === ',') comma = at;
    else if ((sign === ']' || sign === '}') && comma !== -1) {
      parts.push(text.slice(from, comma));
      from = comma + 1;
      comma = -1;
    } else if (sign.trim() !== '') {
      isInString = sign === '"';
      comma = -1;
    }
  }
  return [...parts, text.slice(from)].join('');
}
