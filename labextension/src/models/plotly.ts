/** The library that draws; it is large, so a page loads it when something is to be drawn. */

/** What is used of plotly.js. */
export interface IPlotly {
  react(node: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  purge(node: HTMLElement): void;
  toImage(node: HTMLElement, options: object): Promise<string>;
  Plots: { resize(node: HTMLElement): void };
}

/** Who has the code of plotly.js: the server, or a kernel. */
export type PlotlySource = () => Promise<BlobPart>;

const PLACE = 'cellbookPlotly';
const HANDED = 'cellbookPlotlyHanded';

type Page = { [PLACE]?: IPlotly; [HANDED]?: IPlotly };

/** What is being loaded, by who was asked: one that is gone must not keep others waiting. */
const loading = new WeakMap<PlotlySource, Promise<IPlotly>>();

/** Return plotly.js, loaded once a page, whoever asks first. */
export async function loadPlotly(source: PlotlySource): Promise<IPlotly> {
  const page = globalThis as Page;
  if (page[PLACE]) {
    return page[PLACE];
  }
  let pending = loading.get(source);
  if (!pending) {
    pending = evaluate(source);
    loading.set(source, pending);
    pending.catch(() => loading.delete(source));
  }
  const plotly = await pending;
  return (page[PLACE] ??= plotly);
}

/** Run the code as a script of the page; it hands itself to the module that it finds. */
async function evaluate(source: PlotlySource): Promise<IPlotly> {
  const parts = [
    '(() => { const module = { exports: {} };\n',
    await source(),
    `\n;globalThis.${HANDED} = module.exports; })();`
  ];
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/javascript' }));
  const script = document.createElement('script');
  script.src = url;
  try {
    await new Promise<void>((resolve, reject) => {
      script.onload = () => resolve();
      script.onerror = () => reject(new Error('The page did not let plotly.js run.'));
      document.head.append(script);
    });
    const page = globalThis as Page;
    const plotly = page[HANDED];
    delete page[HANDED];
    if (!plotly?.react) {
      throw new Error('What was loaded is no plotly.js. Install cellbook anew.');
    }
    return plotly;
  } finally {
    script.remove();
    URL.revokeObjectURL(url);
  }
}
