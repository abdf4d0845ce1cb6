/** Hears of changes in a book: by a socket, or where there is none by asking now and then. */

/** The part of a WebSocket that is used. */
export interface ISocket {
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  close(): void;
}

/** Milliseconds from the loss of a socket to the first try to have one again; doubles each time. */
const FIRST_TRY = 1_000;
const LAST_TRY = 30_000;

/** Milliseconds between looks while there is no socket. */
const LOOK = 5_000;

/** All that may have changed while nobody told. */
const EVERYTHING = [
  'runs',
  'cells',
  'checkpoints',
  'metrics',
  'threads',
  'comments',
  'readers',
  'predictions',
  'prediction_labels',
  'references',
  'alarm_rules',
  'alarm_events'
];

/** One line to the server; lives from its construction until `dispose`. */
export class Changes {
  private readonly _connect: () => ISocket;
  private readonly _tell: (tables: readonly string[]) => void;
  private _socket: ISocket | null = null;
  private _wait = FIRST_TRY;
  private _retry: ReturnType<typeof setTimeout> | undefined;
  private _look: ReturnType<typeof setInterval> | undefined;
  private _disposed = false;

  /**
   * @param connect - Opens a socket.
   * @param tell - Told which tables have changed.
   */
  constructor(connect: () => ISocket, tell: (tables: readonly string[]) => void) {
    this._connect = connect;
    this._tell = tell;
    this._open();
  }

  /** Whether changes are told as they happen. */
  get live(): boolean {
    return this._socket !== null && this._look === undefined;
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._retry);
    clearInterval(this._look);
    this._socket?.close();
  }

  private _open(): void {
    let socket: ISocket;
    try {
      socket = this._connect();
    } catch {
      this._lost();
      return;
    }
    let opened = false;
    this._socket = socket;
    socket.onopen = () => {
      opened = true;
      this._wait = FIRST_TRY;
      if (this._look !== undefined) {
        clearInterval(this._look);
        this._look = undefined;
        this._tell(EVERYTHING);
      }
    };
    socket.onmessage = (event: { data: unknown }) => {
      const message = parsed(event.data);
      if (message?.type === 'changed' && Array.isArray(message.tables)) {
        this._tell(message.tables.map(String));
      }
    };
    socket.onclose = () => {
      this._socket = null;
      this._lost(opened);
    };
  }

  private _lost(wasOpen = false): void {
    if (this._disposed) {
      return;
    }
    if (!wasOpen) {
      this._wait = Math.min(2 * this._wait, LAST_TRY);
    }
    this._look ??= setInterval(() => this._tell(EVERYTHING), LOOK);
    this._retry = setTimeout(() => this._open(), this._wait);
  }
}

function parsed(data: unknown): { type?: unknown; tables?: unknown } | null {
  try {
    return JSON.parse(String(data)) as { type?: unknown; tables?: unknown };
  } catch {
    return null;
  }
}
