/** A table of many runs: only what is in sight is drawn, of rows and of columns. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridModel } from '../models/grid.ts';
import { nameWidth, widths, within, type IWidth } from '../models/gridWidths.ts';
import { GridHead } from './gridHead.tsx';
import { GridLine, ROW_HEIGHT, type IDrawn } from './gridRow.tsx';

/** Rows and pixels beyond those in sight that are drawn, on either side. */
const BEYOND = 8;
const ASIDE = 200;

/** Rows that are looked at to find out how wide columns are. */
const MEASURED = 60;

/** Milliseconds between two looks at runs that say nothing, for how long they have run. */
const TICK = 5000;

interface GridProps {
  model: GridModel;
  /** Show one run. */
  open: (run: string) => void;
  trans: TranslationBundle;
}

interface IView {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** The table itself. */
export function Grid(props: GridProps): React.ReactElement {
  const { model, trans } = props;
  const id = React.useId();
  const box = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState<IView>({ top: 0, left: 0, height: 400, width: 900 });
  const { columns, total, page } = model;
  const pinned = page?.baseline ?? null;
  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - BEYOND);
  const last = Math.min(total - 1, Math.ceil((view.top + view.height) / ROW_HEIGHT) + BEYOND);
  const drawn = useDrawn(model, view, first);

  const look = React.useCallback(() => {
    const { scrollTop: top, scrollLeft: left, clientHeight, clientWidth } = box.current!;
    setView(before => {
      const next = { top, left, height: clientHeight, width: clientWidth };
      return same(before, next) ? before : next;
    });
  }, []);
  React.useLayoutEffect(() => {
    const watcher = new ResizeObserver(look);
    watcher.observe(box.current!);
    look();
    return () => watcher.disconnect();
  }, [look]);
  useAnchor(box, model, view.top);
  React.useEffect(() => model.look(first, last), [model, first, last, page]);
  React.useEffect(() => {
    const timer = setInterval(() => {
      if (model.running) {
        void model.refresh();
      }
    }, TICK);
    return () => clearInterval(timer);
  }, [model]);

  const see = (place: number) => {
    const node = box.current!;
    const head = node.querySelector<HTMLElement>('.cb-gridhead')!.offsetHeight;
    const top = place * ROW_HEIGHT;
    if (top < node.scrollTop) {
      node.scrollTop = top;
    } else if (top + ROW_HEIGHT + head > node.scrollTop + node.clientHeight) {
      node.scrollTop = top + ROW_HEIGHT + head - node.clientHeight;
    }
  };
  const go = (place: number, stretch: boolean) => {
    model.go(place, stretch);
    see(model.at);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== box.current) {
      return;
    }
    const leap = Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 3);
    const places: Record<string, number> = {
      ArrowDown: model.at + 1,
      ArrowUp: model.at - 1,
      PageDown: model.at + leap,
      PageUp: model.at - leap,
      Home: 0,
      End: total - 1
    };
    const aside = { ArrowLeft: -80, ArrowRight: 80 }[event.key];
    const row = model.row(model.at);
    if (event.key in places) {
      go(places[event.key], event.shiftKey);
    } else if (aside !== undefined) {
      box.current!.scrollLeft += aside;
    } else if (event.key === ' ') {
      model.tick(model.at);
    } else if (event.key === 'Enter' && row) {
      props.open(row.run_id);
    } else if (event.key === 'Escape' && model.chosen.size) {
      model.clear();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: React.MouseEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const line = target.closest<HTMLElement>('.cb-gridrow');
    if (!line) {
      return;
    }
    const above = line.dataset.place === undefined;
    const place = Number(line.dataset.place);
    const row = above ? pinned : model.row(place);
    if (!row) {
      return;
    }
    if (target.closest('[data-star]')) {
      const { baseline } = model.state;
      void model.change({ baseline: baseline === row.run_id ? '' : row.run_id });
    } else if (target.closest('[data-open]')) {
      props.open(row.run_id);
    } else {
      if (target.closest('[data-tick]') || event.ctrlKey || event.metaKey) {
        if (above) {
          model.tickBaseline();
        } else {
          model.tick(place);
        }
      } else if (!above) {
        go(place, event.shiftKey);
      }
      box.current!.focus({ preventScroll: true });
    }
  };

  const wide = drawn.name + columns.reduce((sum, one) => sum + drawn.widths.get(one.key)!.all, 0);
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, nth) => first + nth);
  return (
    <div
      ref={box}
      className="cb-gridbox"
      role="grid"
      tabIndex={0}
      aria-label={trans.__('Runs')}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-busy={model.busy}
      aria-activedescendant={total ? `${id}-${model.at}` : undefined}
      onScroll={look}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div className="cb-gridtable" style={{ width: wide }}>
        <div role="rowgroup" className="cb-gridhead">
          <GridHead model={model} drawn={drawn} trans={trans} />
          {pinned && (
            <GridLine
              row={pinned}
              place={-1}
              id={`${id}-baseline`}
              drawn={drawn}
              chosen={model.chosen.has(pinned.run_id)}
              current={false}
              baseline
              pinned
              trans={trans}
            />
          )}
        </div>
        <div role="rowgroup" className="cb-gridbody" style={{ height: total * ROW_HEIGHT }}>
          {rows.map(place => {
            const row = model.row(place);
            return (
              <GridLine
                key={place}
                row={row}
                place={place}
                id={`${id}-${place}`}
                drawn={drawn}
                chosen={row !== undefined && model.chosen.has(row.run_id)}
                current={place === model.at}
                baseline={row !== undefined && row.run_id === pinned?.run_id}
                trans={trans}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Return which columns are in sight, and how wide they all are. */
function useDrawn(model: GridModel, view: IView, top: number): IDrawn {
  const { columns, page } = model;
  const known = React.useRef(new Map<string, IWidth>());
  const longest = React.useRef(0);
  const list = React.useRef(model.list);
  const compared = page?.baseline != null;
  const found = React.useMemo(() => {
    if (list.current !== model.list) {
      // Another table may be narrower.
      list.current = model.list;
      known.current = new Map();
      longest.current = 0;
    }
    const rows = Array.from({ length: MEASURED }, (_, nth) => model.row(top + nth));
    const present = [...rows, page?.baseline].flatMap(row => row ?? []);
    longest.current = Math.max(longest.current, ...present.map(row => row.name.length));
    known.current = widths(columns, present, compared, known.current);
    return known.current;
    // Widths follow the rows that come, not each step of scrolling.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [columns, page, compared, Math.floor(top / MEASURED)]);
  const all = columns.map(column => found.get(column.key)!.all);
  const others = all.reduce((sum, one) => sum + one, 0);
  const name = nameWidth(longest.current, others, view.width);
  const left = view.left - ASIDE;
  const [first, last] = within(all, left, view.left + view.width - name + ASIDE);
  return React.useMemo(
    () => ({
      name,
      columns,
      widths: found,
      first,
      last,
      before: all.slice(0, first).reduce((sum, one) => sum + one, 0)
    }),
    // What is left out follows from the rest.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [name, columns, found, first, last]
  );
}

/** Keep the uppermost row where it is on the screen when others come or go above it. */
function useAnchor(
  box: React.RefObject<HTMLDivElement>,
  model: GridModel,
  top: number
): void {
  const anchor = React.useRef<{ run: string; place: number } | null>(null);
  const list = React.useRef(model.list);
  React.useLayoutEffect(() => {
    const node = box.current!;
    if (list.current !== model.list) {
      list.current = model.list;
      node.scrollTop = 0;
    } else if (anchor.current && node.scrollTop >= ROW_HEIGHT) {
      const place = model.placeOf(anchor.current.run);
      if (place >= 0 && place !== anchor.current.place) {
        node.scrollTop += (place - anchor.current.place) * ROW_HEIGHT;
      }
    }
  }, [box, model, model.page]);
  React.useLayoutEffect(() => {
    const place = Math.floor(box.current!.scrollTop / ROW_HEIGHT);
    const row = model.row(place);
    anchor.current = row ? { run: row.run_id, place } : null;
  }, [box, model, model.page, top]);
}

function same(one: IView, other: IView): boolean {
  return (
    one.top === other.top &&
    one.left === other.left &&
    one.height === other.height &&
    one.width === other.width
  );
}
