import type { Page } from 'playwright-core';

/**
 * What a person sees as broken although every rule of accessibility holds, one line each: fields that cut a number, a
 * choice or a hint; headings in the type of machines; a button without words alone on its line; what belongs together
 * and begins or ends at different edges; boxes to tick and groups of fields that nobody styled.
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
  const isAlone = (button) => {
    const { top, bottom } = button.getBoundingClientRect();
    // A column of buttons has each on a line of its own.
    if (button.parentElement.querySelectorAll('button').length > 1) return false;
    const walker = document.createTreeWalker(button.closest('tr, li, form, section, .split') ?? document.body, 5);
    for (let part = walker.nextNode(); part !== null; part = walker.nextNode()) {
      const says = part.nodeType === 3 ? part.data.trim() !== '' : part.matches('input, select, button, svg');
      if (!says || part === button || button.contains(part) || part.contains(button)) continue;
      const boxes = part.nodeType === 3 ? boxesOf(part) : [part.getBoundingClientRect()];
      if (boxes.some((box) => box.width > 2 && box.top < bottom - 4 && box.bottom > top + 4)) return false;
    }
    return true;
  };
  const alone = all('main .icon-btn').filter(isAlone).map((button) => 'alone on its line: ' + button.ariaLabel);

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
  const indented = all('.section:has(> header > h2):has(> table.plain)')
    .filter((section) => begins(section.querySelector('tbody th')) !== begins(section.querySelector('h2')))
    .map((section) => 'indented twice: ' + section.querySelector('h2').textContent);
  const swollen = all('input[type="checkbox"]')
    .filter((box) => box.offsetWidth > 20 || box.offsetHeight > 20)
    .map((box) => 'swollen: ' + box.labels[0]?.textContent);
  const framed = all('fieldset')
    .filter((set) => getComputedStyle(set).borderTopStyle === 'groove')
    .map((set) => 'framed by the browser: ' + set.querySelector('legend')?.textContent);

  return [...new Set([...cut, ...mono, ...alone, ...ragged, ...shifted, ...beside, ...indented, ...swollen, ...framed])];
})()`;
