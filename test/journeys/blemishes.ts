import type { Page } from 'playwright-core';

/**
 * What a person sees as broken although every rule of accessibility holds, one line each: fields that cut a number, a
 * choice or a hint; headings in the type of machines; a button without words alone on its line; what belongs together
 * and begins or ends at different edges; boxes to tick and groups of fields that nobody styled; two tabs marked as the
 * one that is shown; numbers without a name, and what lies over each other.
 */
export async function blemishesOf(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(script);
}

/** Pixels that a browser keeps free in a field for its own arrows. */
const arrows = { number: 16, select: 18 };

const script = `(() => {
  const pen = document.createElement('canvas').getContext('2d');
  const all = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const isMono = (style) => style.fontFamily.includes('Mono');

  const told = (field) =>
    field.tagName === 'SELECT' ? field.selectedOptions[0]?.label ?? '' :
    field.type === 'number' ? field.value || field.placeholder : field.value === '' ? field.placeholder : '';
  const isCut = (field) => {
    const style = getComputedStyle(field);
    pen.font = style.font;
    const kept = field.tagName === 'SELECT' ? ${arrows.select} : field.type === 'number' ? ${arrows.number} : 0;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - kept;
    return pen.measureText(told(field)).width > room + 1;
  };
  const cut = all('input:not([type="checkbox"]), select').filter(isCut).map((field) => 'cut: ' + told(field));

  const mono = [
    ...all('thead th').filter((head) => isMono(getComputedStyle(head))).map((head) => head.textContent),
    ...all('td[data-name]')
      .filter((cell) => getComputedStyle(cell, '::before').content !== 'none' && isMono(getComputedStyle(cell, '::before')))
      .map((cell) => cell.dataset.name),
  ].map((name) => 'heading of a machine: ' + name);

  const boxesOf = (part) => {
    const range = document.createRange();
    range.selectNodeContents(part);
    return [...range.getClientRects()].filter(({ width, height }) => width > 2 && height > 2);
  };
  const isAlone = (one) => {
    const { top, bottom } = one.getBoundingClientRect();
    // A column of buttons has each on a line of its own.
    if (one.matches('button') && one.parentElement.querySelectorAll('button').length > 1) return false;
    const walker = document.createTreeWalker(one.closest('tr, li, form, section, .split') ?? document.body, 5);
    for (let part = walker.nextNode(); part !== null; part = walker.nextNode()) {
      const says = part.nodeType === 3 ? part.data.trim() !== '' : part.matches('input, select, button, svg');
      if (!says || part === one || one.contains(part) || part.contains(one)) continue;
      const boxes = part.nodeType === 3 ? boxesOf(part) : [part.getBoundingClientRect()];
      if (boxes.some((box) => box.width > 2 && box.top < bottom - 4 && box.bottom > top + 4)) return false;
    }
    return true;
  };
  const alone = all('main .icon-btn').filter(isAlone).map((button) => 'alone on its line: ' + button.ariaLabel);

  const unnamed = all('.list tr.row > td.num')
    .filter((cell) => /^\\d/.test(cell.innerText) && getComputedStyle(cell, '::before').content === 'none' && isAlone(cell))
    .map((cell) => 'a number without a name: ' + cell.innerText);

  const textsOf = (part) => {
    const walker = document.createTreeWalker(part, 4);
    const boxes = [];
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode())
      if (text.parentElement.closest('.sr') === null) boxes.push(...boxesOf(text));
    // What a cell cuts off is not seen beside it.
    const shown = getComputedStyle(part).overflowX === 'visible' ? undefined : part.getBoundingClientRect();
    return shown === undefined ? boxes : boxes.map(({ left, right, top, bottom }) => ({
      left: Math.max(left, shown.left), right: Math.min(right, shown.right),
      top: Math.max(top, shown.top), bottom: Math.min(bottom, shown.bottom),
    }));
  };
  const meet = (one, two) =>
    one.left < two.right - 2 && two.left < one.right - 2 && one.top < two.bottom - 4 && two.top < one.bottom - 4;
  const over = all('dl > div, .list tr.row').filter((group) => {
    const parts = [...group.children].filter((part) => part.checkVisibility()).map(textsOf);
    return parts.some((boxes, index) =>
      parts.slice(index + 1).flat().some((two) => boxes.some((one) => meet(one, two))));
  }).map((group) => 'over each other: ' + group.innerText.replaceAll(/\\s+/g, ' ').slice(0, 60));

  const cramped = innerWidth <= 720 ? [] : all('table.plain')
    .filter((table) => [...table.querySelectorAll('tbody td')].some((cell) => parseFloat(getComputedStyle(cell).paddingTop) < 4))
    .map((table) => 'cramped: ' + table.ariaLabel);

  const edgesOf = (part) => {
    const { left, right } = part.getBoundingClientRect();
    return Math.round(left) + ' to ' + Math.round(right);
  };
  const ragged = all('.rule-form form').flatMap((form) => {
    const edges = [...form.querySelectorAll('select, .replay')].filter((one) => one.checkVisibility()).map(edgesOf);
    return new Set(edges).size > 1 ? ['ragged: ' + [...new Set(edges)].join(', ')] : [];
  });

  const begins = (part) => {
    const walker = document.createTreeWalker(part, 5);
    for (let at = walker.nextNode(); at !== null; at = walker.nextNode()) {
      const boxes = at.nodeType === 3 ? boxesOf(at) : at.matches('input') ? [at.getBoundingClientRect()] : [];
      if (boxes.length > 0) return Math.round(boxes[0].left);
    }
    return undefined;
  };
  const shifted = all('.rule-list li > div').filter((rule) => {
    const [first, ...others] = [...rule.children].map(begins);
    return others.some((left) => Math.abs(left - first) > 1);
  }).map((rule) => 'shifted: ' + rule.innerText.split('\\n')[0]);
  const beside = all('.scope').filter((scope) => {
    const parts = [...scope.children].filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect());
    return parts.some((part, index) => index > 0 && part.top < parts[index - 1].bottom - 4);
  }).map(() => 'not below each other: what a rule holds for');
  const indented = all('.section:has(> header > h2)').filter((section) => {
    const first = begins(section.querySelector('h2'));
    const below = [...section.querySelectorAll(':scope.flush > ul, :scope.flush > p, :scope > table.plain tbody th')];
    return below.some((part) => part.checkVisibility() && (begins(part) ?? first) !== first);
  }).map((section) => 'indented: ' + section.querySelector('h2').textContent);
  const swollen = all('input[type="checkbox"]')
    .filter((box) => box.offsetWidth > 20 || box.offsetHeight > 20)
    .map((box) => 'swollen: ' + box.labels[0]?.textContent);
  const framed = all('fieldset')
    .filter((set) => getComputedStyle(set).borderTopStyle === 'groove')
    .map((set) => 'framed by the browser: ' + set.querySelector('legend')?.textContent);

  const chosen = all('.tabs')
    .filter((tabs) => tabs.querySelectorAll('[aria-current]').length > 1)
    .map((tabs) => 'several chosen: ' + tabs.ariaLabel);

  return [...new Set([...chosen, ...unnamed, ...over, ...cramped, ...cut, ...mono, ...alone, ...ragged, ...shifted, ...beside, ...indented, ...swollen, ...framed])];
})()`;

/** Pixels by which severity counts overlap when each of them is as wide as it can be. */
export async function widestCountsOverlap(page: Page): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const cells = [...document.querySelector('.counts.cols').children];
    const glyph = '<svg class="glyph" viewBox="0 0 12 12"></svg>';
    for (const cell of cells) { cell.className = ''; cell.innerHTML = glyph + '888K'; }
    const boxes = cells.map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect();
    });
    const end = document.querySelector('.counts.cols').closest('td').getBoundingClientRect().right;
    return Math.max(0, ...boxes.map((box, at) => box.right - (boxes[at + 1]?.left ?? end)));
  })()`);
}
