/** The heads of a table's columns: a click sorts, a drag or Shift with an arrow key moves. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridColumn, Group } from '../_generated/types.ts';
import type { GridModel } from '../models/grid.ts';
import type { IWidth } from '../models/gridWidths.ts';
import type { IDrawn } from './gridRow.tsx';

/** Return the word for a group of columns. */
export function groupWord(group: Group, trans: TranslationBundle): string {
  return {
    Metrics: trans.__('Metrics'),
    Params: trans.__('Params'),
    Data: trans.__('Data sets'),
    Run: trans.__('Run'),
    Tags: trans.__('Tags'),
    Environment: trans.__('Environment')
  }[group];
}

/** The first column, which is always there. */
const NAME: GridColumn = {
  key: 'run_name',
  field: 'run_name',
  group: 'Run',
  name: '',
  numeric: false,
  direction: null,
  differs: true,
  count: 0
};

/** The row of heads. */
export function GridHead(props: {
  model: GridModel;
  drawn: IDrawn;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, drawn, trans } = props;
  const { columns, widths, first, last, before } = drawn;
  const [dragged, setDragged] = React.useState<string | null>(null);
  const [target, setTarget] = React.useState<number | null>(null);
  const end = () => {
    setDragged(null);
    setTarget(null);
  };
  return (
    <div role="row" aria-rowindex={1} className="cb-gridheads">
      <div
        role="columnheader"
        aria-colindex={1}
        aria-sort={sortedBy(model, NAME)}
        className="cb-gridcell cb-gridname"
        style={{ width: drawn.name }}
      >
        <button
          type="button"
          title={trans.__('A click sorts by name, a second one the other way round.')}
          onClick={() => void model.sort(NAME)}
        >
          <span>
            {trans.__('Run')}
            <Arrow model={model} column={NAME} />
          </span>
        </button>
      </div>
      <div className="cb-gridspace" style={{ width: before }} />
      {columns.slice(first, last + 1).map((column, nth) => {
        const place = first + nth;
        return (
          <Head
            key={column.key}
            model={model}
            column={column}
            place={place}
            begins={place === first || columns[place - 1].group !== column.group}
            width={widths.get(column.key)!}
            marked={target === place && dragged !== null}
            trans={trans}
            onDrag={() => setDragged(column.key)}
            onOver={event => {
              if (dragged !== null) {
                event.preventDefault();
                const box = event.currentTarget.getBoundingClientRect();
                setTarget(place + (event.clientX > box.left + box.width / 2 ? 1 : 0));
              }
            }}
            onDrop={() => {
              if (dragged !== null && target !== null) {
                void model.move(dragged, target);
              }
              end();
            }}
            onEnd={end}
          />
        );
      })}
    </div>
  );
}

function Head(props: {
  model: GridModel;
  column: GridColumn;
  place: number;
  begins: boolean;
  width: IWidth;
  marked: boolean;
  trans: TranslationBundle;
  onDrag: () => void;
  onOver: (event: React.DragEvent<HTMLElement>) => void;
  onDrop: () => void;
  onEnd: () => void;
}): React.ReactElement {
  const { model, column, place, trans } = props;
  const kind = ['cb-gridcell', column.numeric ? 'cb-mod-number' : '', props.marked ? 'cb-mod-target' : ''];
  return (
    <div
      role="columnheader"
      aria-colindex={place + 2}
      aria-sort={column.field ? sortedBy(model, column) : undefined}
      className={kind.filter(Boolean).join(' ')}
      style={{ width: props.width.all }}
      onDragOver={props.onOver}
      onDrop={event => {
        event.preventDefault();
        props.onDrop();
      }}
    >
      <button
        type="button"
        draggable
        data-column={column.key}
        title={described(column, trans)}
        onDragStart={event => {
          event.dataTransfer.setData('text/plain', column.name);
          event.dataTransfer.effectAllowed = 'move';
          props.onDrag();
        }}
        onDragEnd={props.onEnd}
        onClick={() => column.field && void model.sort(column)}
        onKeyDown={event => {
          const by = { ArrowLeft: -1, ArrowRight: 2 }[event.key];
          if (event.shiftKey && by !== undefined) {
            void model.move(column.key, place + by);
          } else if (event.key === 'Delete') {
            void model.toggle(column);
          } else {
            return;
          }
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <small aria-hidden="true">{props.begins ? groupWord(column.group, trans) : ''}</small>
        <span style={{ paddingRight: props.width.goal + props.width.delta }}>
          <bdi>{column.key === 'spark' ? trans.__('curve') : column.name}</bdi>
          <Arrow model={model} column={column} />
        </span>
      </button>
    </div>
  );
}

function sortedBy(model: GridModel, column: GridColumn): 'ascending' | 'descending' | 'none' {
  const order = model.page?.order;
  return order?.key === column.key ? (order.descending ? 'descending' : 'ascending') : 'none';
}

/** Shows which way a table is in order by a column. */
function Arrow(props: { model: GridModel; column: GridColumn }): React.ReactElement | null {
  const sorted = sortedBy(props.model, props.column);
  return sorted === 'none' ? null : (
    <span aria-hidden="true">{sorted === 'ascending' ? ' ↑' : ' ↓'}</span>
  );
}

function described(column: GridColumn, trans: TranslationBundle): string {
  const lines = [`${column.name} (${groupWord(column.group, trans)})`];
  if (column.key === 'spark') {
    lines[0] = trans.__('Curve of %1', column.name);
  } else if (column.direction === 'more is better') {
    lines.push(trans.__('more is better'));
  } else if (column.direction === 'less is better') {
    lines.push(trans.__('less is better'));
  }
  if (column.field) {
    lines.push(trans.__('A click sorts, a second one the other way round.'));
  }
  lines.push(trans.__('Drag, or Shift and an arrow key, moves it; Delete hides it.'));
  return lines.join('\n');
}
