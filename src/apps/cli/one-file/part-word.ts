/** First word of a process that is a part of the program; the name of the part follows. */
export const partWord = '--seawall-part';
