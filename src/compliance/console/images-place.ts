/** What stands in the place of a host for images: they lie on many, and are the same on all. */
export const imagesPlace = '-';
