/** What is opened over a panel: it closes at a click elsewhere, and stays in sight. */

import * as React from 'react';

/** Call `close` at a press outside of `box`, while something is open. */
export function useClickAway(
  box: React.RefObject<HTMLElement>,
  open: boolean,
  close: () => void
): void {
  React.useEffect(() => {
    if (!open) {
      return undefined;
    }
    const leave = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) {
        close();
      }
    };
    document.addEventListener('pointerdown', leave, true);
    return () => document.removeEventListener('pointerdown', leave, true);
  }, [box, open, close]);
}

/** Pixels that are left free beside what is moved. */
const MARGIN = 4;

/**
 * Move what is open sideways until nothing round it cuts it off, however narrow that is, and bring
 * its end into sight.
 */
export function useInSight(popup: React.RefObject<HTMLElement>, open = true): void {
  React.useLayoutEffect(() => {
    const node = popup.current;
    if (!open || !node) {
      return undefined;
    }
    const place = () => {
      const [left, right] = seen(node);
      node.style.translate = '';
      node.style.maxWidth = `${right - left}px`;
      const box = node.getBoundingClientRect();
      const by = box.left < left ? left - box.left : Math.min(0, right - box.right);
      node.style.translate = by ? `${by}px` : '';
    };
    place();
    const watcher = new ResizeObserver(entries => {
      place();
      // It becomes longer as its list comes.
      if (entries.some(entry => entry.target === node)) {
        node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }
    });
    watcher.observe(node);
    watcher.observe(document.body);
    return () => watcher.disconnect();
  }, [popup, open]);
}

/** Return from where to where, on the screen, what lies in an element can be seen. */
function seen(node: HTMLElement): [number, number] {
  let [left, right] = [0, document.documentElement.clientWidth];
  for (let around = node.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowX !== 'visible') {
      const box = around.getBoundingClientRect();
      left = Math.max(left, box.left);
      right = Math.min(right, box.left + around.clientLeft + around.clientWidth);
    }
  }
  return [left + MARGIN, right - MARGIN];
}
