/** Asks Cellbook's server; nothing else in this extension does. The routes are in docs/server.md. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';

import type * as types from './_generated/types.ts';
import type { ISource } from './models/source.ts';

/** The server could not answer; the message says what is wrong and what mends it. */
export class ApiError extends Error {
  /** The HTTP status; 0 where Cellbook's server gave no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Characters of an address that every proxy takes. */
const LONGEST = 4_000;

type Query = Record<string, string | number | undefined>;

/** The routes, each as a method; `notebook` is a path from the server's root in all of them. */
export class Api implements ISource {
  private readonly _settings: ServerConnection.ISettings;

  constructor(settings: ServerConnection.ISettings) {
    // The browser keeps answers and asks whether they still hold (ETag), instead of never keeping
    // any, as JupyterLab has it elsewhere.
    this._settings = { ...settings, init: { ...settings.init, cache: 'no-cache' } };
  }

  book(notebook: string): Promise<types.BookState> {
    return this._get('book', { notebook });
  }

  runs(
    notebook: string,
    options: { query?: string; order_by?: string; limit?: number; offset?: number } = {}
  ): Promise<types.RunsPage> {
    return this._get('runs', { notebook, ...options });
  }

  run(notebook: string, run: string): Promise<types.RunDetails> {
    return this._get(`runs/${encodeURIComponent(run)}`, { notebook });
  }

  changeRun(
    notebook: string,
    run: string,
    changes: {
      run_name?: string;
      description?: string;
      tags?: { [key: string]: string };
      drop_tags?: string[];
      archived?: boolean;
      trashed?: boolean;
    }
  ): Promise<types.RunRow> {
    return this._send('PATCH', `runs/${encodeURIComponent(run)}`, { notebook }, changes);
  }

  /** Return the address of a file of a run. */
  artifactUrl(notebook: string, run: string, path: string): string {
    const parts = path.split('/').map(encodeURIComponent).join('/');
    return this._url(`runs/${encodeURIComponent(run)}/artifacts/${parts}`, { notebook });
  }

  /** Ask a question of `cellbook.answers`. */
  ask<T>(notebook: string, question: string, query: object): Promise<T> {
    const given = Object.entries(query).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(',') : (value as string | number)
    ]);
    const address = { notebook, ...Object.fromEntries(given) };
    // A thousand runs are too many for an address.
    return this._url(question, address).length > LONGEST
      ? this._send('POST', question, { notebook }, query)
      : this._get(question, address);
  }

  curves(
    notebook: string,
    runs: string[],
    metric: string,
    points = 600
  ): Promise<types.Curve[]> {
    return this._get('curves', { notebook, runs: runs.join(','), metric, points });
  }

  change<T>(notebook: string, change: string, body: object): Promise<T> {
    return this._send('POST', change, { notebook }, body);
  }

  async artifact(notebook: string, run: string, path: string): Promise<Blob> {
    const parts = path.split('/').map(encodeURIComponent).join('/');
    const route = `runs/${encodeURIComponent(run)}/artifacts/${parts}`;
    return (await this._ask(route, { notebook }, { method: 'GET' })).blob();
  }

  /** Return the code that draws, for `models/plotly.ts`. */
  async plotly(): Promise<Blob> {
    return (await this._ask('plotly.js', {}, { method: 'GET' })).blob();
  }

  cells(notebook: string): Promise<types.CellMark[]> {
    return this._get('cells', { notebook });
  }

  cellVersions(
    notebook: string,
    cell: string,
    options: { limit?: number; before?: string } = {}
  ): Promise<types.CellVersion[]> {
    return this._get(`cells/${encodeURIComponent(cell)}`, { notebook, ...options });
  }

  checkpoints(
    notebook: string,
    options: { limit?: number; before?: number } = {}
  ): Promise<types.Timeline> {
    return this._get('checkpoints', { notebook, ...options });
  }

  labelCheckpoint(
    notebook: string,
    checkpoint: string,
    label: string | null
  ): Promise<types.TimelineRow> {
    return this._send('PATCH', `checkpoints/${checkpoint}`, { notebook }, { label });
  }

  getDocument(notebook: string, checkpoint: string): Promise<JSONObject> {
    return this._get(`checkpoints/${checkpoint}/document`, { notebook });
  }

  putDocument(notebook: string, checkpoint: string, document: JSONObject): Promise<unknown> {
    return this._send('PUT', `checkpoints/${checkpoint}/document`, { notebook }, document);
  }

  /** Compare a checkpoint with another one. */
  difference(
    notebook: string,
    checkpoint: string,
    other: string
  ): Promise<types.CheckpointDifference> {
    return this._get(`checkpoints/${checkpoint}/diff`, { notebook, to: other });
  }

  /** Compare a checkpoint's document with the one of now. */
  documentDifference(
    notebook: string,
    checkpoint: string,
    document: JSONObject
  ): Promise<types.CheckpointDifference> {
    return this._send('POST', `checkpoints/${checkpoint}/diff`, { notebook }, { document });
  }

  /** Open the line on which the server tells of changes. */
  events(notebook: string): WebSocket {
    const { wsUrl, token, appendToken, WebSocket } = this._settings;
    const query = { notebook, ...(appendToken && token ? { token } : {}) };
    return new WebSocket(
      URLExt.join(wsUrl, 'cellbook', 'events') + URLExt.objectToQueryString(query)
    );
  }

  private _get<T>(path: string, query: Query): Promise<T> {
    return this._request(path, query, { method: 'GET' });
  }

  private _send<T>(method: string, path: string, query: Query, body: object): Promise<T> {
    return this._request(path, query, { method, body: JSON.stringify(body) });
  }

  private async _request<T>(path: string, query: Query, init: RequestInit): Promise<T> {
    return parsed(await (await this._ask(path, query, init)).text()) as T;
  }

  private async _ask(path: string, query: Query, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(this._url(path, query), init, this._settings);
    } catch {
      throw new ApiError('The Jupyter server does not answer. Is it still running?', 0);
    }
    if (response.ok) {
      return response;
    }
    const told = (parsed(await response.text()) as { message?: unknown } | null)?.message;
    if (typeof told === 'string' && told) {
      throw new ApiError(told, response.status);
    }
    // It is not Cellbook that answered.
    throw new ApiError(reason(response), 0);
  }

  private _url(path: string, query: Query): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
    const url = URLExt.join(this._settings.baseUrl, 'cellbook', path);
    return text ? `${url}?${text}` : url;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reason(response: Response): string {
  return response.status === 404
    ? "The Jupyter server has no Cellbook. Install cellbook in the server's environment, not in " +
        "the kernel's alone, and start the server again."
    : `The Jupyter server answered ${response.status} ${response.statusText}.`;
}
