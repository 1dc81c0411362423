import { useState } from 'react';

/** A named part of an address: filters, sorting, time range. */
export interface SavedView {
  readonly name: string;
  readonly search: Readonly<Record<string, string>>;
}

/** More are not kept for one list. */
const most = 50;
const longestName = 80;

/** Reads what a browser kept; what is damaged or of another form is left out. */
export function readViews(text: string | null): readonly SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView).slice(0, most) : [];
  } catch {
    return [];
  }
}

/** Adds a view, in the place of one with the same name; without a name nothing changes. */
export function withView(views: readonly SavedView[], name: string, search: object): readonly SavedView[] {
  const plain = name.trim().slice(0, longestName);
  if (plain === '') return views;
  const others = views.filter((view) => view.name !== plain);
  return [...others, { name: plain, search: textsOf(search) }].slice(-most);
}

/** The views of one list, kept in this browser. */
export function useSavedViews(list: string) {
  const key = `seawall-views-${list}`;
  const [views, setViews] = useState(() => readViews(kept(key)));
  const set = (next: readonly SavedView[]): void => {
    setViews(next);
    keep(key, JSON.stringify(next));
  };
  return {
    views,
    save: (name: string, search: object) => set(withView(views, name, search)),
    remove: (name: string) => set(views.filter((view) => view.name !== name)),
  };
}

function textsOf(search: object): Readonly<Record<string, string>> {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(given.map(([id, value]) => [id, String(value)]));
}

function isView(one: unknown): one is SavedView {
  if (typeof one !== 'object' || one === null || !('name' in one) || !('search' in one)) return false;
  const { name, search } = one;
  if (typeof name !== 'string' || typeof search !== 'object' || search === null) return false;
  return Object.values(search).every((value) => typeof value === 'string');
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // A private window: the view lasts for this page.
  }
}
