/** Whose colours a panel in a cell's output has. */

/** The attributes of the page by which JupyterLab says which theme it has now. */
const THEME = ['data-jp-theme-name', 'data-jp-theme-light'];

/**
 * Keep it told whether a panel is elsewhere than in JupyterLab, whose colours it would have.  While
 * JupyterLab changes from one theme to another, or has not loaded any yet, it has none either, so
 * that is looked at anew when it says that it has one, and when a style sheet is there, which may be
 * later.  The result ends that.
 */
export function followTheme(panel: HTMLElement): () => void {
  const look = () => {
    const colour = getComputedStyle(document.body).getPropertyValue('--jp-layout-color1');
    panel.classList.toggle('cb-mod-foreign', colour === '');
  };
  look();
  const watcher = new MutationObserver(look);
  watcher.observe(document.body, { attributeFilter: THEME });
  // Style sheets tell it themselves: such an event is seen on its way down alone.
  document.addEventListener('load', look, true);
  return () => {
    watcher.disconnect();
    document.removeEventListener('load', look, true);
  };
}
