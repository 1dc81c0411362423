import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { blemishesOf } from './blemishes.ts';
import { follow, keepPicture, sideways, violationsOf } from './browser.ts';

type Theme = 'light' | 'dark';

/** Rules of axe-core that a change of colours can break. */
const rulesOfColour = ['color-contrast', 'link-in-text-block'];

/**
 * Goes from an open page to this one and holds it to what people need to read it, in both themes: on a desk it comes in
 * the light one and changes to the dark one while it is open, on a phone the other way round. The theme that it comes in
 * is asked about everything, the other one about what colours can break.
 */
export async function expectReadable(page: Page, address: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  const themes: readonly Theme[] = width < 800 ? ['dark', 'light'] : ['light', 'dark'];
  await page.emulateMedia({ colorScheme: themes[0] ?? null });
  await follow(page, address);
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-mantine-color-scheme="${theme}"]`).waitFor({ state: 'attached' });
    const place = `${address} ${theme} ${width}`;
    await keepPicture(page, place);
    expect.soft(await sideways(page), place).toBeLessThanOrEqual(0);
    expect.soft(await blemishesOf(page), place).toEqual([]);
    const rules = theme === themes[0] ? undefined : rulesOfColour;
    expect.soft(await violationsOf(page, rules), place).toEqual([]);
  }
}
