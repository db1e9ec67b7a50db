let find: (() => HTMLElement | undefined) | undefined;

/** Draws the content of a box anew, after which the same thing has the focus; without it, what a selector finds. */
export function keepFocus(box: HTMLElement, otherwise: string, draw: () => void): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && activeElement !== document.body)
    find = box.contains(activeElement) ? finderOf(box, activeElement) : undefined;
  draw();
  const found = find?.() ?? box.querySelector<HTMLElement>(otherwise);
  if (find === undefined || found === null) return;
  found.focus();
  find = undefined;
}

/** How a thing is found again: by its id, or among those in the same place that say the same, of which a filter by it hides none. */
function finderOf(box: HTMLElement, one: HTMLElement): () => HTMLElement | undefined {
  if (one.id !== "") return () => box.querySelector<HTMLElement>(`#${CSS.escape(one.id)}`) ?? undefined;
  const placeOf = (other: HTMLElement): string | undefined => other.closest("[id]")?.id;
  const [place, text] = [placeOf(one), one.textContent];
  const alike = (): HTMLElement[] =>
    [...box.querySelectorAll<HTMLElement>("button, a")].filter(
      (other) => other.textContent === text && placeOf(other) === place,
    );
  const at = alike().indexOf(one);
  return () => alike()[at];
}
