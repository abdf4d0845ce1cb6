/** Scrolls what a drag is to reach: browsers do it for some places, slowly, or not at all. */

/** Pixels from an edge at which it begins, and that it scrolls at most at a time. */
const BELT = 56;
const STEP = 24;

/** Milliseconds between two times: where the pointer rests, browsers tell of it rarely. */
const PERIOD = 16;

/** What tells where the pointer is. */
const TOLD = ['dragenter', 'dragover'] as const;

/**
 * Scroll what a node is in whenever something that is dragged comes near its upper or lower edge.
 *
 * @returns What ends that.
 */
export function scrollAtEdges(node: Element): () => void {
  let pointer: number | null = null;
  const follow = (event: DragEvent) => {
    pointer = event.clientY;
  };
  const timer = setInterval(() => {
    for (const area of pointer === null ? [] : scrollersOf(node)) {
      const { top, bottom } = area.getBoundingClientRect();
      const by = stepAt(pointer!, Math.max(top, 0), Math.min(bottom, window.innerHeight));
      const before = area.scrollTop;
      area.scrollTop += by;
      if (area.scrollTop !== before) {
        return;
      }
    }
  }, PERIOD);
  TOLD.forEach(told => document.addEventListener(told, follow, true));
  return () => {
    clearInterval(timer);
    TOLD.forEach(told => document.removeEventListener(told, follow, true));
  };
}

/** Return how far to scroll for a pointer between two edges: the nearer to one, the farther. */
export function stepAt(pointer: number, top: number, bottom: number): number {
  const up = Math.min(Math.max(top + BELT - pointer, 0), BELT);
  const down = Math.min(Math.max(pointer - (bottom - BELT), 0), BELT);
  return Math.round(((down - up) / BELT) * STEP);
}

/** Return what scrolls around a node, the innermost first. */
function scrollersOf(node: Element): Element[] {
  const found: Element[] = [];
  for (let one: Element | null = node; one; one = one.parentElement) {
    const { overflowY } = getComputedStyle(one);
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(overflowY)) {
      found.push(one);
    }
  }
  const page = document.scrollingElement;
  return page && !found.includes(page) ? [...found, page] : found;
}
