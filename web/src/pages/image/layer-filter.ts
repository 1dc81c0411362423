import type { OtherFilter } from '../../ui/filter-bar.tsx';

/** Narrows a list to one layer. Addresses hold its index; people count layers from 1. */
export const layerFilter: OtherFilter = { id: 'layer', name: 'Layer', label: (index) => String(Number(index) + 1) };

/** Narrows a list to what comes of the base, or to what does not. */
export const partFilter: OtherFilter = {
  id: 'part',
  name: 'Layers',
  label: (part) => (part === 'base' ? 'of the base' : 'own'),
};
