/** The list of runs: only the rows in sight are drawn. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CommentCounts } from '../models/commentCounts.ts';
import type { RunsModel } from '../models/runs.ts';
import { useTick } from './hooks.ts';
import { RenameField } from './renameField.tsx';
import { ROW_HEIGHT, RunLine } from './runRow.tsx';
import { isOnSaid } from './said.tsx';

/** Rows beyond those in sight that are drawn, on either side. */
const BEYOND = 6;

interface RunListProps {
  model: RunsModel;
  counts: CommentCounts;
  trans: TranslationBundle;
  baseline: string | null;
  /** Show what can be done with a run, at a place of the window. */
  openMenu: (run: string, x: number, y: number) => void;
  /** Put the chosen runs, or the one keys act on, in the trash. */
  trash: () => void;
  /** Take back what was done last. */
  undo: () => void;
}

/** A listbox of runs. */
export function RunList(props: RunListProps): React.ReactElement {
  const { model, trans } = props;
  const { items, choice } = model;
  const node = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ top: 0, height: 800 });
  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - BEYOND);
  const last = Math.ceil((view.top + view.height) / ROW_HEIGHT) + BEYOND;
  const late = useLateness(model);
  useAnchor(node, model);

  const look = React.useCallback(() => {
    const list = node.current;
    if (list) {
      setView({ top: list.scrollTop, height: list.clientHeight });
    }
  }, []);
  React.useLayoutEffect(() => {
    const watcher = new ResizeObserver(look);
    watcher.observe(node.current!);
    look();
    return () => watcher.disconnect();
  }, [look]);
  React.useEffect(() => model.show(first, last), [model, first, last, items]);

  const ids = React.useMemo(() => items.map(item => item.row.run_id), [items]);
  const place = choice.at === null ? -1 : ids.indexOf(choice.at);
  const see = (run: string) => {
    const top = ids.indexOf(run) * ROW_HEIGHT;
    const list = node.current!;
    if (top < list.scrollTop) {
      list.scrollTop = top;
    } else if (top + ROW_HEIGHT > list.scrollTop + list.clientHeight) {
      list.scrollTop = top + ROW_HEIGHT - list.clientHeight;
    }
  };
  const go = (run: string | null, stretch: boolean) => {
    if (run !== null) {
      model.choice = stretch ? choice.stretch(run, ids) : choice.go(run);
      see(run);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== node.current) {
      return;
    }
    const page = Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity
    };
    const at = choice.at;
    if (event.key in steps) {
      go(choice.step(steps[event.key], ids), event.shiftKey);
    } else if (event.key === ' ' && at !== null) {
      model.choice = choice.toggle(at);
    } else if (event.key === 'Enter' && at !== null) {
      model.details = at;
    } else if (event.key === 'F2' && at !== null) {
      model.renaming = at;
    } else if (event.key === 'Delete') {
      props.trash();
    } else if (event.key === 'Escape' && choice.chosen.size) {
      model.choice = choice.only([]);
    } else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
      model.choice = choice.only(ids);
    } else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && model.done) {
      props.undo();
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const row = node.current!.querySelector('.cb-mod-current')?.getBoundingClientRect();
      if (row && at !== null) {
        props.openMenu(at, row.left + 40, row.bottom);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = (event: React.MouseEvent) => {
    const run = runAt(event.target);
    if (run === null || (event.target as Element).closest('input, .cb-refusal')) {
      return;
    }
    if (event.shiftKey) {
      model.choice = choice.stretch(run, ids);
    } else if (event.ctrlKey || event.metaKey || (event.target as Element).closest('[data-check]')) {
      model.choice = choice.toggle(run);
    } else {
      model.choice = choice.go(run);
      if (isOnSaid(event.target)) {
        model.edit(run, 'discussion');
      } else {
        model.details = run;
      }
    }
  };

  return (
    <div
      ref={node}
      className="cb-runs"
      role="listbox"
      aria-multiselectable="true"
      aria-label={trans.__('Runs')}
      aria-activedescendant={place >= first && place <= last ? rowId(place) : undefined}
      tabIndex={0}
      onScroll={look}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onFocus={event => {
        if (event.target === node.current && place < 0 && ids.length) {
          model.choice = choice.go(ids[Math.min(Math.ceil(view.top / ROW_HEIGHT), ids.length - 1)]);
        }
      }}
      onContextMenu={event => {
        const run = runAt(event.target);
        if (run !== null) {
          event.preventDefault();
          event.stopPropagation();
          model.choice = choice.go(run);
          props.openMenu(run, event.clientX, event.clientY);
        }
      }}
    >
      <div role="presentation" style={{ height: items.length * ROW_HEIGHT }} className="cb-height">
        {items.slice(first, last).map((item, offset) => {
          const run = item.row.run_id;
          return (
            <RunLine
              key={run}
              id={rowId(first + offset)}
              item={item}
              place={first + offset}
              count={model.more ? -1 : items.length}
              chosen={choice.chosen.has(run)}
              current={choice.at === run}
              baseline={props.baseline === run}
              comments={props.counts.ofRun(run)}
              late={item.row.state === 'running' ? late : 0}
              trans={trans}
              rename={
                model.renaming === run ? (
                  <RenameField
                    name={item.row.name}
                    label={trans.__('Name of run %1', item.row.number)}
                    done={() => {
                      model.renaming = null;
                      node.current?.focus();
                    }}
                    rename={name => model.change(run, { run_name: name })}
                  />
                ) : null
              }
            />
          );
        })}
      </div>
    </div>
  );
}

function rowId(place: number): string {
  return `cb-run-${place}`;
}

function runAt(target: EventTarget): string | null {
  return (target as Element).closest<HTMLElement>('[data-run]')?.dataset.run ?? null;
}

/** Return the seconds since the list was read, while a run in it is running. */
function useLateness(model: RunsModel): number {
  const running = model.items.some(item => item.row.state === 'running');
  useTick(running ? 1000 : null);
  return running && model.page ? Math.max(0, Math.round((model.now - model.page.now) / 1000)) : 0;
}

/** Keep what is in sight where it is when rows come or go above it. */
function useAnchor(node: React.RefObject<HTMLDivElement>, model: RunsModel): void {
  const anchor = React.useRef<{ run: string; place: number } | null>(null);
  const { items } = model;
  React.useLayoutEffect(() => {
    anchor.current = null;
    node.current!.scrollTop = 0;
  }, [node, model.list]);
  React.useLayoutEffect(() => {
    const list = node.current!;
    const before = anchor.current;
    if (before && list.scrollTop > 0) {
      const place = items.findIndex(item => item.row.run_id === before.run);
      if (place >= 0 && place !== before.place) {
        list.scrollTop += (place - before.place) * ROW_HEIGHT;
      }
    }
  }, [node, items]);
  React.useLayoutEffect(() => {
    const place = Math.floor(node.current!.scrollTop / ROW_HEIGHT);
    const item = items[place];
    anchor.current = item ? { run: item.row.run_id, place } : null;
  });
}
