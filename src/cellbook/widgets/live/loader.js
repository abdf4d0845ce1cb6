// Fetches the panels from the kernel, once a page, and hands the work over to them.
const PATIENCE = 60_000;

/**
 * Until JupyterLab has made a subshell for a widget, its messages wait for the cell that runs; what
 * is sent again a moment later does not.
 */
const AGAIN = [400, 1500, 5000];

/** Ask the kernel for a file of the front end. */
function fetchFile(model, name) {
  return new Promise((resolve, reject) => {
    const ask = () => model.send({ file: name });
    const timers = AGAIN.map(wait => setTimeout(ask, wait));
    const end = () => {
      timers.forEach(clearTimeout);
      model.off('msg:custom', take);
    };
    timers.push(
      setTimeout(() => {
        end();
        reject(new Error(`The kernel did not send ${name}: it is busy or gone. Run the cell again.`));
      }, PATIENCE)
    );
    const take = (message, buffers) => {
      if (message.file === name) {
        end();
        resolve(buffers[0]);
      }
    };
    model.on('msg:custom', take);
    ask();
  });
}

async function load(model) {
  const bytes = await fetchFile(model, 'panels.js');
  const url = URL.createObjectURL(new Blob([bytes], { type: 'text/javascript' }));
  try {
    return await import(/* webpackIgnore: true */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export default {
  async render(context) {
    const loaded = (globalThis.cellbookPanels ??= new Map());
    const version = context.model.get('version');
    if (!loaded.has(version)) {
      // Others may be loading it, too: but of a kernel that is gone, as behind a panel that was
      // saved with the notebook, nothing would ever come.
      loaded.set(version, await load(context.model));
    }
    return loaded.get(version).render({ ...context, fetchFile });
  }
};
