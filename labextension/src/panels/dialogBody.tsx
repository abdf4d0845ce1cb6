/** The inside of a dialog, drawn by React. */

import { ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';

/** The body of a dialog that answers with a value of its own. */
export class DialogBody<T> extends ReactWidget {
  private readonly _draw: (choose: (value: T) => void) => React.ReactElement;
  private _value: T;

  constructor(value: T, draw: (choose: (value: T) => void) => React.ReactElement) {
    super();
    this._value = value;
    this._draw = draw;
    this.addClass('cellbook-lab');
    this.addClass('cb-dialog');
  }

  getValue(): T {
    return this._value;
  }

  protected render(): React.ReactElement {
    return this._draw(value => (this._value = value));
  }
}
